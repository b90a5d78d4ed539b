import { CLASS_POLICY, DECISION_KEPT_MS } from '../contracts/classes.js';
import { TOPIC_NAMES, type TopicName } from '../contracts/topic-table.js';
import type { SegmentFile } from './catalogue.js';
import { declareGaps, type GapWish } from './declare.js';
import { isDamage } from './failures.js';
import { repairSegment } from './repair.js';
import { type LaneNumber, laneName, laneOf } from './rows.js';
import { joined, runsOf } from './runs.js';
import { openSegment, type Segment } from './segment.js';
import { dropSegment } from './shed.js';
import { isActive, type WriterState } from './state.js';

/** Rows deleted in one round: senders wait behind it, so it takes about as long as a commit. */
const DELETE_ROWS_MAX = 250;
/** Pages given back to the file system in one round. */
const VACUUM_PAGES = 64;
/** Records declared lost to age in one round; one gap may cover them all. */
const EXPIRE_ROWS_MAX = 10_000;

interface Rule {
  readonly types: readonly TopicName[];
  readonly keptMs: number;
}

const isDecision = (type: TopicName): boolean =>
  type === 'promo.decision' || type === 'media.play' || type.startsWith('price.');

/** How long each type is held once HQ has it, from the table of classes. */
const RULES: readonly Rule[] = ruleList();

function ruleList(): Rule[] {
  const byAge = new Map<number, TopicName[]>();
  for (const type of TOPIC_NAMES) {
    const keptMs = isDecision(type) ? DECISION_KEPT_MS : CLASS_POLICY[laneName(laneOf(type))].keptMs;
    byAge.set(keptMs, [...(byAge.get(keptMs) ?? []), type]);
  }
  return [...byAge].map(([keptMs, types]) => ({ keptMs, types }));
}

/**
 * Let go of what is past its time, in up to `budget` segments, going round. Nothing is touched that a checkpoint
 * still needs: rows go only up to the offset that both generations cover. True when a segment had more than one
 * round may delete: then it should be called again soon.
 */
export function retain(state: WriterState, budget: number): boolean {
  for (let count = Math.min(budget, state.files.length); count > 0; count -= 1) {
    const turn = state.retentionTurn % state.files.length;
    const file = state.files[turn] as SegmentFile;
    if (state.covered >= file.first && retainOrRepair(state, file)) return true;
    // Where a file went, the next one stands in its place.
    state.retentionTurn = state.files[turn] === file ? turn + 1 : turn;
  }
  return false;
}

