import { crc32 } from 'node:zlib';
import Database from 'better-sqlite3';
import type { SegmentFile } from './catalogue.js';
import { rowsIn } from './read-rows.js';
import { type Query, type RowRange, statementsOf } from './read-statements.js';
import { checkedRow, type RawRow, typeNames } from './row-access.js';
import type { LaneNumber, Row } from './rows.js';
import { damagedText, openText } from './texts.js';

/** Reads of one segment. Every statement is read to its end at once: an open one would pin the write-ahead log. */
export interface SegmentReader {
  readonly file: SegmentFile;
  /** In write-ahead mode, that is active or not yet sealed. */
  readonly writeAhead: boolean;
  rows(range: RowRange): Row[];
  byOffset(offset: number): Row | undefined;
  newestWithId(id: string, upTo: number): Row | undefined;
  /** Records of a lane with after < seq <= upTo, in order; declared gaps are not among them. */
  laneRows(lane: LaneNumber, range: { after: number; upTo: number; limit: number }): Row[];
  /** Heads of the lanes when the segment began. */
  startSeq(lane: LaneNumber): number;
  /** An offset before which everything was recorded before `ms`; undefined when that is so for all. */
  offsetFrom(ms: number): number | undefined;
  firstRecordedMs(): number | undefined;
  close(): void;
}

/** `onBad` hears of every row whose checksum does not fit. */
export function openReader(file: SegmentFile, onBad: (offset: number) => void): SegmentReader {
  const db = new Database(file.path, { readonly: true, fileMustExist: true, timeout: 5_000 });
  db.pragma('cache_size = -1000');
  const query = statementsOf(db);
  const nameOf = typeNames(db);
  const decode = (raw: RawRow): Row | undefined => {
    const row = checkedRow(raw, nameOf(raw.type));
    if (row !== undefined) return row;
    onBad(raw.offset);
    return undefined;
  };
  const decodeAll = (raws: readonly RawRow[]): Row[] =>
    raws.map(decode).filter((row): row is Row => row !== undefined);
  return {
    file,
    writeAhead: db.pragma('journal_mode', { simple: true }) === 'wal',
    rows: (range) => rowsIn(query, range, { nameOf, decode, onBad }),
    byOffset(offset) {
      const [raw] = query.one.all(offset);
      return raw && decode(raw);
    },
    newestWithId: (id, upTo) => decodeAll(rawWithId({ file, id, upTo, query })).at(-1),
    laneRows: (lane, { after, upTo, limit }) => decodeAll(query.lane.all(lane, after, upTo, limit)),
    startSeq: (lane) => startOf(query)[lane]?.seq ?? 0,
    offsetFrom: (ms) => searchRecorded(query, ms - DISORDER_MS),
    firstRecordedMs: () => query.next.get(0)?.recorded,
    close: () => void db.close(),
  };
}

function startOf(query: Query): readonly { seq: number }[] {
  const text = openText('start', query.meta.get('start') ?? '');
  if (text === undefined) throw damagedText('start');
  return JSON.parse(text) as { seq: number }[];
}

/** `keep` has an index on ids; `bulk` has blocks of hashes, newest first, and its last rows are looked through. */
function rawWithId(search: { file: SegmentFile; id: string; upTo: number; query: Query }): RawRow[] {
  const { file, id, upTo, query } = search;
  if (file.family === 'keep') return query.withId.all(id, 0, upTo);
  const wanted = crc32(id);
  const blocks = query
    .blocks<[number], { first: number; last: number; hashes: Buffer }>(
      'SELECT first, last, hashes FROM id_block WHERE first <= ? ORDER BY first DESC',
    )
    .all(upTo);
  const young = query.withId.all(id, (blocks[0]?.last ?? 0) + 1, upTo);
  if (young.length > 0) return young;
  for (const block of blocks) {
    const hashes = new Uint32Array(new Uint8Array(block.hashes).buffer);
    if (!hashes.includes(wanted)) continue;
    const rows = query.withId.all(id, block.first, Math.min(block.last, upTo));
    if (rows.length > 0) return rows;
  }
  return [];
}

/** An output carries the recorded time of its cause, so times are out of order by as much as the engine lags. */
export const DISORDER_MS = 600_000;

/** Recorded time hardly ever decreases with the offset, so halving finds the place, but for the disorder above. */
function searchRecorded(query: Query, ms: number): number | undefined {
  let low = query.next.get(0)?.offset;
  const last = query.last.get();
  if (low === undefined || last === null || last === undefined) return undefined;
  let high = last + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = query.next.get(middle);
    if (row === undefined || row.recorded >= ms) high = middle;
    else low = row.offset + 1;
  }
  return query.next.get(low)?.offset;
}
