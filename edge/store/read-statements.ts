import type Database from 'better-sqlite3';
import type { TopicName } from '../contracts/index.js';
import { COLUMNS, type RawColumns, type RawRow, rawRowOf } from './row-access.js';

/** Rows with after < offset <= upTo, oldest first. */
export interface RowRange {
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
  /** All when absent. */
  readonly types?: readonly TopicName[] | undefined;
  /** Leave out what was recorded before, epoch ms. */
  readonly fromMs?: number | undefined;
  /** Leave out the outputs of steps. */
  readonly inputs?: boolean | undefined;
}

export type Query = ReturnType<typeof statementsOf>;

export function statementsOf(db: Database.Database) {
  const rows = <P extends unknown[]>(condition: string) => {
    const statement = db.prepare<P, RawColumns>(`SELECT ${COLUMNS} FROM event WHERE ${condition}`).raw();
    return { all: (...values: P): RawRow[] => statement.all(...values).map(rawRowOf) };
  };
  return {
    range: rows<[number, number, number, number]>(
      'offset > ? AND offset <= ? AND recorded >= ? ORDER BY offset LIMIT ?',
    ),
    inputs: rows<[number, number, number, number]>(
      'offset > ? AND offset <= ? AND recorded >= ? AND cause IS NULL ORDER BY offset LIMIT ?',
    ),
    typed: rows<[number, number, number, number, number]>(
      'type = ? AND offset > ? AND offset <= ? AND recorded >= ? ORDER BY offset LIMIT ?',
    ),
    one: rows<[number]>('offset = ?'),
    withId: rows<[string, number, number]>(
      'id = ? AND offset >= ? AND offset <= ? ORDER BY offset DESC LIMIT 1',
    ),
    lane: rows<[number, number, number, number]>(
      'lane = ? AND seq > ? AND seq <= ? AND kind <> 2 ORDER BY seq LIMIT ?',
    ),
    meta: db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck(),
    next: db.prepare<[number], { offset: number; recorded: number }>(
      'SELECT offset, recorded FROM event WHERE offset >= ? ORDER BY offset LIMIT 1',
    ),
    last: db.prepare<[], number | null>('SELECT max(offset) FROM event').pluck(),
    blocks: db.prepare.bind(db),
  };
}
