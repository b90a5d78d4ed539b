import type Database from 'better-sqlite3';
import type { TopicName } from '../contracts/index.js';
import { type LaneNumber, type Row, rowCrc } from './rows.js';

/** A row as SQLite gives it. */
export interface RawRow {
  readonly offset: number;
  readonly lane: LaneNumber;
  readonly seq: number | null;
  readonly kind: number;
  readonly gap_to: number | null;
  readonly type: number;
  readonly recorded: number;
  readonly key: string;
  readonly id: string;
  readonly cause: number | null;
  readonly prev_crc: number;
  readonly lane_crc: number | null;
  readonly crc: number;
  readonly payload: string;
}

export const COLUMNS =
  'offset, lane, seq, kind, gap_to, type, recorded, key, id, cause, prev_crc, lane_crc, crc, payload';

/** The same without names, in the order of COLUMNS: SQLite hands a row over in half the time. */
export type RawColumns = [
  ...[RawRow['offset'], RawRow['lane'], RawRow['seq'], RawRow['kind'], RawRow['gap_to'], RawRow['type']],
  ...[RawRow['recorded'], RawRow['key'], RawRow['id'], RawRow['cause'], RawRow['prev_crc']],
  ...[RawRow['lane_crc'], RawRow['crc'], RawRow['payload']],
];

export function rawRowOf(columns: RawColumns): RawRow {
  const [offset, lane, seq, kind, gap_to, type, recorded, key, id, cause, prev_crc, lane_crc, crc, payload] =
    columns;
  return {
    offset,
    lane,
    seq,
    kind,
    gap_to,
    type,
    recorded,
    key,
    id,
    cause,
    prev_crc,
    lane_crc,
    crc,
    payload,
  };
}

/** The row, or undefined when its checksum does not fit. */
export function checkedRow(raw: RawRow, type: TopicName): Row | undefined {
  const row: Row = {
    offset: raw.offset,
    lane: raw.lane,
    seq: raw.seq,
    kind: raw.kind,
    gapTo: raw.gap_to,
    type,
    recorded: raw.recorded,
    key: raw.key,
    id: raw.id,
    cause: raw.cause,
    prevCrc: raw.prev_crc,
    laneCrc: raw.lane_crc,
    payload: raw.payload,
    crc: raw.crc,
  };
  return rowCrc(row) === row.crc ? row : undefined;
}

/** Names of the type numbers of a segment; looked up again when a new number appears. */
export function typeNames(db: Database.Database) {
  const select = db.prepare<[], { id: number; name: TopicName }>('SELECT id, name FROM type');
  let names = new Map<number, TopicName>();
  const load = (): void => {
    names = new Map(select.all().map((row) => [row.id, row.name]));
  };
  const nameOf = (id: number): TopicName => {
    if (!names.has(id)) load();
    return names.get(id) ?? (`type-${id}` as TopicName);
  };
  const idOf = (name: TopicName): number | undefined => {
    load();
    for (const [id, known] of names) if (known === name) return id;
    return undefined;
  };
  return Object.assign(nameOf, { idOf });
}

/** Rare single reads by the writer itself. */
export function rowsOf(db: Database.Database) {
  const nameOf = typeNames(db);
  const bySequence = db.prepare<[number, number], RawRow>(
    `SELECT ${COLUMNS} FROM event WHERE lane = ? AND seq = ?`,
  );
  return {
    bySequence(lane: LaneNumber, sequence: number): Row | undefined {
      const raw = bySequence.get(lane, sequence);
      return raw && checkedRow(raw, nameOf(raw.type));
    },
  };
}
