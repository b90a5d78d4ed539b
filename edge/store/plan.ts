import { CLASS_POLICY } from '../contracts/classes.js';
import type { Refusal, TopicName } from '../contracts/index.js';
import { TOPIC_NAMES } from '../contracts/topic-table.js';
import { type Batch, isStep, rowsOf } from './protocol.js';
import { KIND_EVENT, type LaneNumber, laneName, type Row, sealRow } from './rows.js';

export interface Head {
  readonly seq: number;
  /** CRC that the next record of the lane names as the one before it; 0 before the first. */
  readonly crc: number;
}

/** What offsets and sequences have been given out. Changed only after a commit. */
export interface Heads {
  readonly offset: number;
  readonly lanes: readonly Head[];
}

export interface Plan {
  readonly bulk: readonly Row[];
  readonly keep: readonly Row[];
  readonly afterBulk: Heads;
  readonly afterKeep: Heads;
  /** Per row of the batch; 0 where there is none (refused, or not mirrored). */
  readonly offsets: Float64Array;
  readonly sequences: Float64Array;
  /** Index into `offsets` of each row of `keep` and of `bulk`. */
  readonly keepIndex: readonly number[];
  /** A lane goes on in both families: its rows of `keep` follow on those of `bulk`. */
  readonly crossed: boolean;
}

/**
 * Give every row of a batch its place. Offsets follow the order of the calls; sequences are given to bulk rows
 * first, because bulk commits first: when the commit of `keep` then fails, no lane has a hole.
 */
export function planBatch(heads: Heads, batch: Batch, refused: readonly (Refusal | undefined)[]): Plan {
  const offsets = new Float64Array(batch.ids.length);
  const keepIndex: number[] = [];
  const bulkIndex: number[] = [];
  let offset = heads.offset;
  let at = 0;
  batch.commands.forEach((command, index) => {
    const rows = rowsOf(command);
    for (let row = 0; row < rows; row += 1, at += 1) {
      if (refused[index] !== undefined) continue;
      offset += 1;
      offsets[at] = offset;
      const lane = batch.lanes[at] as LaneNumber;
      const keeps = isStep(command) || CLASS_POLICY[laneName(lane)].family === 'keep';
      (keeps ? keepIndex : bulkIndex).push(at);
    }
  });
  const sequences = new Float64Array(batch.ids.length);
  const lanes = heads.lanes.slice();
  const rowAt = (index: number): Row => {
    const row = sealAt(batch, { index, offset: offsets[index] as number, lanes });
    sequences[index] = row.seq ?? 0;
    return row;
  };
  const bulk = bulkIndex.map(rowAt);
  const afterBulk = { offset, lanes: lanes.slice() };
  const keep = keepIndex.map(rowAt);
  const crossed = lanes.some((head, lane) => {
    const between = afterBulk.lanes[lane];
    return head !== between && between !== heads.lanes[lane];
  });
  return { bulk, keep, afterBulk, afterKeep: { offset, lanes }, offsets, sequences, keepIndex, crossed };
}

function sealAt(batch: Batch, place: { index: number; offset: number; lanes: Head[] }): Row {
  const { index, offset, lanes } = place;
  const lane = batch.lanes[index] as LaneNumber;
  const head = lanes[lane] as Head;
  const mirrored = batch.mirrored[index] === 1;
  const cause = batch.causes[index] as number;
  const row = sealRow({
    offset,
    lane,
    seq: mirrored ? head.seq + 1 : null,
    kind: KIND_EVENT,
    gapTo: null,
    type: TOPIC_NAMES[batch.types[index] as number] as TopicName,
    recorded: batch.recorded[index] as number,
    key: batch.keys[index] as string,
    id: batch.ids[index] as string,
    cause: cause === 0 ? null : cause,
    prevCrc: mirrored ? head.crc : 0,
    laneCrc: null,
    payload: batch.payloads[index] as string,
  });
  if (mirrored) lanes[lane] = { seq: head.seq + 1, crc: row.crc };
  return row;
}
