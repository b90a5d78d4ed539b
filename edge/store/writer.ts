import { fdatasyncSync } from 'node:fs';
import { bury } from './bury.js';
import { type CommitHelp, commitBatch, writeWitness } from './commit.js';
import { attempt, isFull, noteFailure } from './failures.js';
import { openState } from './open.js';
import type { WriterOptions } from './options.js';
import type { Batch, Opened, Request, Response } from './protocol.js';
import { admit, keepQuota, makeRoom, restoreBallast } from './quota.js';
import { closeQuietly } from './reopen.js';
import { reconcile, recover, repairSegment } from './repair.js';
import { retain } from './retention.js';
import { roll, rollWhereDue, sealTheRest } from './roll.js';
import { laneNumber } from './rows.js';
import { type Confirm, type Log, snapshotOf, type WriterState } from './state.js';

/** The one writer of a journal directory. Synchronous, and without a clock of its own: requests bring the time. */
export interface Writer {
  readonly opened: Opened;
  /** Answers later only where `confirm` does; no other request may come before that. */
  handle(request: Request): Response | Promise<Response>;
  /** What nobody has to wait for; called when a request was answered. */
  rest(): void;
}

export function createWriter(options: WriterOptions, log: Log, confirm: Confirm = confirmHere): Writer {
  const state = openState(options, { log, confirm });
  restoreBallast(state);
  const opened: Opened = { snapshot: snapshotOf(state), marks: [...state.marks] };
  let closed = false;
  return {
    opened,
    handle(request) {
      closed = request.op === 'close';
      return handle(state, request);
    },
    rest() {
      if (!closed) rest(state);
    },
  };
}

const confirmHere: Confirm = (log) => attempt(() => fdatasyncSync(log.file()));

const HELP: CommitHelp = { admit, makeRoom, recover };

function handle(state: WriterState, request: Request): Response | Promise<Response> {
  if ('nowMs' in request) state.nowMs = Math.max(state.nowMs, request.nowMs);
  if (request.op === 'commit') return commit(state, request.batch);
  if (request.op === 'close') {
    const snapshot = snapshotOf(state);
    close(state);
    return { snapshot, own: [] };
  }
  let done: Done = {};
  const failure = attempt(() => {
    done = perform(state, request);
  });
  if (failure !== undefined) done = { refusals: [noteFailure(state, failure)] };
  return { snapshot: snapshotOf(state), own: state.own.splice(0), ...done };
}

function commit(state: WriterState, batch: Batch): Response | Promise<Response> {
  const response = commitBatch(state, batch, HELP);
  return response instanceof Promise
    ? response.then((later) => rolled(state, later))
    : rolled(state, response);
}

function rolled(state: WriterState, response: Response): Response {
  const failure = attempt(() => rollWhereDue(state));
  if (failure !== undefined) noteFailure(state, failure);
  return state.filesChanged || failure !== undefined
    ? { ...response, snapshot: { ...response.snapshot, ...snapshotOf(state) } }
    : response;
}

/** One log at a time, so that the next commit waits for no more than that. */
function rest(state: WriterState): void {
  if (state.broken) return;
  const failure = attempt(() => state.bulk.log.foldWhereDue() || state.keep.log.foldWhereDue());
  // Where there is no room the next write finds that out too, and makes some.
  if (failure !== undefined && !isFull(failure)) noteFailure(state, failure);
}

type Done = Pick<Response, 'refusals' | 'more'>;

function perform(state: WriterState, request: Exclude<Request, { op: 'commit' | 'close' }>): Done {
  if (state.broken) recover(state);
  switch (request.op) {
    case 'maintain':
      return { more: maintain(state, request) };
    case 'bury':
      if (bury(state, { ...request, lane: laneNumber(request.lane) })) break;
      return {
        refusals: [{ reason: 'NotFound', detail: `lane ${request.lane} has no record ${request.sequence}` }],
      };
    case 'seal':
      roll(state, 'keep');
      roll(state, 'bulk');
      break;
    case 'repair':
      repairSegment(state, request.family, request.first);
      break;
    case 'reconcile':
      reconcile(state, laneNumber(request.lane), request);
      break;
  }
  return {};
}

function maintain(state: WriterState, request: Extract<Request, { op: 'maintain' }>): boolean {
  state.covered = request.covered;
  learnSent(state, request.sent);
  rollWhereDue(state);
  sealTheRest(state);
  const more = retain(state, request.budget);
  keepQuota(state);
  restoreBallast(state);
  return more;
}

function learnSent(state: WriterState, sent: readonly number[]): void {
  const next = state.sent.map((known, lane) => Math.max(known, sent[lane] ?? 0));
  if (next.every((value, lane) => value === state.sent[lane])) return;
  state.keep.setMeta('sent', next);
  state.sent = next;
}

/** Closing works on a failed disk too: what was acknowledged is durable already, and the witness may be older. */
function close(state: WriterState): void {
  if (!state.broken) attempt(() => writeWitness(state));
  closeQuietly(state.keep);
  closeQuietly(state.bulk);
  state.witness.close();
  state.releaseLock();
}
