import type Database from 'better-sqlite3';
import type { TopicName } from '../contracts/index.js';
import { COLUMNS, type RawRow } from './row-access.js';

/** Rows with after < offset <= upTo, oldest first. */
export interface RowRange {
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
  /** All when absent. */
  readonly types?: readonly TopicName[] | undefined;
  /** Leave out what was recorded before, epoch ms. */
  readonly fromMs?: number | undefined;
}

export type Query = ReturnType<typeof statementsOf>;

export function statementsOf(db: Database.Database) {
  return {
    range: db.prepare<[number, number, number, number], RawRow>(
      `SELECT ${COLUMNS} FROM event WHERE offset > ? AND offset <= ? AND recorded >= ? ORDER BY offset LIMIT ?`,
    ),
    typed: db.prepare<[number, number, number, number, number], RawRow>(
      `SELECT ${COLUMNS} FROM event
       WHERE type = ? AND offset > ? AND offset <= ? AND recorded >= ? ORDER BY offset LIMIT ?`,
    ),
    one: db.prepare<[number], RawRow>(`SELECT ${COLUMNS} FROM event WHERE offset = ?`),
    withId: db.prepare<[string, number, number], RawRow>(
      `SELECT ${COLUMNS} FROM event WHERE id = ? AND offset >= ? AND offset <= ? ORDER BY offset DESC LIMIT 1`,
    ),
    lane: db.prepare<[number, number, number, number], RawRow>(
      `SELECT ${COLUMNS} FROM event WHERE lane = ? AND seq > ? AND seq <= ? AND kind <> 2 ORDER BY seq LIMIT ?`,
    ),
    meta: db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck(),
    next: db.prepare<[number], { offset: number; recorded: number }>(
      'SELECT offset, recorded FROM event WHERE offset >= ? ORDER BY offset LIMIT 1',
    ),
    last: db.prepare<[], number | null>('SELECT max(offset) FROM event').pluck(),
    blocks: db.prepare.bind(db),
  };
}
