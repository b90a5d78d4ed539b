import { existsSync } from 'node:fs';
import {
  type Family,
  type JournalledEvent,
  type Lane,
  RefusalError,
  type StoreEvent,
} from '../contracts/index.js';
import { covering, type SegmentFile } from './catalogue.js';
import type { Gap, Snapshot } from './protocol.js';
import { readLaneRecords } from './read-lane.js';
import { openReader, type SegmentReader } from './read-segment.js';
import { laneOf, type Row } from './rows.js';
import type { LaneRecord, ReadOptions } from './types.js';

/** Connections kept open for reading; each takes about 1 MiB. */
const READERS_MAX = 24;

/** Reading from the files, in the caller's thread, by short queries on read-only connections. */
export interface Reader {
  /** Nothing above `lastOffset` is shown: the writer may be half-way through a batch. */
  show(snapshot: Snapshot): void;
  read(options: ReadOptions): JournalledEvent[];
  readOffset(offset: number): JournalledEvent | undefined;
  readId(id: string): JournalledEvent | undefined;
  readLane(lane: Lane, range: { after: number; limit: number; bytesMax: number; sent: number }): LaneRecord[];
  files(): readonly SegmentFile[];
  close(): void;
}

export interface ReaderEvents {
  /** A row or page could not be read; the writer should repair the segment. */
  onDamage(file: SegmentFile, what: string): void;
  /** Records of a lane are in no file and in no declared gap. */
  onHole(lane: Lane, from: number, to: number): void;
}

/** Readers of the segments, opened at need, least recently used closed first. */
export interface ReaderPool {
  /** Run `work` on a segment; `otherwise` when it is gone or damaged (then the writer hears of it). */
  use<T>(file: SegmentFile, otherwise: T, work: (reader: SegmentReader) => T): T;
  family(name: Family): readonly SegmentFile[];
}

export function createReader(events: ReaderEvents): Reader {
  let files: readonly SegmentFile[] = [];
  let byFamily: Record<Family, readonly SegmentFile[]> = { keep: [], bulk: [] };
  let gaps: readonly Gap[] = [];
  let snapshot: Snapshot | undefined;
  const open = new Map<string, SegmentReader>();
  const drop = (path: string): void => {
    open.get(path)?.close();
    open.delete(path);
  };
  const pool: ReaderPool = {
    family: (name) => byFamily[name],
    use(file, otherwise, work) {
      try {
        return work(readerOf(file));
      } catch (error) {
        drop(file.path);
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        if (!code.startsWith('SQLITE_')) throw error;
        if (code.startsWith('SQLITE_CANTOPEN')) return goneOrRefused(file, otherwise);
        events.onDamage(file, code);
        return otherwise;
      }
    },
  };
  const readerOf = (file: SegmentFile): SegmentReader => {
    let reader = open.get(file.path);
    if (reader !== undefined && reader.file.edition !== file.edition) {
      drop(file.path);
      reader = undefined;
    }
    reader ??= openReader(file, (offset) => events.onDamage(file, `checksum of offset ${offset}`));
    open.delete(file.path);
    open.set(file.path, reader);
    if (open.size > READERS_MAX) drop(open.keys().next().value as string);
    return reader;
  };
  return {
    files: () => files,
    show(next) {
      snapshot = next;
      gaps = next.gaps ?? gaps;
      if (next.files === undefined) return;
      files = next.files;
      byFamily = {
        keep: files.filter((file) => file.family === 'keep'),
        bulk: files.filter((file) => file.family === 'bulk'),
      };
      for (const [path, reader] of [...open]) if (!mayStayOpen(reader, byFamily)) drop(path);
    },
    read: (options) => readRange(pool, options, snapshot?.lastOffset ?? 0),
    readOffset(offset) {
      const row = rowAt(pool, offset);
      return row && offset <= (snapshot?.lastOffset ?? 0) ? toJournalled(row) : undefined;
    },
    readId: (id) => readById(pool, id, snapshot?.lastOffset ?? 0),
    readLane(lane, range) {
      const head = snapshot?.lanes.find((one) => one.lane === lane);
      if (head === undefined) return [];
      return readLaneRecords({ pool, gaps, head, lane, ...range, rowAt, onHole: events.onHole });
    },
    close() {
      for (const path of [...open.keys()]) drop(path);
    },
  };
}

