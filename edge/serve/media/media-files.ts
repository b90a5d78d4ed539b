/**
 * Uploaded pictures and films, each under the SHA-256 of its bytes. A name is looked up in the list of what was found
 * or taken, never joined to a path: there is nothing to break out of.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Refusal } from '../../contracts/index.js';
import { isMedia, type MediaKind, sniff } from './sniff.js';

export interface MediaFile {
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string;
  readonly width?: number;
  readonly height?: number;
}

export interface MediaFiles {
  list(): readonly MediaFile[];
  /** Keeps it under its hash; the same bytes again are the same file. Durable when it resolves. */
  take(body: Buffer): Promise<{ file: MediaFile; known: boolean } | Refusal>;
  /** The bytes, or nothing for a name that was never taken. */
  read(name: string): Promise<{ file: MediaFile; body: Buffer } | undefined>;
  remove(name: string): Promise<boolean>;
}

export const MEDIA_BYTES_MAX = 32 * 1024 * 1024;
const FOLDER_BYTES_MAX = 2 * 1024 ** 3;
/** Bodies are held in memory while they are looked at. */
const TAKEN_AT_ONCE_MAX = 2;
const NAME = /^[0-9a-f]{64}\.(png|jpg|webp|mp4|webm)$/;
const TYPES: Readonly<Record<MediaKind, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  mp4: 'video/mp4',
  webm: 'video/webm',
};
const READ_PLAIN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW;

export function openMediaFiles(folder: string, limits: { folderBytesMax?: number } = {}): MediaFiles {
  const folderBytesMax = limits.folderBytesMax ?? FOLDER_BYTES_MAX;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = new Map<string, MediaFile>();
  for (const name of readdirSync(folder)) {
    const stats = lstatSync(join(folder, name));
    if (NAME.test(name) && stats.isFile()) files.set(name, fileOf(name, stats.size));
  }
  let taking = 0;
  const keep = async (body: Buffer): Promise<{ file: MediaFile; known: boolean } | Refusal> => {
    const found = sniff(body);
    if (!isMedia(found)) return { reason: 'UnsupportedFormat', detail: found.why };
    const name = `${createHash('sha256').update(body).digest('hex')}.${found.kind}`;
    const known = files.get(name);
    if (known !== undefined) return { file: known, known: true };
    const held = [...files.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    if (held + body.length > folderBytesMax) {
      return {
        reason: 'QuotaReached',
        detail: `pictures and films may take ${folderBytesMax} bytes; remove some first`,
      };
    }
    await writeDurably(folder, name, body);
    const { width, height } = found;
    const sides = width === undefined || height === undefined ? {} : { width, height };
    const file = { ...fileOf(name, body.length), ...sides };
    files.set(name, file);
    return { file, known: false };
  };
  return {
    list: () => [...files.values()],
    async take(body) {
      if (taking >= TAKEN_AT_ONCE_MAX) return { reason: 'Busy', detail: 'other files are being taken in' };
      taking += 1;
      try {
        return await keep(body);
      } finally {
        taking -= 1;
      }
    },
    async read(name) {
      const file = files.get(name);
      if (file === undefined) return undefined;
      const handle = await open(join(folder, name), READ_PLAIN_FILE).catch(() => undefined);
      if (handle === undefined) return undefined;
      try {
        return { file, body: await readFile(handle) };
      } finally {
        await handle.close();
      }
    },
    async remove(name) {
      if (!files.delete(name)) return false;
      await rm(join(folder, name), { force: true });
      return true;
    },
  };
}

function fileOf(name: string, bytes: number): MediaFile {
  return { name, bytes, contentType: TYPES[name.split('.')[1] as MediaKind] };
}

/** Whole or not at all, also when the power goes. */
async function writeDurably(folder: string, name: string, body: Buffer): Promise<void> {
  const draft = join(folder, `.${name}.draft`);
  await writeFile(draft, body, { mode: 0o600, flush: true });
  await rename(draft, join(folder, name));
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
