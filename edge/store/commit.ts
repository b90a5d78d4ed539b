import type { Refusal } from '../contracts/index.js';
import { attempt, isFull, noteFailure } from './failures.js';
import type { FaultPoint } from './options.js';
import { type Plan, planBatch } from './plan.js';
import { type Batch, type Command, isAppend, isMark, isStep, type Response, rowsOf } from './protocol.js';
import type { Segment } from './segment.js';
import { clear, snapshotOf, type WriterState } from './state.js';

/** What the commit needs of quota and damage, so that those stay in files of their own. */
export interface CommitHelp {
  /** Which commands the quota refuses, before anything is written. */
  admit(state: WriterState, batch: Batch): (Refusal | undefined)[];
  /** Make the connections usable again after a failure. */
  recover(state: WriterState): void;
  /** Called when the disk is full; true when space was made and the write may be tried again. */
  makeRoom(state: WriterState): boolean;
}

/**
 * Make a batch durable: `bulk` first, then `keep`, each in one transaction of its own file, because a transaction
 * over several files in WAL mode is not atomic at power loss. Places count only once their file has committed.
 */
export function commitBatch(state: WriterState, batch: Batch, help: CommitHelp): Response {
  state.nowMs = Math.max(state.nowMs, batch.nowMs);
  if (state.broken) {
    const failure = attempt(() => help.recover(state));
    if (failure !== undefined) return refuseAll(state, batch, noteFailure(state, failure));
  }
  let refusals: (Refusal | undefined)[] = [];
  const unsettled = withRetry(state, help, () => {
    refusals = help.admit(state, batch);
  });
  if (unsettled !== undefined) return refuseAll(state, batch, noteFailure(state, unsettled));
  const accepted = batch.commands.filter((_, index) => refusals[index] === undefined);
  let plan = planBatch(state.heads, batch, refusals);
  const bulkFailure = withRetry(state, help, () => {
    // Again each time: making room declares gaps, which take offsets, and may begin a new segment.
    plan = planBatch(state.heads, batch, refusals);
    writeBulk(state, plan);
  });
  if (bulkFailure !== undefined) return refuseAll(state, batch, noteFailure(state, bulkFailure));
  state.heads = plan.afterBulk;
  state.bulkOffset = plan.bulk.at(-1)?.offset ?? state.bulkOffset;
  fault(state, 'between-families');
  const keepFailure = withRetry(state, help, () => writeKeep(state, accepted, plan));
  if (keepFailure === undefined) settle(state, accepted, plan);
  else refuseKeep(plan, batch, { refusals, refusal: noteFailure(state, keepFailure) });
  // The batch is durable whatever becomes of the witness; its failure is told, and met before the next write.
  const unwitnessed = attempt(() => writeWitness(state));
  if (unwitnessed !== undefined) noteFailure(state, unwitnessed);
  return {
    snapshot: snapshotOf(state),
    offsets: plan.offsets,
    sequences: plan.sequences,
    refusals,
    own: state.own.splice(0),
  };
}

function writeBulk(state: WriterState, plan: Plan): void {
  if (plan.bulk.length === 0) return;
  inTransaction(state.bulk, () => {
    for (const row of plan.bulk) state.bulk.insert(row);
    fault(state, 'before-commit');
  });
  fault(state, 'in-doubt');
}

function writeKeep(state: WriterState, accepted: readonly Command[], plan: Plan): void {
  if (plan.keep.length === 0 && accepted.every(isAppend)) return;
  inTransaction(state.keep, () => {
    for (const row of plan.keep) state.keep.insert(row);
    let cursor = state.cursor;
    for (const command of accepted) {
      if (isMark(command)) state.keep.setMark(command.name, command.value);
      if (isStep(command)) cursor = Math.max(cursor, command.cursor);
    }
    if (cursor !== state.cursor) state.keep.setMeta('cursor', cursor);
    fault(state, 'before-commit');
  });
  fault(state, 'in-doubt');
}

