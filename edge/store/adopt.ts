import type { SegmentFile } from './catalogue.js';
import type { Gap } from './protocol.js';
import { openSegment, type Segment } from './segment.js';
import type { WriterState } from './state.js';

/**
 * Take over what the newest `keep` segment carries for the whole journal. A value whose page was lost comes from
 * the segment before: older, which for cursors and marks means that work is done again, never that it is skipped.
 * Answers the names of files that were to be dropped when the process ended.
 */
export function adoptKeep(
  state: WriterState,
  keep: Segment,
  files: readonly SegmentFile[],
): readonly string[] {
  const older = previousKeep(state, keep, files);
  try {
    const value = <T>(name: string, otherwise: T): T =>
      valueIn<T>(keep, name) ?? (older && valueIn<T>(older, name)) ?? otherwise;
    state.jid = value('jid', state.options.jidCandidate);
    state.cursor = value('cursor', 0);
    state.gaps = withDeclared(keep, value<Gap[]>('gaps', []));
    state.shed = value('shed', {});
    state.sent = value('sent', [0, 0, 0, 0]);
    state.tails = value('tails', [1, 1, 1, 1]);
    state.marks = new Map([...(older?.marks().whole ?? []), ...keep.marks().whole]);
    return value<string[]>('dropping', []);
  } finally {
    older?.close();
  }
}

/** Opened only when something is missing in the newest one, which after a normal run is never the case. */
function previousKeep(state: WriterState, keep: Segment, files: readonly SegmentFile[]): Segment | undefined {
  const complete = ['jid', 'cursor', 'gaps', 'sent', 'tails'].every(
    (name) => valueIn(keep, name) !== undefined,
  );
  const file = files.filter((one) => one.family === 'keep').at(-2);
  if (complete || file === undefined) return undefined;
  try {
    return openSegment(file, { ...state.options, sealed: true });
  } catch {
    // That one is damaged as well; its repair comes when it is read. There is nothing older to take from it now.
    return undefined;
  }
}

function valueIn<T>(segment: Segment, name: string): T | undefined {
  try {
    return segment.meta<T>(name);
  } catch {
    // Its checksum does not fit: as good as missing.
    return undefined;
  }
}

/** The list is written with each gap; gaps whose list was lost are found by their rows. */
function withDeclared(keep: Segment, listed: readonly Gap[]): Gap[] {
  if (valueIn(keep, 'gaps') !== undefined) return listed.slice();
  const rows = keep.db
    .prepare<[], Gap>('SELECT lane, seq AS "from", gap_to AS "to", offset FROM event WHERE kind = 2')
    .all();
  return [
    ...listed.filter((gap) => !rows.some((row) => row.lane === gap.lane && row.from === gap.from)),
    ...rows,
  ];
}
