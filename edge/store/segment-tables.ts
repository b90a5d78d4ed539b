import { crc32 } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { Row } from './rows.js';

/** Rows whose id hashes wait in memory before they become one block; a lookup scans at most that many rows. */
const ID_BLOCK_ROWS = 1_024;

/** Numbers for type names, given out at first use. `forget` after a rollback, which may have taken numbers back. */
export function typeTable(db: Database.Database): { (name: string): number; forget(): void } {
  const known = new Map<string, number>();
  const insert = db.prepare('INSERT OR IGNORE INTO type (name) VALUES (?)');
  const select = db.prepare<[string], number>('SELECT id FROM type WHERE name = ?').pluck();
  const idOf = (name: string): number => {
    let id = known.get(name);
    if (id === undefined) {
      insert.run(name);
      id = select.get(name) as number;
      known.set(name, id);
    }
    return id;
  };
  return Object.assign(idOf, { forget: () => known.clear() });
}

/** Hashes of the ids of a run of rows as one blob, so that a search by id reads 4 bytes a row. */
export function idBlocks(db: Database.Database) {
  const insert = db.prepare('INSERT OR REPLACE INTO id_block (first, last, hashes) VALUES (?, ?, ?)');
  const waiting = db.prepare<[number], { offset: number; id: string }>(
    'SELECT offset, id FROM event WHERE offset > coalesce((SELECT max(last) FROM id_block), 0) ORDER BY offset LIMIT ?',
  );
  let hashes: number[] = [];
  let first = 0;
  const add = (row: Pick<Row, 'offset' | 'id'>): void => {
    if (hashes.length === 0) first = row.offset;
    hashes.push(crc32(row.id));
    if (hashes.length < ID_BLOCK_ROWS) return;
    insert.run(first, row.offset, Buffer.from(Uint32Array.from(hashes).buffer));
    hashes = [];
  };
  const reload = (): void => {
    hashes = [];
    for (const row of waiting.all(ID_BLOCK_ROWS - 1)) add(row);
  };
  reload();
  return { add, reload };
}
