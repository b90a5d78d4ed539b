import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Family } from '../contracts/index.js';
import { segmentPath } from './catalogue.js';
import { BULK_ROLL_MS } from './options.js';
import { closeQuietly } from './reopen.js';
import { createSegment, dropFiles, type Segment, sealFile } from './segment.js';
import type { WriterState } from './state.js';

/** Begin a segment; its first transaction carries everything that must outlive the older ones. */
export function startSegment(state: WriterState, family: Family): Segment {
  const first = state.heads.offset + 1;
  const stale = state.files.filter((file) => file.family === family && file.first === first);
  for (const file of stale) dropFiles(file.path);
  const segment = beginOrRemove(state, family, first);
  state.files = [...state.files.filter((file) => !stale.includes(file)), segment.file].sort(
    (a, b) => a.first - b.first,
  );
  state.filesChanged = true;
  return segment;
}

/** On a full disk nothing is left behind: at the next start a file without its first transaction would count as damaged. */
function beginOrRemove(state: WriterState, family: Family, first: number): Segment {
  const { directory, synchronous, segmentBytesMax, faults } = state.options;
  const createdMs = state.nowMs;
  let segment: Segment | undefined;
  try {
    segment = createSegment(directory, family, {
      first,
      createdMs,
      synchronous,
      segmentBytesMax,
      faults,
    });
    writeFirst(state, segment);
    return segment;
  } catch (error) {
    if (segment !== undefined) closeQuietly(segment);
    dropFiles(segmentPath(directory, family, { first, createdMs }));
    throw error;
  }
}

function writeFirst(state: WriterState, segment: Segment): void {
  segment.begin();
  segment.setMeta('jid', state.jid);
  segment.setMeta('start', state.heads.lanes);
  if (segment.file.family === 'keep') {
    segment.setMeta('cursor', state.cursor);
    segment.setMeta('gaps', state.gaps);
    segment.setMeta('shed', state.shed);
    segment.setMeta('sent', state.sent);
    segment.setMeta('tails', state.tails);
    for (const [name, value] of state.marks) segment.setMark(name, value);
  }
  segment.commit();
}

/** Seal the active segment of a family and begin the next. The old one's log is folded in, so it stands alone. */
export function roll(state: WriterState, family: Family): void {
  const old: Segment = family === 'keep' ? state.keep : state.bulk;
  if (old.file.first > state.heads.offset) return;
  const next = startSegment(state, family);
  if (family === 'keep') state.keep = next;
  else state.bulk = next;
  if (!sealFile(old.db)) state.unsealed.add(old.file.path);
  closeQuietly(old);
}

/** Segments that a reader still held when they were sealed. */
export function sealTheRest(state: WriterState): void {
  for (const path of [...state.unsealed]) {
    if (!existsSync(path)) {
      state.unsealed.delete(path);
      continue;
    }
    const db = new Database(path, { timeout: 0 });
    try {
      if (sealFile(db)) state.unsealed.delete(path);
    } finally {
      db.close();
    }
  }
}

/** Begin a new segment although the old one cannot be sealed properly: it is damaged and will be repaired. */
export function replaceActive(state: WriterState, family: Family): void {
  const old: Segment = family === 'keep' ? state.keep : state.bulk;
  if (old.file.first > state.heads.offset) state.heads = { ...state.heads, offset: old.file.first };
  const next = startSegment(state, family);
  if (family === 'keep') state.keep = next;
  else state.bulk = next;
  closeQuietly(old);
}

export function rollWhereDue(state: WriterState): void {
  if (state.broken) return;
  const { segmentBytesMax } = state.options;
  if (state.keep.pageBytes() > segmentBytesMax) roll(state, 'keep');
  const bulkIsOld = state.nowMs - state.bulk.file.createdMs >= BULK_ROLL_MS;
  const bulkBytes = state.bulk.pageBytes();
  // Not for a few rows: a replay runs through a year of hours in a minute.
  const bulkIsWorthIt = bulkBytes >= segmentBytesMax / 64 && state.bulkOffset >= state.bulk.file.first;
  if (bulkBytes > segmentBytesMax || (bulkIsOld && bulkIsWorthIt)) roll(state, 'bulk');
}
