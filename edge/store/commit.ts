import type { Refusal } from '../contracts/index.js';
import { attempt, isFull, noteFailure } from './failures.js';
import { noteHalf } from './halves.js';
import type { FaultPoint } from './options.js';
import { type Plan, planBatch } from './plan.js';
import { type Batch, type Command, isAppend, isMark, isStep, type Response } from './protocol.js';
import { refuseAll, refuseKeep } from './refuse.js';
import { inTransaction } from './segment.js';
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

/** What becomes of a batch between its first commit and its answer. */
interface Work {
  readonly batch: Batch;
  readonly help: CommitHelp;
  readonly refusals: (Refusal | undefined)[];
  readonly accepted: readonly Command[];
  readonly plan: Plan;
}

/**
 * Make a batch durable: `bulk` first, then `keep`, each in one transaction of its own file, because a transaction
 * over several files in WAL mode is not atomic at power loss. Where both have something to write, the disk confirms
 * `bulk` beside the commit of `keep`, and the answer waits for both. Places count only once their file is confirmed.
 */
export function commitBatch(
  state: WriterState,
  batch: Batch,
  help: CommitHelp,
): Response | Promise<Response> {
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
    writeBulk(state, plan, beside(state, accepted, plan));
  });
  if (bulkFailure !== undefined) return refuseAll(state, batch, noteFailure(state, bulkFailure));
  return commitKeep(state, { batch, help, refusals, accepted, plan });
}

/** `bulk` has its half in its log, and perhaps not on the disk. */
function commitKeep(state: WriterState, work: Work): Response | Promise<Response> {
  const two = beside(state, work.accepted, work.plan);
  const confirmed = two ? state.confirm(state.bulk.log) : undefined;
  const keepFailure = attempt(() => {
    fault(state, 'between-families');
    writeKeep(state, work, two ? noteHalf : undefined);
  });
  const concluded = (failure: unknown): Response =>
    failure === undefined ? conclude(state, work, keepFailure) : refuseBoth(state, work.batch, failure);
  return confirmed instanceof Promise ? confirmed.then(concluded) : concluded(confirmed);
}

/** Both families have something to write, so that the disk can confirm the two at once. */
function beside(state: WriterState, accepted: readonly Command[], plan: Plan): boolean {
  const { synchronous, faults } = state.options;
  if (synchronous !== 'FULL' || faults.familiesInTurn) return false;
  return plan.bulk.length > 0 && !keepIsIdle(accepted, plan);
}

const keepIsIdle = (accepted: readonly Command[], plan: Plan): boolean =>
  plan.keep.length === 0 && accepted.every(isAppend);

/** `bulk` is confirmed, and `keep` too or it failed: then room is made where that helps. */
function conclude(state: WriterState, work: Work, first: unknown): Response {
  const { batch, help, refusals, accepted, plan } = work;
  state.heads = plan.afterBulk;
  state.bulkOffset = plan.bulk.at(-1)?.offset ?? state.bulkOffset;
  const keepFailure = retried(state, help, () => writeKeep(state, work), first);
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

/** The disk did not confirm `bulk`: what `keep` has follows on it and goes with it, both before the next write. */
function refuseBoth(state: WriterState, batch: Batch, failure: unknown): Response {
  const refusal = noteFailure(state, failure);
  state.broken = true;
  return refuseAll(state, batch, refusal);
}

function writeBulk(state: WriterState, plan: Plan, confirmedLater: boolean): void {
  if (plan.bulk.length === 0) return;
  const write = (): void =>
    inTransaction(state.bulk, () => {
      for (const row of plan.bulk) state.bulk.insert(row);
      fault(state, 'before-commit');
    });
  if (confirmedLater) state.bulk.log.unconfirmed(write);
  else write();
  fault(state, 'in-doubt');
}

function writeKeep(state: WriterState, { accepted, plan }: Work, more?: typeof noteHalf): void {
  if (keepIsIdle(accepted, plan)) return;
  inTransaction(state.keep, () => {
    for (const row of plan.keep) state.keep.insert(row);
    let cursor = state.cursor;
    for (const command of accepted) {
      if (isMark(command)) state.keep.setMark(command.name, command.value);
      if (isStep(command)) cursor = Math.max(cursor, command.cursor);
    }
    if (cursor !== state.cursor) state.keep.setMeta('cursor', cursor);
    more?.(state, plan);
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

function withRetry(state: WriterState, help: CommitHelp, work: () => void): unknown {
  return retried(state, help, work, attempt(work));
}

/** Where there was no room: make some, and try again. `first` is how the first try went. */
function retried(state: WriterState, help: CommitHelp, work: () => void, first: unknown): unknown {
  let failure = first;
  for (let round = 0; isFull(failure); round += 1) {
    let shed = false;
    const second = attempt(() => {
      shed = help.makeRoom(state);
    });
    // The first time it is tried again in any case: folding in the log may have been enough.
    if (second !== undefined || (!shed && round > 0)) break;
    failure = attempt(work);
  }
  return failure;
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
