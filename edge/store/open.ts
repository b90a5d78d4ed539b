import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { adoptKeep } from './adopt.js';
import { RESTORED } from './backup.js';
import { headerOf, listSegments, type SegmentFile } from './catalogue.js';
import { newestCheckpointOffset } from './checkpoints.js';
import { attempt, isDamage } from './failures.js';
import { undoHalf } from './halves.js';
import { lastOffsetIn, type Standing, standingOf } from './inspect.js';
import { takeLock } from './lock.js';
import { type Opening, openActive } from './open-active.js';
import type { WriterOptions } from './options.js';
import type { Head } from './plan.js';
import { roomToOpen } from './quota.js';
import { reconcile, repairSegment } from './repair.js';
import { roll, startSegment } from './roll.js';
import { finishRepairs } from './salvage.js';
import { refuseNewer, SCHEMA_VERSION } from './schema.js';
import { openSegment, type Segment } from './segment.js';
import { finishDrops } from './shed.js';
import { startOf } from './starts.js';
import { NO_HEADS, raise, sealedFiles, type WriterState } from './state.js';
import { openWitness, type Witness } from './witness.js';

/** How the writer speaks and waits; differs between a thread and a simulation. */
export type Told = Pick<WriterState, 'log' | 'confirm'>;

/** Open a journal directory. Reads the list of files and the two active segments, whatever the backlog. */
export function openState(options: WriterOptions, told: Told): WriterState {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  roomToOpen(options.directory);
  const releaseLock = takeLock(options.directory);
  try {
    return openLocked(options, told, releaseLock);
  } catch (error) {
    releaseLock();
    throw error;
  }
}

function openLocked(options: WriterOptions, told: Told, releaseLock: () => void): WriterState {
  finishRepairs(options.directory);
  const files = listSegments(options.directory);
  const unsealed = new Set<string>();
  for (const file of files) {
    const header = headerOf(file.path);
    refuseNewer(file.path, header?.version ?? 0);
    if (header?.writeAhead) unsealed.add(file.path);
  }
  migrateOlder(files, options);
  const { file: witness, last } = openWitness(options.directory);
  const state = blankState({ options, ...told, releaseLock, witness });
  const keep = openActive(state, files, { family: 'keep', witness: last });
  const bulk = openActive(state, files, { family: 'bulk', witness: last });
  if (!existsSync(join(options.directory, RESTORED))) undoHalfBatch(keep, bulk, last?.bulkOffset ?? 0);
  const standing = furthest([standingOf(keep.segment), standingOf(bulk.segment)], last);
  state.heads = { offset: standing.offset, lanes: standing.lanes };
  if (keep.segment !== undefined) {
    const dropped = adoptKeep(state, keep.segment, files);
    finishDrops(options.directory, dropped);
    state.files = files.filter((file) => existsSync(file.path));
  } else state.files = files;
  state.cursor = Math.max(state.cursor, last?.cursor ?? 0);
  // An offset that a cursor or a checkpoint has passed is never given out again: the engine would skip it.
  const offset = Math.max(state.heads.offset, state.cursor, newestCheckpointOffset(options.directory));
  state.heads = { ...state.heads, offset };
  const damaged = keep.damage ?? bulk.damage;
  state.keep = keep.segment ?? startSegment(state, 'keep');
  state.bulk = bulk.segment ?? startSegment(state, 'bulk');
  state.keepOffset = Math.max(lastOffsetIn(state.keep), state.keep.file.first - 1);
  state.bulkOffset = Math.max(lastOffsetIn(state.bulk), state.bulk.file.first - 1);
  if (damaged !== undefined) afterDamage(state, damaged);
  if (existsSync(join(options.directory, RESTORED))) afterRestore(state);
  for (const file of [state.keep.file, state.bulk.file]) unsealed.delete(file.path);
  state.unsealed = unsealed;
  repairUnreadable(state);
  return state;
}

