import { existsSync } from 'node:fs';
import type { Family } from '../contracts/classes.js';
import type { JournalledEvent, StoreEvent } from '../contracts/envelope.js';
import { covering, type SegmentFile } from './catalogue.js';
import { beingRepaired } from './read-rows.js';
import { DISORDER_MS } from './read-segment.js';
import type { ReaderPool } from './reader-pool.js';
import { laneOf, type Row } from './rows.js';
import type { ReadOptions } from './types.js';

/** In one piece where it can be: a reader of a day does this a million times. */
export function toJournalled({ offset, seq, cause, payload }: Row): JournalledEvent {
  const event = JSON.parse(payload) as StoreEvent;
  if (cause === null) return seq === null ? { offset, event } : { offset, sequence: seq, event };
  return seq === null ? { offset, cause, event } : { offset, sequence: seq, cause, event };
}

type Range = ReadOptions & { readonly upTo: number };

export function readRange(pool: ReaderPool, options: ReadOptions, upTo: number): JournalledEvent[] {
  const isDense = options.types === undefined && options.fromMs === undefined;
  const rows = isDense ? denseRows(pool, { ...options, upTo }) : mergedRows(pool, { ...options, upTo });
  return rows.map(toJournalled);
}

/**
 * Nearly every offset is in one of both families. A page of each would be read twice over, because half of both is
 * beyond the end of the merged page; a window as wide as the page holds little more than what is asked for.
 */
function denseRows(pool: ReaderPool, range: Range): Row[] {
  const { limit, upTo } = range;
  const found: Row[] = [];
  let { after } = range;
  for (let width = limit; after < upTo && found.length < limit; width *= 2) {
    const end = Math.min(upTo, after + width);
    found.push(...mergedRows(pool, { ...range, after, upTo: end, limit: limit - found.length }));
    after = end;
  }
  return found;
}

/** Both families, merged by offset. */
function mergedRows(pool: ReaderPool, range: Range): Row[] {
  const families: Family[] = mayBeInBulk(range) ? ['keep', 'bulk'] : ['keep'];
  const rows = families.flatMap((family) => familyRows(pool, family, range));
  return rows.sort((a, b) => a.offset - b.offset).slice(0, range.limit);
}

/** P0 and P1 are never in `bulk`. */
function mayBeInBulk(options: ReadOptions): boolean {
  return options.types === undefined || options.types.some((type) => laneOf(type) >= 2);
}

function familyRows(pool: ReaderPool, family: Family, options: Range): Row[] {
  const segments = pool.family(family);
  const { limit, types, fromMs, inputs, upTo } = options;
  let after = options.after;
  let index = Math.max(0, covering(segments, after + 1));
  if (fromMs !== undefined) index = Math.max(index, firstSegmentFrom(pool, segments, fromMs));
  const found: Row[] = [];
  for (; index < segments.length && found.length < limit; index += 1) {
    const file = segments[index] as SegmentFile;
    if (file.first > upTo) break;
    // An offset of this segment is below the first of the next; without the bound a dead page has no end.
    const last = Math.min(upTo, (segments[index + 1]?.first ?? Number.POSITIVE_INFINITY) - 1);
    const rows = pool.use<Row[] | undefined>(file, undefined, (reader) => {
      const from = fromMs === undefined ? 0 : reader.offsetFrom(fromMs);
      if (from === undefined) return [];
      const start = Math.max(after, from - 1);
      return reader.rows({ after: start, upTo: last, limit: limit - found.length, types, fromMs, inputs });
    });
    if (rows === undefined) refuseUnlessGone(file);
    else found.push(...rows);
    after = found.at(-1)?.offset ?? after;
  }
  return found;
}

/** A segment that cannot even be opened is being repaired: going on behind it would pass over what it holds. */
function refuseUnlessGone(file: SegmentFile): void {
  if (!existsSync(file.path)) return;
  throw beingRepaired();
}

/** Index of the last segment that begins before `fromMs`; earlier ones hold nothing that late. */
function firstSegmentFrom(pool: ReaderPool, segments: readonly SegmentFile[], fromMs: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const begins = pool.use(segments[middle] as SegmentFile, undefined, (reader) => reader.firstRecordedMs());
    if (begins !== undefined && begins < fromMs - DISORDER_MS) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

export function rowAt(pool: ReaderPool, offset: number): Row | undefined {
  for (const family of ['keep', 'bulk'] as const) {
    const segments = pool.family(family);
    const file = segments[covering(segments, offset)];
    const row = file && pool.use(file, undefined, (reader) => reader.byOffset(offset));
    if (row !== undefined) return row;
  }
  return undefined;
}

/** The newest of both families. */
export function readById(pool: ReaderPool, id: string, upTo: number): JournalledEvent | undefined {
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
