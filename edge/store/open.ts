import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Family } from '../contracts/index.js';
import { listSegments, type SegmentFile, versionInHeader } from './catalogue.js';
import type { WriterOptions } from './options.js';
import type { Head } from './plan.js';
import type { Gap } from './protocol.js';
import { KIND_GAP } from './rows.js';
import { MisconfiguredError, refuseNewer } from './schema.js';
import { createSegment, openSegment, type Segment } from './segment.js';
import { type Log, NO_HEADS, type WriterState } from './state.js';
import { openWitness, type Witness } from './witness.js';

/** What the newest segment of a family has to say about where the journal stands. */
interface Standing {
  readonly offset: number;
  readonly lanes: readonly Head[];
}

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

function openLocked(options: WriterOptions, log: Log, releaseLock: () => void): WriterState {
  const files = listSegments(options.directory);
  for (const file of files) refuseNewer(file.path, versionInHeader(file.path) ?? 0);
  const { file: witness, last } = openWitness(options.directory);
  const newest = (family: Family) => files.filter((file) => file.family === family).at(-1);
  const keep = reopen(newest('keep'), options);
  const bulk = reopen(newest('bulk'), options);
  const standing = furthest([keep, bulk].map(standingOf), last);
  const state = blankState({ options, log, releaseLock, witness });
  state.files = files;
  state.heads = { offset: standing.offset, lanes: standing.lanes };
  if (keep !== undefined) adoptKeep(state, keep);
  state.keepOffset = keep === undefined ? 0 : lastOffsetIn(keep);
  state.bulkOffset = bulk === undefined ? 0 : lastOffsetIn(bulk);
  state.keep = keep ?? startSegment(state, 'keep');
  state.bulk = bulk ?? startSegment(state, 'bulk');
  return state;
}

/** The lock dies with the process, so a killed store never has to be freed by hand. */
function takeLock(directory: string): () => void {
  const db = new Database(join(directory, 'lock'), { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch {
    db.close();
    throw new MisconfiguredError(`${directory} is in use by another process`);
  }
  return () => db.close();
}

function reopen(file: SegmentFile | undefined, options: WriterOptions): Segment | undefined {
  return file === undefined ? undefined : openSegment(file, options);
}

/** Begin a segment; its first transaction carries everything that must outlive the older ones. */
export function startSegment(state: WriterState, family: Family): Segment {
  const first = state.heads.offset + 1;
  const stale = state.files.filter((file) => file.family === family && file.first === first);
  for (const file of stale) dropFiles(file.path);
  const segment = createSegment(state.options.directory, family, {
    first,
    createdMs: state.nowMs,
    synchronous: state.options.synchronous,
    segmentBytesMax: state.options.segmentBytesMax,
  });
  segment.begin();
  segment.setMeta('jid', state.jid);
  segment.setMeta('start', state.heads.lanes);
  if (family === 'keep') {
    segment.setMeta('cursor', state.cursor);
    segment.setMeta('gaps', state.gaps);
    segment.setMeta('shed', state.shed);
    segment.setMeta('sent', state.sent);
    segment.setMeta('tails', state.tails);
    for (const [name, value] of state.marks) segment.setMark(name, value);
  }
  segment.commit();
  state.files = [...state.files.filter((file) => !stale.includes(file)), segment.file].sort(
    (a, b) => a.first - b.first,
  );
  state.filesChanged = true;
  return segment;
}

export function dropFiles(path: string): void {
  for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) rmSync(path + end);
}

function adoptKeep(state: WriterState, keep: Segment): void {
  state.jid = keep.meta<string>('jid') ?? state.options.jidCandidate;
  state.cursor = keep.meta<number>('cursor') ?? 0;
  state.gaps = keep.meta<Gap[]>('gaps') ?? [];
  state.shed = keep.meta<Record<string, number>>('shed') ?? {};
  state.sent = keep.meta<number[]>('sent') ?? [0, 0, 0, 0];
  state.tails = keep.meta<number[]>('tails') ?? [1, 1, 1, 1];
  state.marks = keep.marks();
}

export function lastOffsetIn(segment: Segment): number {
  return segment.db.prepare<[], number | null>('SELECT max(offset) FROM event').pluck().get() ?? 0;
}

function standingOf(segment: Segment | undefined): Standing {
  if (segment === undefined) return NO_HEADS;
  const start = segment.meta<Head[]>('start') ?? NO_HEADS.lanes;
  const last = segment.db.prepare<
    [number],
    { seq: number; kind: number; gap_to: number; crc: number; lane_crc: number | null }
  >(
    'SELECT seq, kind, gap_to, crc, lane_crc FROM event WHERE lane = ? AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1',
  );
  return {
    offset: Math.max(lastOffsetIn(segment), segment.file.first - 1),
    lanes: [0, 1, 2, 3].map((lane) => {
      const row = last.get(lane);
      const begun = start[lane] as Head;
      if (row === undefined) return begun;
      const seq = row.kind === KIND_GAP ? row.gap_to : row.seq;
      return seq > begun.seq ? { seq, crc: row.lane_crc ?? row.crc } : begun;
    }),
  };
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
    alarms: new Map(),
    own: [],
    filesChanged: true,
    gapsChanged: true,
    faultPasses: 0,
    sizes: new Map(),
  };
}
