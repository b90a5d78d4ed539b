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

/** Rows deleted in one statement: a longer one would make the senders wait. */
const DELETE_ROWS_MAX = 2_000;
/** Pages given back to the file system after a deletion. */
const VACUUM_PAGES = 512;

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
 * still needs: rows go only up to the offset that both generations cover.
 */
export function retain(state: WriterState, budget: number): void {
  const files = state.files.slice();
  for (let count = 0; count < Math.min(budget, files.length); count += 1) {
    state.retentionTurn = (state.retentionTurn + 1) % files.length;
    const file = files[state.retentionTurn] as SegmentFile;
    // A segment whose youngest possible row is too young for every rule is not even opened.
    if (state.covered >= file.first) retainOrRepair(state, file);
  }
}

function retainOrRepair(state: WriterState, file: SegmentFile): void {
  try {
    retainSegment(state, file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    repairSegment(state, file.family, file.first);
  }
}

function retainSegment(state: WriterState, file: SegmentFile): void {
  const active = isActive(state, file);
  const segment = active
    ? file.family === 'keep'
      ? state.keep
      : state.bulk
    : openSegment(file, { ...state.options, sealed: true });
  let empty = false;
  try {
    // The newest row of an active segment stays: it is the proof that the segment did not lose its end.
    const newest = (newestOffset(segment) ?? 0) - (active ? 1 : 0);
    const upTo = Math.min(newest, state.covered);
    if (state.options.expireUnsent) expireUnsent(state, segment, upTo);
    for (const rule of RULES) deleteOld(state, segment, { rule, upTo });
    segment.db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    empty = !active && newestOffset(segment) === undefined;
  } finally {
    if (!active) segment.close();
  }
  state.sizes.delete(file.path);
  if (empty) dropSegment(state, file, 'retention');
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

function deleteOld(state: WriterState, segment: Segment, wish: { rule: Rule; upTo: number }): void {
  const cutoff = offsetBefore(segment, state.nowMs - wish.rule.keptMs, wish.upTo);
  if (cutoff < segment.file.first) return;
  const idOf = segment.db.prepare<[string], number>('SELECT id FROM type WHERE name = ?').pluck();
  const remove = segment.db.prepare(
    `DELETE FROM event WHERE type = ? AND offset <= ?
     AND (seq IS NULL OR coalesce(gap_to, seq) <= CASE lane WHEN 0 THEN ? WHEN 1 THEN ? WHEN 2 THEN ? ELSE ? END)
     LIMIT ${DELETE_ROWS_MAX}`,
  );
  for (const type of wish.rule.types) {
    const id = idOf.get(type);
    if (id === undefined) continue;
    while (remove.run(id, cutoff, ...state.sent).changes === DELETE_ROWS_MAX);
  }
}

/** What waited for HQ longer than its class allows: its place in the lane is declared empty, then it goes. */
function expireUnsent(state: WriterState, segment: Segment, upTo: number): void {
  for (const lane of [1, 2, 3] as const) {
    const cutoff = offsetBefore(segment, state.nowMs - CLASS_POLICY[laneName(lane)].unsentMs, upTo);
    if (cutoff < segment.file.first) continue;
    const runs = runsOf(segment.db, { lane, after: state.sent[lane] ?? 0, upToOffset: cutoff });
    if (runs.length === 0) continue;
    const wishes = joined(runs).map((run): GapWish => ({ lane, reason: 'retention', ...run }));
    declareGaps(state, wishes);
    removeRuns(segment, lane, wishes);
  }
}

function removeRuns(segment: Segment, lane: LaneNumber, runs: readonly { from: number; to: number }[]): void {
  const remove = segment.db.prepare('DELETE FROM event WHERE lane = ? AND seq BETWEEN ? AND ? AND kind <> 2');
  for (const run of runs) remove.run(lane, run.from, run.to);
}
