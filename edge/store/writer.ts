import { type CommitHelp, commitBatch, writeWitness } from './commit.js';
import { openState, startSegment } from './open.js';
import { BULK_ROLL_MS, type WriterOptions } from './options.js';
import type { Opened, Request, Response } from './protocol.js';
import type { Segment } from './segment.js';
import { type Log, snapshotOf, type WriterState } from './state.js';

/** The one writer of a journal directory. Synchronous, and without a clock of its own: requests bring the time. */
export interface Writer {
  readonly opened: Opened;
  handle(request: Request): Response;
}

export function createWriter(options: WriterOptions, log: Log): Writer {
  const state = openState(options, log);
  const opened: Opened = { snapshot: snapshotOf(state), marks: [...state.marks] };
  return { opened, handle: (request) => handle(state, request) };
}

const HELP: CommitHelp = {
  admit: (_state, batch) => batch.commands.map(() => undefined),
  makeRoom: () => false,
  bury: () => undefined,
};

function handle(state: WriterState, request: Request): Response {
  switch (request.op) {
    case 'commit': {
      const response = commitBatch(state, request.batch, HELP);
      rollWhereDue(state);
      return state.filesChanged ? { ...response, snapshot: snapshotOf(state) } : response;
    }
    case 'maintain':
      state.nowMs = Math.max(state.nowMs, request.nowMs);
      rollWhereDue(state);
      break;
    case 'seal':
      state.nowMs = Math.max(state.nowMs, request.nowMs);
      roll(state, 'keep');
      roll(state, 'bulk');
      break;
    case 'repair':
    case 'reconcile':
      break;
    case 'close': {
      const snapshot = snapshotOf(state);
      close(state);
      return { snapshot, own: [] };
    }
  }
  return { snapshot: snapshotOf(state), own: state.own.splice(0) };
}

function rollWhereDue(state: WriterState): void {
  if (state.broken) return;
  const { segmentBytesMax } = state.options;
  if (state.keep.bytes() > segmentBytesMax) roll(state, 'keep');
  const bulkIsOld = state.nowMs - state.bulk.file.createdMs >= BULK_ROLL_MS;
  const bulkHasRows = state.bulkOffset >= state.bulk.file.first;
  if (state.bulk.bytes() > segmentBytesMax || (bulkIsOld && bulkHasRows)) roll(state, 'bulk');
}

/** Seal the active segment of a family and begin the next. */
export function roll(state: WriterState, family: 'keep' | 'bulk'): void {
  const old: Segment = family === 'keep' ? state.keep : state.bulk;
  if (old.file.first > state.heads.offset) return;
  const next = startSegment(state, family);
  if (family === 'keep') state.keep = next;
  else state.bulk = next;
  old.db.pragma('wal_checkpoint(TRUNCATE)');
  old.close();
}

function close(state: WriterState): void {
  if (!state.broken) writeWitness(state);
  state.keep.close();
  state.bulk.close();
  state.witness.close();
  state.releaseLock();
}
