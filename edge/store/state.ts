import { statSync } from 'node:fs';
import type { AlarmCode, Facts, Lane } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import type { WriterOptions } from './options.js';
import type { Head, Heads } from './plan.js';
import type { FromWriter, Gap, OwnEvent, Snapshot, WriterAlarm } from './protocol.js';
import { type LaneNumber, laneName } from './rows.js';
import { type Segment, sizeOf } from './segment.js';
import type { WitnessFile } from './witness.js';
import type { WriteAhead } from './write-ahead.js';

/** Have the disk confirm what is in a log, here or beside other work; answers what went wrong. */
export type Confirm = (log: WriteAhead) => unknown;

export type Log = (
  level: 'info' | 'warn' | 'error',
  text: string,
  fields?: Extract<FromWriter, { kind: 'log' }>['fields'],
) => void;

/** Everything the writer knows. One writer owns it; its parts (commit, quota, retention, repair) work on it. */
export interface WriterState {
  readonly options: WriterOptions;
  readonly log: Log;
  readonly confirm: Confirm;
  readonly witness: WitnessFile;
  readonly releaseLock: () => void;
  jid: string;
  nowMs: number;
  heads: Heads;
  /** Highest offset committed in each family. */
  keepOffset: number;
  bulkOffset: number;
  cursor: number;
  marks: Map<string, string>;
  gaps: Gap[];
  /** Per lane: how far HQ is. */
  sent: number[];
  /** Per lane: lowest sequence still held. */
  tails: number[];
  shed: Record<string, number>;
  /** All segments, oldest first, active ones included. */
  files: SegmentFile[];
  keep: Segment;
  bulk: Segment;
  /** Offset up to which both checkpoints reach. */
  covered: number;
  commits: number;
  rows: number;
  trouble: string | undefined;
  /** Set when a connection failed and has to be opened again before the next write. */
  broken: boolean;
  /** Set when an active segment turned out to be damaged: it is repaired before the next write. */
  damaged: boolean;
  alarms: Map<string, WriterAlarm>;
  own: OwnEvent[];
  filesChanged: boolean;
  gapsChanged: boolean;
  faultPasses: number;
  /** Which segment retention looked at last. */
  retentionTurn: number;
  /** Sealed segments that are still in write-ahead mode. */
  unsealed: Set<string>;
  /** Bytes of sealed segments, by path. */
  sizes: Map<string, number>;
}

export const NO_HEADS: Heads = { offset: 0, lanes: [0, 1, 2, 3].map(() => ({ seq: 0, crc: 0 })) };

export function headOf(state: WriterState, lane: LaneNumber): Head {
  return state.heads.lanes[lane] as Head;
}

export function raise(state: WriterState, code: AlarmCode, text: string, facts?: Facts): void {
  if (state.alarms.get(code)?.text === text) return;
  const sinceMs = state.alarms.get(code)?.sinceMs ?? state.nowMs;
  state.alarms.set(code, { code, text, sinceMs, ...(facts === undefined ? {} : { facts }) });
  state.log('error', text, { code });
}

export function clear(state: WriterState, code: AlarmCode): void {
  if (state.alarms.delete(code)) state.log('info', 'alarm over', { code });
}

export function sealedBytes(state: WriterState, file: SegmentFile): number {
  let bytes = state.sizes.get(file.path);
  if (bytes === undefined) {
    bytes = sizeOf(file.path) + sizeOf(`${file.path}-wal`);
    state.sizes.set(file.path, bytes);
  }
  return bytes;
}

export function isActive(state: WriterState, file: SegmentFile): boolean {
  return file.path === state.keep.file.path || file.path === state.bulk.file.path;
}

export function sealedFiles(state: WriterState): SegmentFile[] {
  return state.files.filter((file) => !isActive(state, file));
}

export const ballastPath = (directory: string): string => `${directory}/ballast`;

/** Bytes on disk: segments with their logs, and the ballast. */
export function bytesOf(state: WriterState): number {
  let bytes = state.keep.bytes() + state.bulk.bytes();
  for (const file of sealedFiles(state)) bytes += sealedBytes(state, file);
  return bytes + (statSync(ballastPath(state.options.directory), { throwIfNoEntry: false })?.size ?? 0);
}

export function snapshotOf(state: WriterState): Snapshot {
  const snapshot: Snapshot = {
    jid: state.jid,
    bytes: state.broken ? 0 : bytesOf(state),
    lastOffset: Math.max(state.keepOffset, state.bulkOffset),
    cursor: state.cursor,
    lanes: state.heads.lanes.map((head, lane) => ({
      lane: laneName(lane as LaneNumber) satisfies Lane,
      head: head.seq,
      tail: Math.min(state.tails[lane] as number, head.seq + 1),
    })),
    sent: state.sent.slice(),
    shed: { ...state.shed },
    commits: state.commits,
    rows: state.rows,
    ...(state.trouble === undefined ? {} : { trouble: state.trouble }),
    alarms: [...state.alarms.values()],
    ...(state.filesChanged ? { files: state.files.slice() } : {}),
    ...(state.gapsChanged ? { gaps: state.gaps.slice() } : {}),
  };
  state.filesChanged = false;
  state.gapsChanged = false;
  return snapshot;
}