/** Of a damaged family it is not known how far it got; what its end lost is declared instead. */
function undoHalfBatch(keep: Opening, bulk: Opening, witnessed: number): void {
  if (keep.segment === undefined || bulk.segment === undefined) return;
  if (keep.damage !== undefined || bulk.damage !== undefined) return;
  const { file } = bulk.segment;
  undoHalf(keep.segment, Math.max(lastOffsetIn(bulk.segment), file.first - 1, witnessed));
}

/**
 * Segments of an earlier version, each in a transaction of its own, so that a start which is cut short goes on where it
 * was. The newest of a family is migrated when it is opened; it may need its log to be saved first.
 */
function migrateOlder(files: readonly SegmentFile[], options: WriterOptions): void {
  for (const file of files) {
    const version = headerOf(file.path)?.version ?? 0;
    const newest = files.findLast((one) => one.family === file.family);
    if (version === 0 || version >= SCHEMA_VERSION || file === newest) continue;
    const failure = attempt(() => openSegment(file, { ...options, sealed: true }).close());
    // What is damaged is mended when it is met. A disk that fails is not the file's fault, and ends the start.
    if (failure !== undefined && !isDamage(failure)) throw failure;
  }
}

/**
 * Sealed segments whose first pages are dead could not be read at all until they are repaired, so that is done
 * before anybody reads. One small query a file; deeper damage is found and read around when it is met.
 */
function repairUnreadable(state: WriterState): void {
  for (const file of sealedFiles(state)) {
    const failure = attempt(() => {
      if (startOf(state, file) === undefined) repairSegment(state, file.family, file.first);
    });
    if (failure !== undefined) state.log('warn', 'a segment could not be looked at', { path: file.path });
  }
}

/** A journal that was not recovered whole is another journal to HQ: new id, new segments, losses declared. */
function afterDamage(state: WriterState, damage: string): void {
  raise(state, 'JournalDamaged', `the journal was damaged: ${damage}`, {});
  renew(state);
  for (const lane of [0, 1, 2, 3] as const) {
    reconcile(state, lane, { from: 1, to: (state.heads.lanes[lane] as Head).seq });
  }
}

/** A copy goes on under a new id: the original may have gone on as well, and HQ must be able to tell them apart. */
function afterRestore(state: WriterState): void {
  const marker = join(state.options.directory, RESTORED);
  state.log('warn', 'this journal was restored from a backup and gets a new id', { path: marker });
  renew(state);
  rmSync(marker);
}

function renew(state: WriterState): void {
  state.jid = state.options.jidCandidate;
  roll(state, 'keep');
  roll(state, 'bulk');
  state.keep.setMeta('jid', state.jid);
}

function furthest(standings: readonly Standing[], witness: Witness | undefined): Standing {
  const all =
    witness === undefined ? standings : [...standings, { offset: witness.offset, lanes: witness.heads }];
  return {
    offset: Math.max(...all.map((standing) => standing.offset)),
    lanes: [0, 1, 2, 3].map((lane) =>
      all.map((standing) => standing.lanes[lane] as Head).reduce((a, b) => (b.seq > a.seq ? b : a)),
    ),
  };
}

function blankState(parts: Told & Pick<WriterState, 'options' | 'releaseLock' | 'witness'>): WriterState {
  const none = undefined as unknown as Segment;
  return {
    ...parts,
    jid: parts.options.jidCandidate,
    nowMs: parts.options.openedMs,
    heads: NO_HEADS,
    keepOffset: 0,
    bulkOffset: 0,
    cursor: 0,
    marks: new Map(),
    gaps: [],
    sent: [0, 0, 0, 0],
    tails: [1, 1, 1, 1],
    shed: {},
    files: [],
    keep: none,
    bulk: none,
    covered: 0,
    commits: 0,
    rows: 0,
    trouble: undefined,
    broken: false,
    damaged: false,
    alarms: new Map(),
    own: [],
    filesChanged: true,
    gapsChanged: true,
    faultPasses: 0,
    retentionTurn: 0,
    unsealed: new Set(),
    sizes: new Map(),
  };
}
