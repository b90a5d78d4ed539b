import type { GapReason, GapShed, StoreEvent, TopicData } from '../contracts/index.js';
import { dataschemaOf, TOPIC_TABLE, type TopicName } from '../contracts/topic-table.js';
import { writeWitness } from './commit.js';
import type { Head } from './plan.js';
import { KIND_EVENT, KIND_GAP, type LaneNumber, laneName, laneOf, type Row, sealRow } from './rows.js';
import { inTransaction } from './segment.js';
import type { WriterState } from './state.js';

/** Events that the journal writes by itself: declared gaps and buried records. */

export interface GapWish {
  readonly lane: LaneNumber;
  readonly from: number;
  readonly to: number;
  readonly reason: GapReason;
  /** Checksum of the record before the hole. */
  readonly prevCrc: number;
  /** What the record after the hole names as the one before it. */
  readonly laneCrc: number;
}

/**
 * Declare holes, each in its own place: the gap has the first sequence of the hole. What a hole covers and `keep`
 * still holds is deleted in the same transaction, so that declared and lost are the same. `more` joins in: what is
 * lost without having had a place, and other work.
 */
export function declareGaps(
  state: WriterState,
  wishes: readonly GapWish[],
  more: { readonly shed?: readonly GapShed[]; readonly join?: () => void } = {},
): void {
  let offset = state.heads.offset;
  const rows = wishes.map((wish) => {
    offset += 1;
    return gapRow(state, wish, offset);
  });
  const shed = (more.shed ?? []).map((data) => {
    offset += 1;
    return shedRow(state, data, offset);
  });
  const gaps = state.gaps
    .filter((gap) => !wishes.some((wish) => covers(wish, gap)) && gap.to > (state.sent[gap.lane] ?? 0))
    .concat(rows.map((row) => ({ lane: row.lane, from: row.seq!, to: row.gapTo!, offset: row.offset })));
  inTransaction(state.keep, () => {
    const remove = state.keep.db.prepare('DELETE FROM event WHERE lane = ? AND seq BETWEEN ? AND ?');
    for (const row of rows) {
      remove.run(row.lane, row.seq, row.gapTo);
      state.keep.insert(row);
    }
    for (const row of shed) state.keep.insert(row);
    state.keep.setMeta('gaps', gaps);
    more.join?.();
  });
  state.gaps = gaps;
  state.gapsChanged = true;
  adoptOwn(state, [...rows, ...shed], offset);
}

const covers = (wish: GapWish, gap: { lane: number; from: number; to: number }): boolean =>
  wish.lane === gap.lane && wish.from <= gap.from && gap.to <= wish.to;

function gapRow(state: WriterState, wish: GapWish, offset: number): Row {
  const lane = laneName(wish.lane);
  const { from, to, reason } = wish;
  const event = ownEvent(state, {
    type: 'gap.declared',
    id: `gap:${state.jid}:${lane}:${from}`,
    key: lane,
    data: { lane, from, to, reason },
  });
  return sealRow({
    offset,
    lane: wish.lane,
    seq: from,
    kind: KIND_GAP,
    gapTo: to,
    type: event.type,
    recorded: state.nowMs,
    key: lane,
    id: event.id,
    cause: null,
    prevCrc: wish.prevCrc,
    laneCrc: wish.laneCrc,
    payload: JSON.stringify(event),
  });
}

/** It never had a sequence, and neither has what tells of it. */
function shedRow(state: WriterState, data: GapShed, offset: number): Row {
  const event = ownEvent(state, {
    type: 'gap.shed',
    id: `shed:${state.jid}:${offset}`,
    key: data.class,
    data,
  });
  return sealRow({
    ...{ offset, lane: laneOf(event.type), seq: null, kind: KIND_EVENT, gapTo: null, type: event.type },
    ...{ recorded: state.nowMs, key: data.class, id: event.id, cause: null, prevCrc: 0, laneCrc: null },
    payload: JSON.stringify(event),
  });
}

/** Append one event of the journal's own, at the end of its lane; `more` joins the transaction. */
export function appendOwn<T extends TopicName>(
  state: WriterState,
  wish: { type: T; id: string; key: string; data: TopicData<T> },
  more?: () => void,
): void {
  const event = ownEvent(state, wish);
  const lane = laneOf(wish.type);
  const head = state.heads.lanes[lane] as Head;
  const mirrored = TOPIC_TABLE[wish.type].mirror !== 'none';
  const row = sealRow({
    offset: state.heads.offset + 1,
    lane,
    seq: mirrored ? head.seq + 1 : null,
    kind: KIND_EVENT,
    gapTo: null,
    type: wish.type,
    recorded: state.nowMs,
    key: wish.key,
    id: wish.id,
    cause: null,
    prevCrc: mirrored ? head.crc : 0,
    laneCrc: null,
    payload: JSON.stringify(event),
  });
  inTransaction(state.keep, () => {
    state.keep.insert(row);
    more?.();
  });
  const lanes = state.heads.lanes.slice();
  if (mirrored) lanes[lane] = { seq: head.seq + 1, crc: row.crc };
  state.heads = { offset: row.offset, lanes };
  adoptOwn(state, [row], row.offset);
}

function adoptOwn(state: WriterState, rows: readonly Row[], offset: number): void {
  state.heads = { ...state.heads, offset };
  if (rows.length > 0) state.keepOffset = offset;
  for (const row of rows)
    state.own.push({ offset: row.offset, sequence: row.seq ?? 0, payload: row.payload });
  state.rows += rows.length;
  state.commits += 1;
  writeWitness(state);
}

function ownEvent<T extends TopicName>(
  state: WriterState,
  wish: { type: T; id: string; key: string; data: TopicData<T> },
): StoreEvent<T> {
  return {
    specversion: '1.0',
    id: wish.id,
    source: state.options.source,
    type: wish.type,
    recordedtime: new Date(state.nowMs).toISOString(),
    partitionkey: wish.key,
    dataschema: dataschemaOf(wish.type),
    data: wish.data,
  };
}
