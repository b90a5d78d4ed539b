import type { SegmentFile } from './catalogue.js';
import type { Head } from './plan.js';
import { closeQuietly } from './reopen.js';
import { COLUMNS, checkedRow, type RawRow, typeNames } from './row-access.js';
import { KIND_GAP } from './rows.js';
import { openSegment, type Segment, type SegmentSettings } from './segment.js';
import { NO_HEADS } from './state.js';
import { damagedText } from './texts.js';

/** What the newest segment of a family has to say about where the journal stands. */
export interface Standing {
  readonly offset: number;
  readonly lanes: readonly Head[];
}

/** Rows at the end whose checksums are looked at when a journal opens; older ones are checked when they are read. */
const ROWS_CHECKED_AT_OPEN = 500;

/**
 * Open an active segment and look at its end, in bounded time. `expectedOffset` is what the witness saw committed:
 * a shorter file lost its end.
 */
export function inspectSegment(
  file: SegmentFile,
  settings: SegmentSettings,
  expectedOffset: number,
): { segment: Segment; damage?: undefined } | { segment?: undefined; damage: string; release(): void } {
  let segment: Segment | undefined;
  try {
    segment = openSegment(file, settings);
    checkTexts(segment);
    checkEnd(segment);
    standingOf(segment);
    const last = lastOffsetIn(segment);
    if (expectedOffset >= file.first && last < expectedOffset) {
      return damaged(`${file.family} ends at offset ${last} instead of ${expectedOffset}`, segment);
    }
    return { segment };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('SQLITE_') && error instanceof Error) {
      return damaged(`${file.family}: ${error.message} (${code})`, segment);
    }
    segment?.close();
    throw error;
  }
}

/**
 * The connection stays open until the files have been copied: closing it folds the good part of the log into the
 * file and deletes the rest, from which rows can still be saved.
 */
function damaged(damage: string, segment: Segment | undefined) {
  return { damage, release: () => segment && closeQuietly(segment) };
}

function checkTexts(segment: Segment): void {
  const names = segment.db.prepare<[], string>('SELECT name FROM meta').pluck().all();
  for (const name of names) segment.meta(name);
  for (const name of ['jid', 'start']) if (!names.includes(name)) throw damagedText(name);
  const { damaged } = segment.marks();
  if (damaged[0] !== undefined) throw damagedText(damaged[0]);
}

function checkEnd(segment: Segment): void {
  const nameOf = typeNames(segment.db);
  const rows = segment.db
    .prepare<[number], RawRow>(`SELECT ${COLUMNS} FROM event ORDER BY offset DESC LIMIT ?`)
    .all(ROWS_CHECKED_AT_OPEN);
  for (const raw of rows) {
    if (checkedRow(raw, nameOf(raw.type)) === undefined) throw damagedText(`offset ${raw.offset}`);
  }
}

export function lastOffsetIn(segment: Segment): number {
  return segment.db.prepare<[], number | null>('SELECT max(offset) FROM event').pluck().get() ?? 0;
}

interface LastOfLane {
  readonly seq: number;
  readonly kind: number;
  readonly gap_to: number;
  readonly crc: number;
  readonly lane_crc: number | null;
}

export function standingOf(segment: Segment | undefined): Standing {
  if (segment === undefined) return NO_HEADS;
  const start = segment.meta<Head[]>('start') ?? NO_HEADS.lanes;
  const last = segment.db.prepare<[number], LastOfLane>(
    `SELECT seq, kind, gap_to, crc, lane_crc FROM event
     WHERE lane = ? AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1`,
  );
  return {
    offset: Math.max(lastOffsetIn(segment), segment.file.first - 1),
    lanes: [0, 1, 2, 3].map((lane) => {
      const row = last.get(lane);
      const begun = start[lane] as Head;
      if (row === undefined) return begun;
      const seq = row.kind === KIND_GAP ? row.gap_to : row.seq;
      return seq > begun.seq ? { seq, crc: row.lane_crc ?? row.crc } : begun;
    }),
  };
}