function retainOrRepair(state: WriterState, file: SegmentFile): boolean {
  try {
    return isActive(state, file) ? retainActive(state, file) : retainSealed(state, file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    repairSegment(state, file.family, file.first);
    return false;
  }
}

/** The newest row of an active segment stays: it is the proof that the segment did not lose its end. */
function retainActive(state: WriterState, file: SegmentFile): boolean {
  const segment = file.family === 'keep' ? state.keep : state.bulk;
  return retainRows(state, segment, (newestOffset(segment) ?? 0) - 1);
}

function retainSealed(state: WriterState, file: SegmentFile): boolean {
  const segment = openSegment(file, { ...state.options, sealed: true });
  let more = false;
  let spent = false;
  try {
    const newest = newestOffset(segment);
    spent = newest === undefined || isSpent(state, segment, newest);
    more = !spent && retainRows(state, segment, newest ?? 0);
    spent ||= newestOffset(segment) === undefined;
  } finally {
    segment.close();
  }
  state.sizes.delete(file.path);
  if (spent) dropSegment(state, file, 'retention');
  return more;
}

/** True when even the newest row of a bulk segment is past its time: then the file goes as a whole. */
function isSpent(state: WriterState, segment: Segment, newest: number): boolean {
  if (segment.file.family !== 'bulk' || newest > state.covered) return false;
  const recorded = segment.db
    .prepare<[number], number>('SELECT recorded FROM event WHERE offset = ?')
    .pluck()
    .get(newest);
  const unsent = segment.db
    .prepare<[number, number], number>('SELECT 1 FROM event WHERE lane = ? AND seq > ? LIMIT 1')
    .pluck();
  const neededMs = ([2, 3] as const).map((lane) => {
    const { keptMs, unsentMs } = CLASS_POLICY[laneName(lane)];
    if (unsent.get(lane, state.sent[lane] ?? 0) === undefined) return keptMs;
    return state.options.expireUnsent ? Math.max(keptMs, unsentMs) : Number.POSITIVE_INFINITY;
  });
  return (recorded ?? 0) < state.nowMs - Math.max(...neededMs);
}

function retainRows(state: WriterState, segment: Segment, newest: number): boolean {
  const upTo = Math.min(newest, state.covered);
  let more = state.options.expireUnsent && expireUnsent(state, segment, upTo);
  let left = DELETE_ROWS_MAX;
  for (const rule of RULES) left -= deleteOld(state, segment, { rule, upTo, limit: left });
  more ||= left <= 0;
  segment.db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
  return more || Number(segment.db.pragma('freelist_count', { simple: true })) > VACUUM_PAGES;
}

function newestOffset(segment: Segment): number | undefined {
  return segment.db.prepare<[], number | null>('SELECT max(offset) FROM event').pluck().get() ?? undefined;
}

/** Highest offset recorded before `ms`: recorded time never decreases with the offset, so halving finds it. */
function offsetBefore(segment: Segment, ms: number, upTo: number): number {
  const next = segment.db.prepare<[number], { offset: number; recorded: number }>(
    'SELECT offset, recorded FROM event WHERE offset >= ? ORDER BY offset LIMIT 1',
  );
  let low = segment.file.first;
  let high = upTo + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = next.get(middle);
    if (row === undefined || row.recorded >= ms) high = middle;
    else low = row.offset + 1;
  }
  // A row that was looked at may lie beyond the limit: between the two there is then nothing.
  return Math.min(low - 1, upTo);
}

/** Answers how many rows went; at most `limit`. */
function deleteOld(
  state: WriterState,
  segment: Segment,
  wish: { rule: Rule; upTo: number; limit: number },
): number {
  const cutoff = offsetBefore(segment, state.nowMs - wish.rule.keptMs, wish.upTo);
  if (cutoff < segment.file.first) return 0;
  const idOf = segment.db.prepare<[string], number>('SELECT id FROM type WHERE name = ?').pluck();
  const remove = segment.db.prepare(
    `DELETE FROM event WHERE type = ? AND offset <= ?
     AND (seq IS NULL OR coalesce(gap_to, seq) <= CASE lane WHEN 0 THEN ? WHEN 1 THEN ? WHEN 2 THEN ? ELSE ? END)
     LIMIT ?`,
  );
  let gone = 0;
  for (const type of wish.rule.types) {
    const id = idOf.get(type);
    if (id !== undefined && gone < wish.limit) {
      gone += remove.run(id, cutoff, ...state.sent, wish.limit - gone).changes;
    }
  }
  return gone;
}

/**
 * What waited for HQ longer than its class allows: its place in the lane is declared empty, then it goes. True when
 * there is more of it.
 */
function expireUnsent(state: WriterState, segment: Segment, upTo: number): boolean {
  let more = false;
  for (const lane of [1, 2, 3] as const) {
    const cutoff = offsetBefore(segment, state.nowMs - CLASS_POLICY[laneName(lane)].unsentMs, upTo);
    if (cutoff < segment.file.first) continue;
    const after = state.sent[lane] ?? 0;
    const runs = runsOf(segment.db, { lane, after, upToOffset: cutoff, limit: EXPIRE_ROWS_MAX });
    if (runs.length === 0) continue;
    const wishes = joined(runs).map((run): GapWish => ({ lane, reason: 'retention', ...run }));
    declareGaps(state, wishes);
    removeRuns(segment, lane, wishes);
    more ||= runs.reduce((sum, run) => sum + run.to - run.from + 1, 0) >= EXPIRE_ROWS_MAX;
  }
  return more;
}

function removeRuns(segment: Segment, lane: LaneNumber, runs: readonly { from: number; to: number }[]): void {
  const remove = segment.db.prepare('DELETE FROM event WHERE lane = ? AND seq BETWEEN ? AND ? AND kind <> 2');
  for (const run of runs) remove.run(lane, run.from, run.to);
}
