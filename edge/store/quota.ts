import { closeSync, existsSync, openSync, statfsSync, writeSync } from 'node:fs';
import { CLASS_POLICY } from '../contracts/classes.js';
import type { Refusal } from '../contracts/index.js';
import { codeOf } from './failures.js';
import { type Batch, isStep, rowsOf } from './protocol.js';
import { roll } from './roll.js';
import { type LaneNumber, laneName } from './rows.js';
import { sizeOf } from './segment.js';
import { dropSegment, removeBallast } from './shed.js';
import { ballastPath, bytesOf, clear, raise, sealedFiles, type WriterState } from './state.js';

/**
 * The quota by class. Order when space is short: bulk segments (P2, P3) go, oldest first, with declared gaps; only
 * when none is left are P0 and P1 refused, and steps of the engine last, for the room to decide is kept for them.
 */
const EMPTY_BULK_BYTES = 96 * 1024;
/** What recovery, new segments and the store's other files take at a start, with room to spare. */
const BYTES_TO_OPEN = 4 * 1024 * 1024;

export function admit(state: WriterState, batch: Batch): (Refusal | undefined)[] {
  const { quotaBytes, segmentBytesMax } = state.options;
  let bytes = bytesOf(state);
  if (bytes < quotaBytes - 1.5 * segmentBytesMax) {
    if (state.trouble === 'QuotaReached') state.trouble = undefined;
    clear(state, 'QuotaReached');
    return batch.commands.map(() => undefined);
  }
  while (bytes >= quotaBytes - 1.5 * segmentBytesMax && shedOne(state, segmentBytesMax / 4))
    bytes = bytesOf(state);
  if (bytes >= quotaBytes - segmentBytesMax && shedOne(state, EMPTY_BULK_BYTES)) bytes = bytesOf(state);
  return refuseOver(state, batch, bytes);
}

function refuseOver(state: WriterState, batch: Batch, bytes: number): (Refusal | undefined)[] {
  const { quotaBytes, segmentBytesMax } = state.options;
  const refusal: Refusal = {
    reason: 'QuotaReached',
    detail: `the journal takes ${bytes} of ${quotaBytes} bytes and nothing in it may be dropped`,
  };
  let at = 0;
  let refusedAny = false;
  const refusals = batch.commands.map((command) => {
    const rows = rowsOf(command);
    const lanes = batch.lanes.subarray(at, at + rows);
    at += rows;
    const limit = isStep(command) ? quotaBytes - segmentBytesMax / 2 : quotaBytes - segmentBytesMax;
    const refused = bytes >= limit && lanes.some((lane) => mustKeep(lane));
    refusedAny ||= refused;
    return refused ? refusal : undefined;
  });
  if (refusedAny) {
    state.trouble = 'QuotaReached';
    raise(
      state,
      'QuotaReached',
      'the journal has reached its quota: tills and other senders of P0 and P1 are refused',
    );
  }
  return refusals;
}

const mustKeep = (lane: number): boolean => CLASS_POLICY[laneName(lane as LaneNumber)].whenFull === 'refuse';

/** Drop the oldest bulk segment; the active one only when it is bigger than `activeBytes`. False: nothing to drop. */
function shedOne(state: WriterState, activeBytes: number): boolean {
  let oldest = sealedFiles(state).find((file) => file.family === 'bulk');
  if (
    oldest === undefined &&
    state.bulkOffset >= state.bulk.file.first &&
    state.bulk.pageBytes() > activeBytes
  ) {
    oldest = state.bulk.file;
    roll(state, 'bulk');
  }
  if (oldest === undefined) return false;
  dropSegment(state, oldest, 'quota');
  raise(
    state,
    'Shedding',
    'space is short: the oldest readings (P2, P3) are dropped; the Journal page says which, as gap.declared and gap.shed',
  );
  return true;
}

/**
 * The disk itself is full. The ballast gives the room that shedding needs, since SQLite cannot delete or checkpoint
 * on a full disk; it is laid down again before the senders can take its place. True when something was shed.
 */
export function makeRoom(state: WriterState): boolean {
  removeBallast(ballastPath(state.options.directory));
  let shed = 0;
  const before = bytesOf(state);
  try {
    state.keep.db.pragma('wal_checkpoint(TRUNCATE)');
    while (before - bytesOf(state) < 2 * state.options.ballastBytes && shedOne(state, EMPTY_BULK_BYTES))
      shed += 1;
    if (shed === 0 && shedOne(state, EMPTY_BULK_BYTES)) shed += 1;
  } finally {
    layBallast(state);
  }
  return shed > 0;
}

/**
 * Before a journal is opened: a start has to write here and there, and without room it would not come about. The room
 * that the ballast gives is for that; whether senders find any is for `admit` to say.
 */
export function roomToOpen(directory: string): void {
  if (!existsSync(ballastPath(directory))) return;
  const disk = statfsSync(directory);
  if (disk.bavail * disk.bsize < BYTES_TO_OPEN) removeBallast(ballastPath(directory));
}

/** Write the ballast again once there is room for it three times over. */
export function restoreBallast(state: WriterState): void {
  const { directory, ballastBytes } = state.options;
  const disk = statfsSync(directory);
  if (disk.bavail * disk.bsize >= 3 * ballastBytes) layBallast(state);
}

function layBallast(state: WriterState): void {
  const { directory, ballastBytes } = state.options;
  const path = ballastPath(directory);
  if (ballastBytes === 0 || sizeOf(path) >= ballastBytes) return;
  const file = openSync(path, 'w', 0o600);
  try {
    const chunk = Buffer.alloc(Math.min(ballastBytes, 1024 * 1024));
    for (let written = 0; written < ballastBytes; written += chunk.length) writeSync(file, chunk);
  } catch (error) {
    // What fits is better than nothing; maintenance lays it down whole once there is room.
    if (codeOf(error) === undefined) throw error;
  } finally {
    closeSync(file);
  }
}

/** Over the quota without any append, for example after it was lowered: shed here too. */
export function keepQuota(state: WriterState): void {
  const { quotaBytes, segmentBytesMax } = state.options;
  const over = (): boolean => bytesOf(state) >= quotaBytes - 1.5 * segmentBytesMax;
  while (over() && shedOne(state, segmentBytesMax / 4));
  if (!over()) clear(state, 'Shedding');
}