/** Dropped by the writer, then there is nothing to read; else saying nothing would hide events from the caller. */
function goneOrRefused<T>(file: SegmentFile, otherwise: T): T {
  if (!existsSync(file.path)) return otherwise;
  throw new RefusalError({ reason: 'DiskFailed', detail: `${file.path} cannot be opened for reading` });
}

/** Not when the segment is gone, nor when it was just sealed: the writer changes its mode once nobody holds it. */
function mayStayOpen(reader: SegmentReader, now: Record<Family, readonly SegmentFile[]>): boolean {
  const family = now[reader.file.family];
  const file = family.find((one) => one.path === reader.file.path);
  return file !== undefined && !(reader.writeAhead && file !== family.at(-1));
}

export function toJournalled(row: Row): JournalledEvent {
  return {
    offset: row.offset,
    ...(row.seq === null ? {} : { sequence: row.seq }),
    ...(row.cause === null ? {} : { cause: row.cause }),
    event: JSON.parse(row.payload) as StoreEvent,
  };
}

function readRange(pool: ReaderPool, options: ReadOptions, upTo: number): JournalledEvent[] {
  const families: Family[] = mayBeInBulk(options) ? ['keep', 'bulk'] : ['keep'];
  const rows = families.flatMap((family) => familyRows(pool, family, { ...options, upTo }));
  return rows
    .sort((a, b) => a.offset - b.offset)
    .slice(0, options.limit)
    .map(toJournalled);
}

/** P0 and P1 are never in `bulk`. */
function mayBeInBulk(options: ReadOptions): boolean {
  return options.types === undefined || options.types.some((type) => laneOf(type) >= 2);
}

function familyRows(pool: ReaderPool, family: Family, options: ReadOptions & { upTo: number }): Row[] {
  const segments = pool.family(family);
  const { limit, types, fromMs, upTo } = options;
  let after = options.after;
  let index = Math.max(0, covering(segments, after + 1));
  if (fromMs !== undefined) index = Math.max(index, firstSegmentFrom(pool, segments, fromMs));
  const found: Row[] = [];
  for (; index < segments.length && found.length < limit; index += 1) {
    const file = segments[index] as SegmentFile;
    const rows = pool.use(file, [], (reader) => {
      const from = fromMs === undefined ? 0 : reader.offsetFrom(fromMs);
      if (from === undefined) return [];
      return reader.rows({ after: Math.max(after, from - 1), upTo, limit: limit - found.length, types });
    });
    found.push(...rows);
    after = found.at(-1)?.offset ?? after;
  }
  return found;
}

/** Index of the last segment that begins before `fromMs`; earlier ones hold nothing that late. */
function firstSegmentFrom(pool: ReaderPool, segments: readonly SegmentFile[], fromMs: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const begins = pool.use(segments[middle] as SegmentFile, undefined, (reader) => reader.firstRecordedMs());
    if (begins !== undefined && begins < fromMs) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function rowAt(pool: ReaderPool, offset: number): Row | undefined {
  for (const family of ['keep', 'bulk'] as const) {
    const segments = pool.family(family);
    const file = segments[covering(segments, offset)];
    const row = file && pool.use(file, undefined, (reader) => reader.byOffset(offset));
    if (row !== undefined) return row;
  }
  return undefined;
}

function readById(pool: ReaderPool, id: string, upTo: number): JournalledEvent | undefined {
  const newest = (['keep', 'bulk'] as const).map((family) => {
    const segments = pool.family(family);
    for (let index = segments.length - 1; index >= 0; index -= 1) {
      const row = pool.use(segments[index] as SegmentFile, undefined, (reader) =>
        reader.newestWithId(id, upTo),
      );
      if (row !== undefined) return row;
    }
    return undefined;
  });
  const [keep, bulk] = newest;
  const row = (keep?.offset ?? 0) > (bulk?.offset ?? 0) ? keep : bulk;
  return row && toJournalled(row);
}
