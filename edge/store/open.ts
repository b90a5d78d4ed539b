import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Family } from '../contracts/index.js';
import { adoptKeep } from './adopt.js';
import { RESTORED } from './backup.js';
import { headerOf, listSegments, type SegmentFile } from './catalogue.js';
import { newestCheckpointOffset } from './checkpoints.js';
import { inspectSegment, lastOffsetIn, type Standing, standingOf } from './inspect.js';
import type { WriterOptions } from './options.js';
import type { Head } from './plan.js';
import { reconcile } from './repair.js';
import { roll, startSegment } from './roll.js';
import { finishRepairs, salvageSegment } from './salvage.js';
import { MisconfiguredError, refuseNewer } from './schema.js';
import { dropFiles, openSegment, type Segment, sizeOf } from './segment.js';
import { finishDrops } from './shed.js';
import { type Log, NO_HEADS, raise, type WriterState } from './state.js';
import { openWitness, type Witness } from './witness.js';

/** Open a journal directory. Reads the list of files and the two active segments, whatever the backlog. */
export function openState(options: WriterOptions, log: Log): WriterState {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const releaseLock = takeLock(options.directory);
  try {
    return openLocked(options, log, releaseLock);
  } catch (error) {
    releaseLock();
    throw error;
  }
}

/** The lock dies with the process, so a killed store never has to be freed by hand. */
function takeLock(directory: string): () => void {
  const path = join(directory, 'lock');
  const db = new Database(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch {
    db.close();
    throw new MisconfiguredError(`${directory} is in use by another process`);
  }
  return () => db.close();
}

function openLocked(options: WriterOptions, log: Log, releaseLock: () => void): WriterState {
  finishRepairs(options.directory);
  const files = listSegments(options.directory);
  const unsealed = new Set<string>();
  for (const file of files) {
    const header = headerOf(file.path);
    refuseNewer(file.path, header?.version ?? 0);
    if (header?.writeAhead) unsealed.add(file.path);
  }
  const { file: witness, last } = openWitness(options.directory);
  const state = blankState({ options, log, releaseLock, witness });
  const keep = openActive(state, files, { family: 'keep', witness: last });
  const bulk = openActive(state, files, { family: 'bulk', witness: last });
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
  return state;
}

interface Opening {
  readonly segment: Segment | undefined;
  /** Set when the segment was not whole: it has been rewritten from what could be saved, or is gone. */
  readonly damage: string | undefined;
}

function openActive(
  state: WriterState,
  files: SegmentFile[],
  wish: { family: Family; witness: Witness | undefined },
): Opening {
  const expected = (wish.family === 'keep' ? wish.witness?.keepOffset : wish.witness?.bulkOffset) ?? 0;
  const file = newestBegun(state, files, { family: wish.family, expected });
  if (file === undefined) {
    return { segment: undefined, damage: expected > 0 ? `the files of ${wish.family} are gone` : undefined };
  }
  const found = inspectSegment(file, state.options, expected);
  if (found.segment !== undefined) return { segment: found.segment, damage: undefined };
  const saved = salvageSegment(file, {
    ...state.options,
    ...(wish.witness === undefined ? {} : { lastOffset: wish.witness.offset }),
    endHeads: wish.witness?.heads ?? NO_HEADS.lanes,
    wanted: () => true,
    release: found.release,
  });
  return {
    segment: openSegment(file, state.options),
    damage: `${found.damage}: ${saved.rows} events saved, original set aside as ${saved.setAside}`,
  };
}

/**
 * The newest segment of a family, leaving out one whose creation was cut short: it has no first transaction, and
 * nothing was committed in it as far as the witness saw. Its predecessor is still whole.
 */
function newestBegun(
  state: WriterState,
  files: SegmentFile[],
  wish: { family: Family; expected: number },
): SegmentFile | undefined {
  for (;;) {
    const family = files.filter((one) => one.family === wish.family);
    const file = family.at(-1);
    if (file === undefined || wish.expected >= file.first || isBegun(file)) return file;
    state.log('warn', 'a segment whose creation was cut short is removed', { path: file.path });
    dropFiles(file.path);
    files.splice(files.indexOf(file), 1);
  }
}

function isBegun(file: SegmentFile): boolean {
  if (sizeOf(file.path) === 0 && sizeOf(`${file.path}-wal`) === 0) return false;
  try {
    const db = new Database(file.path, { readonly: true, fileMustExist: true });
    try {
      return db.prepare("SELECT 1 FROM meta WHERE name = 'start'").get() !== undefined;
    } finally {
      db.close();
    }
  } catch (error) {
    // `no such table` is a creation cut short; anything else is damage, which the inspection will name.
    return !(error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR');
  }
}

/** A journal that was not recovered whole is another journal to HQ: new id, new segments, losses declared. */
function afterDamage(state: WriterState, damage: string): void {
  raise(state, 'JournalDamaged', `the journal was damaged: ${damage}`);
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

function blankState(parts: Pick<WriterState, 'options' | 'log' | 'releaseLock' | 'witness'>): WriterState {
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
