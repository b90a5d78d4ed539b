import type { Family, Lane } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import type { Gap } from './protocol.js';
import type { ReaderEvents, ReaderPool } from './reader-pool.js';
import { KIND_PLACEHOLDER, type LaneNumber, laneNumber, type Row } from './rows.js';
import type { LaneHead, LaneRecord } from './types.js';

interface LaneRead {
  readonly pool: ReaderPool;
  readonly gaps: readonly Gap[];
  readonly head: LaneHead;
  readonly lane: Lane;
  readonly after: number;
  readonly limit: number;
  readonly bytesMax: number;
  /** How far HQ is: what is missing up to there was let go on purpose. */
  readonly sent: number;
  readonly rowAt: (pool: ReaderPool, offset: number) => Row | undefined;
  readonly onHole: ReaderEvents['onHole'];
}

/**
 * The next records of a lane, dense: each is an event, a placeholder, or a declared gap in the place of its hole.
 * A hole that nobody declared ends the answer; the writer is told, and the next call finds it repaired or declared.
 */
export function readLaneRecords(read: LaneRead): LaneRecord[] {
  const lane = laneNumber(read.lane);
  const after = Math.max(read.after, Math.min(read.head.tail - 1, read.head.head));
  const rows = mergeBySequence(
    laneRowsOf(read, 'keep', { lane, after }),
    lane >= 2 ? laneRowsOf(read, 'bulk', { lane, after }) : [],
  );
  const gaps = read.gaps.filter((gap) => gap.lane === lane && gap.to > after).sort((a, b) => a.from - b.from);
  const records: LaneRecord[] = [];
  let bytes = 0;
  let expected = after + 1;
  let index = 0;
  while (records.length < read.limit && expected <= read.head.head) {
    while (index < rows.length && (rows[index] as Row).seq! < expected) index += 1;
    const gap = gaps.find((one) => one.from <= expected && expected <= one.to);
    const row = rows[index];
    const record = gap
      ? gapRecord(read, gap, expected)
      : row?.seq === expected
        ? recordOf(row, read.lane)
        : undefined;
    if (record === undefined) {
      const next = Math.min(
        row?.seq ?? read.head.head + 1,
        gaps.find((one) => one.from > expected)?.from ?? Infinity,
      );
      if (next - 1 > read.sent) {
        read.onHole(read.lane, Math.max(expected, read.sent + 1), next - 1);
        break;
      }
      expected = next;
      continue;
    }
    bytes += record.payload.length;
    if (bytes > read.bytesMax && records.length > 0) break;
    records.push(record);
    expected = (record.gapTo ?? record.sequence) + 1;
  }
  return records;
}

function laneRowsOf(read: LaneRead, family: Family, from: { lane: LaneNumber; after: number }): Row[] {
  const segments = read.pool.family(family);
  const found: Row[] = [];
  let after = from.after;
  for (
    let at = startingAt(read, segments, from);
    at < segments.length && found.length < read.limit;
    at += 1
  ) {
    const rows = read.pool.use(segments[at] as SegmentFile, [], (reader) =>
      reader.laneRows(from.lane, { after, upTo: read.head.head, limit: read.limit - found.length }),
    );
    found.push(...rows);
    after = found.at(-1)?.seq ?? after;
  }
  return found;
}

/** The last segment that began at or before the wanted sequence, by binary search over the heads they began with. */
function startingAt(
  read: LaneRead,
  segments: readonly SegmentFile[],
  from: { lane: LaneNumber; after: number },
): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const begun = read.pool.use(segments[middle] as SegmentFile, 0, (reader) => reader.startSeq(from.lane));
    if (begun <= from.after) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function mergeBySequence(keep: readonly Row[], bulk: readonly Row[]): readonly Row[] {
  if (bulk.length === 0) return keep;
  return [...keep, ...bulk].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
}

function recordOf(row: Row, lane: Lane): LaneRecord {
  const placeholder = row.kind === KIND_PLACEHOLDER;
  return {
    lane,
    sequence: row.seq as number,
    prevCrc: row.prevCrc,
    crc: row.laneCrc ?? row.crc,
    offset: row.offset,
    kind: placeholder ? 'placeholder' : 'event',
    type: row.type,
    key: row.key,
    payload: Buffer.from(
      placeholder ? JSON.stringify({ id: row.id, type: row.type, placeholder: true }) : row.payload,
    ),
  };
}

function gapRecord(read: LaneRead, gap: Gap, sequence: number): LaneRecord | undefined {
  const row = read.rowAt(read.pool, gap.offset);
  if (row === undefined) return undefined;
  return {
    lane: read.lane,
    sequence,
    prevCrc: row.prevCrc,
    crc: row.laneCrc ?? row.crc,
    offset: row.offset,
    kind: 'gap',
    gapTo: gap.to,
    type: row.type,
    key: row.key,
    payload: Buffer.from(row.payload),
  };
}
