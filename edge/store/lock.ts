import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { MisconfiguredError } from './schema.js';

/** The lock dies with the process, so a killed store never has to be freed by hand. */
export function takeLock(directory: string): () => void {
  const path = join(directory, 'lock');
  const db = new Database(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch {
    db.close();
    throw new MisconfiguredError(`${directory} is in use by another process`);
  }
  return () => db.close();
}
