import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { writeDurably } from '../ops/durable-file.js';

export const KEY_BYTES = 32;
export const KEY_FILE = 'vault.key';
/** Only the owner reads and writes. */
const PRIVATE = 0o600;

/** The key cannot be used, and a new one would cost what hangs on it. The message is for the person at the terminal. */
export class VaultKeyError extends Error {
  override readonly name = 'VaultKeyError';
}

export interface VaultKey {
  readonly key: Buffer;
  /** The same for the same key; says nothing of it. */
  readonly mark: string;
  /** There was none. */
  readonly isNew: boolean;
}

/**
 * The key that tags and loyalty ids are hashed with. Made where there is none, or where nothing hangs on one that is
 * torn. Throws VaultKeyError.
 */
export function openVaultKey(
  path: string,
  { random, linked }: { random: (bytes: number) => Buffer; linked: boolean },
): VaultKey {
  const isNew = !existsSync(path) || (!linked && !isWhole(path));
  if (isNew) writeDurably(path, random(KEY_BYTES));
  if (!isWhole(path)) {
    throw new VaultKeyError(
      `${path} is damaged: ${readFileSync(path).length} bytes instead of ${KEY_BYTES}. Put a copy of it back. ` +
        'Without a copy, move it away: the store then makes a new one, people stay who they are, and their tags and loyalty ids have to be linked again.',
    );
  }
  chmodSync(path, PRIVATE);
  const key = readFileSync(path);
  return { key, mark: markOf(key), isNew };
}

export const isWhole = (path: string): boolean => readFileSync(path).length === KEY_BYTES;

export const markOf = (key: Buffer): string =>
  createHmac('sha256', key).update('mark').digest('base64url').slice(0, 16);
