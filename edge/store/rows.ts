import { crc32 } from 'node:zlib';
import { LANES, type Lane } from '../contracts/classes.js';
import { TOPIC_NAMES, TOPIC_TABLE, type TopicName } from '../contracts/topic-table.js';

/** Lanes as small numbers, as they stand in the files: the order of LANES. */
export type LaneNumber = 0 | 1 | 2 | 3;

export const KIND_EVENT = 0;
export const KIND_PLACEHOLDER = 1;
export const KIND_GAP = 2;

/** One row of a segment. `seq` is null for events that do not travel to HQ. */
export interface Row {
  readonly offset: number;
  readonly lane: LaneNumber;
  readonly seq: number | null;
  readonly kind: number;
  /** Of a gap: last sequence of the hole. */
  readonly gapTo: number | null;
  readonly type: TopicName;
  /** Epoch ms. */
  readonly recorded: number;
  readonly key: string;
  readonly id: string;
  readonly cause: number | null;
  readonly prevCrc: number;
  /** What the next record of the lane names as the one before it, where that is not `crc`. */
  readonly laneCrc: number | null;
  readonly payload: string;
  readonly crc: number;
}

/**
 * CRC over the payload and everything that says which record this is. CRC-32 and not CRC-32C: Node ships the first
 * in `node:zlib`, in native code, and both find every burst up to 32 bits; the other would be a dependency.
 */
export function rowCrc(row: Omit<Row, 'crc'>): number {
  const identity = `${row.offset} ${row.lane} ${row.seq} ${row.kind} ${row.gapTo} ${row.type} ${row.recorded} ${
    row.cause
  } ${row.prevCrc} ${row.laneCrc} ${row.key}\n${row.id}\n`;
  return crc32(row.payload, crc32(identity));
}

export function sealRow(row: Omit<Row, 'crc'>): Row {
  return { ...row, crc: rowCrc(row) };
}

export const laneName = (lane: LaneNumber): Lane => LANES[lane] as Lane;
export const laneNumber = (lane: Lane): LaneNumber => LANES.indexOf(lane) as LaneNumber;

/** Lane of a topic. P4 lives in memory only, so asking for its lane is a mistake of the caller. */
export function laneOf(type: TopicName): LaneNumber {
  const lane = LANE_OF_TYPE.get(type);
  if (lane === undefined) throw new TypeError(`${type} has no lane: class P4 is not journalled`);
  return lane;
}

const LANE_OF_TYPE: ReadonlyMap<TopicName, LaneNumber> = new Map(
  TOPIC_NAMES.map((name) => [name, LANES.indexOf(TOPIC_TABLE[name].class as Lane)] as const).filter(
    (entry): entry is [TopicName, LaneNumber] => entry[1] >= 0,
  ),
);
