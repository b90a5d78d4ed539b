import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, scanFile, scanLog } from '../../edge/store/leaf-pages.js';
import { temporaryDirectory } from './journal-support.js';

const SEED = Number(process.env['ENDCAP_SEED'] ?? 20_261_123);

interface Sample {
  readonly id: number;
  readonly integer: number | null;
  readonly text: string;
  readonly long: string;
}

const samples = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    integer: fc.option(
      fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(0, 1, -1, 255, 65_536, 2 ** 47)),
    ),
    text: fc.string({ unit: 'grapheme', maxLength: 40 }),
    // Around the lengths at which SQLite moves a value to overflow pages.
    long: fc.integer({ min: 0, max: 13_000 }).map((length) => 'x'.repeat(length)),
  }),
  { selector: (sample) => sample.id, minLength: 1, maxLength: 60 },
);

function write(path: string, rows: readonly Sample[], journal: 'WAL' | 'DELETE'): Database.Database {
  const db = new Database(path);
  db.pragma(`journal_mode = ${journal}`);
  db.pragma('wal_autocheckpoint = 0');
  db.exec('CREATE TABLE sample (id INTEGER PRIMARY KEY, integer INTEGER, text TEXT, long TEXT)');
  const insert = db.prepare('INSERT INTO sample VALUES (?, ?, ?, ?)');
  for (const row of rows) insert.run(row.id, row.integer, row.text, row.long);
  return db;
}

function found(scan: typeof scanFile, path: string): Sample[] {
  const byId = new Map<number, Sample>();
  scan(path, 4, ({ rowid, values }: Cell) => {
    const [, integer, text, long] = values;
    byId.set(rowid, {
      id: rowid,
      integer: integer as number | null,
      text: text as string,
      long: long as string,
    });
  });
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

const sorted = (rows: readonly Sample[]): Sample[] => rows.toSorted((a, b) => a.id - b.id);

test.each([
  ['the file', 'DELETE', scanFile, ''],
  ['the log', 'WAL', scanLog, '-wal'],
] as const)(
  `rows are read from the pages of %s as SQLite wrote them (seed ${SEED})`,
  (_name, mode, scan, end) => {
    const directory = temporaryDirectory();
    let run = 0;
    fc.assert(
      fc.property(samples, (rows) => {
        run += 1;
        const path = join(directory, `${run}.db`);
        const db = write(path, rows, mode);
        try {
          expect(found(scan, path + end)).toEqual(sorted(rows));
        } finally {
          db.close();
        }
      }),
      { seed: SEED, numRuns: 25 },
    );
  },
);

test(`bytes that are no pages end in nothing, not in an error (seed ${SEED})`, async () => {
  const { writeFileSync } = await import('node:fs');
  const path = join(temporaryDirectory(), 'noise');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 9_000 }), (bytes) => {
      for (let at = 0; at < bytes.length; at += 4_096) bytes[at] = 0x0d;
      writeFileSync(path, bytes);
      scanFile(path, 4, () => undefined);
      scanLog(path, 4, () => undefined);
    }),
    { seed: SEED, numRuns: 100 },
  );
});
