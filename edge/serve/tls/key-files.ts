/** Keys and certificates on disk: written whole or not at all, and private keys for the store's own user alone. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeDurably } from '../../ops/durable-file.js';
import type { KeyPair } from './x509.js';

/** A file of keys that the store cannot go on with; the message says which and what to do. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError';
}

const fileNames = (stem: string) => ({ certificate: `${stem}.crt`, key: `${stem}.key` });

/** `undefined` when it was never made. Throws the error of the system when it is there and cannot be read. */
export function readPair(stem: string): KeyPair | undefined {
  const names = fileNames(stem);
  if (!existsSync(names.key) || !existsSync(names.certificate)) return undefined;
  return { certificate: readFileSync(names.certificate, 'utf8'), key: readFileSync(names.key, 'utf8') };
}

/** The key goes first, so that a crash leaves a key alone and never a certificate nobody can use. */
export function writePair(stem: string, pair: KeyPair): void {
  const names = fileNames(stem);
  mkdirSync(dirname(stem), { recursive: true, mode: 0o700 });
  writeDurably(names.key, pair.key);
  writeDurably(names.certificate, pair.certificate, 0o644);
}
