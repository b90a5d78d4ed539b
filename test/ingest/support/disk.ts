import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Masker } from '../../../edge/ingest/mask/masker.js';

/** Every byte that a store has on its disk, as text; what is no text in it does not matter here. */
export function bytesOnDisk(folder: string): string {
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  return files
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

/** Negative control of S12 and S13: everything passes as it came. */
export const NO_MASK: Masker = {
  text: (text) => text,
  data: (data) => data,
  unknown: (text) => text,
  document: (text) => text,
};
