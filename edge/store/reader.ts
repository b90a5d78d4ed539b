import { existsSync } from 'node:fs';
import { type Family, type JournalledEvent, type Lane, RefusalError } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import type { Gap, Snapshot } from './protocol.js';
import { readLaneRecords } from './read-lane.js';
import { readById, readRange, rowAt, toJournalled } from './read-range.js';
import { openReader, type SegmentReader } from './read-segment.js';
import type { ReaderEvents, ReaderPool } from './reader-pool.js';
import type { LaneRecord, ReadOptions } from './types.js';

/** Connections kept open for reading; each takes about 1 MiB. */
const READERS_MAX = 24;

/** What a reader has to know of the journal. */
type Picture = Pick<Snapshot, 'lastOffset' | 'lanes' | 'files' | 'gaps'>;

/** Reading from the files, in the caller's thread, by short queries on read-only connections. */
export interface Reader {
  /** Nothing above `lastOffset` is shown: the writer may be half-way through a batch. */
  show(picture: Picture): void;
  read(options: ReadOptions): JournalledEvent[];
  readOffset(offset: number): JournalledEvent | undefined;
  readId(id: string): JournalledEvent | undefined;
  readLane(lane: Lane, range: { after: number; limit: number; bytesMax: number; sent: number }): LaneRecord[];
  files(): readonly SegmentFile[];
  close(): void;
}

export function createReader(events: ReaderEvents): Reader {
  let files: readonly SegmentFile[] = [];
  let byFamily: Record<Family, readonly SegmentFile[]> = { keep: [], bulk: [] };
  let gaps: readonly Gap[] = [];
  let snapshot: Picture | undefined;
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
