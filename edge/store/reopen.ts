import { openSegment, type Segment } from './segment.js';
import type { WriterState } from './state.js';

/**
 * After an I/O error nobody knows whether the failed transaction reached the disk. Open both active segments
 * again and take out what was refused, so that what the senders heard and what the files hold is the same.
 */
export function reopenActive(state: WriterState): void {
  closeQuietly(state.keep);
  closeQuietly(state.bulk);
  state.keep = openSegment(state.keep.file, state.options);
  state.bulk = openSegment(state.bulk.file, state.options);
  removeAfter(state.bulk, state.bulkOffset);
  state.keep.begin();
  try {
    state.keep.db.prepare('DELETE FROM event WHERE offset > ?').run(state.keepOffset);
    state.keep.db.prepare('DELETE FROM mark').run();
    for (const [name, value] of state.marks) state.keep.setMark(name, value);
    state.keep.setMeta('cursor', state.cursor);
    state.keep.setMeta('gaps', state.gaps);
    state.keep.commit();
  } catch (error) {
    state.keep.rollback();
    throw error;
  }
  state.keep.rollback();
  state.broken = false;
}

function removeAfter(segment: Segment, offset: number): void {
  segment.db.prepare('DELETE FROM event WHERE offset > ?').run(offset);
  segment.rollback();
}

export function closeQuietly(segment: Segment): void {
  try {
    segment.close();
  } catch {
    // The connection is given up because it or its file failed; that it fails once more on the way out changes nothing.
  }
}