/** The commit went through: now, and not before, the writer's own picture moves on. */
function settle(state: WriterState, accepted: readonly Command[], plan: Plan): void {
  state.heads = {
    offset: Math.max(state.heads.offset, plan.afterKeep.offset),
    lanes: plan.afterKeep.lanes.map((head, lane) => {
      const now = state.heads.lanes[lane];
      return now !== undefined && now.seq > head.seq ? now : head;
    }),
  };
  if (plan.keep.length > 0) state.keepOffset = Math.max(state.keepOffset, plan.keep.at(-1)?.offset ?? 0);
  for (const command of accepted) {
    if (isMark(command)) state.marks.set(command.name, command.value);
    if (isStep(command)) state.cursor = Math.max(state.cursor, command.cursor);
  }
  state.commits += 1;
  state.rows += plan.keep.length + plan.bulk.length;
  if (accepted.length > 0) diskWorks(state);
  fault(state, 'after-commit');
}

function diskWorks(state: WriterState): void {
  if (state.trouble === 'DiskFull' || state.trouble === 'DiskFailed') state.trouble = undefined;
  clear(state, 'DiskFull');
  clear(state, 'DiskFailed');
}

export function writeWitness(state: WriterState): void {
  state.witness.write({
    offset: state.heads.offset,
    keepOffset: state.keepOffset,
    bulkOffset: state.bulkOffset,
    cursor: state.cursor,
    heads: state.heads.lanes,
  });
}

export function inTransaction(segment: Segment, work: () => void): void {
  segment.begin();
  try {
    work();
    segment.commit();
  } catch (error) {
    segment.rollback();
    throw error;
  }
}

function withRetry(state: WriterState, help: CommitHelp, work: () => void): unknown {
  for (let round = 0; ; round += 1) {
    const failure = attempt(work);
    if (failure === undefined || !isFull(failure)) return failure;
    let shed = false;
    const second = attempt(() => {
      shed = help.makeRoom(state);
    });
    // The first time it is tried again in any case: folding in the log may have been enough.
    if (second !== undefined || (!shed && round > 0)) return failure;
  }
}

function refuseAll(state: WriterState, batch: Batch, refusal: Refusal): Response {
  return {
    snapshot: snapshotOf(state),
    offsets: new Float64Array(batch.ids.length),
    sequences: new Float64Array(batch.ids.length),
    refusals: batch.commands.map(() => refusal),
    own: state.own.splice(0),
  };
}

/** `bulk` is durable, `keep` is not: calls that needed `keep` are refused, and their rows have no place. */
function refuseKeep(
  plan: Plan,
  batch: Batch,
  say: { refusals: (Refusal | undefined)[]; refusal: Refusal },
): void {
  const inKeep = new Set(plan.keepIndex);
  let at = 0;
  batch.commands.forEach((command, index) => {
    const rows = rowsOf(command);
    let touched = !isAppend(command);
    for (let row = 0; row < rows; row += 1, at += 1) {
      if (!inKeep.has(at)) continue;
      touched = true;
      plan.offsets[at] = 0;
      plan.sequences[at] = 0;
    }
    if (touched) say.refusals[index] ??= say.refusal;
  });
}

/** Named places where the fault suites break things; nothing happens unless a test asked for it. */
function fault(state: WriterState, point: FaultPoint): void {
  const wish = state.options.faults.at;
  if (wish === undefined || wish.point !== point) return;
  state.faultPasses += 1;
  const past = state.faultPasses - wish.nth;
  if (past < 0 || past >= (wish.times ?? 1)) return;
  if (wish.action === 'kill') process.kill(process.pid, 'SIGKILL');
  const code = wish.action === 'disk-full' ? 'SQLITE_FULL' : 'SQLITE_IOERR_FSYNC';
  throw Object.assign(new Error(`injected ${wish.action}`), { code });
}
