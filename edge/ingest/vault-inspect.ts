import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { VAULT_FILE } from './vault-file.js';
import { isWhole, KEY_FILE, markOf } from './vault-key.js';

export interface VaultFacts {
  readonly people: number;
  readonly links: number;
  /** Tags and loyalty ids that were linked with another key than the one that is there. */
  readonly deadLinks: number;
  readonly key: 'good' | 'missing' | 'damaged';
}

/** What can be said of a vault from outside, beside a store that runs or not; `undefined` where there is none. */
export function inspectVault(folder: string): VaultFacts | undefined {
  const path = join(folder, VAULT_FILE);
  if (!existsSync(path)) return undefined;
  const keyPath = join(folder, KEY_FILE);
  const whole = existsSync(keyPath) && isWhole(keyPath);
  const mark = whole ? markOf(readFileSync(keyPath)) : '';
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const count = (sql: string, ...of: string[]): number =>
      db
        .prepare<string[], number>(sql)
        .pluck()
        .get(...of) ?? 0;
    const links = count('SELECT count(*) FROM link');
    const columns = db.pragma('table_info(link)') as readonly { name: string }[];
    const marked = columns.some(({ name }) => name === 'made_with');
    const dead = marked
      ? count('SELECT count(*) FROM link WHERE made_with IS NOT ?', mark)
      : whole
        ? 0
        : links;
    const key = whole ? 'good' : existsSync(keyPath) ? 'damaged' : 'missing';
    return { people: count('SELECT count(*) FROM person'), links, deadLinks: dead, key };
  } finally {
    db.close();
  }
}
