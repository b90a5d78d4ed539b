import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Family } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import { declareGaps, type GapWish } from './declare.js';
import { attempt, isDamage } from './failures.js';
import type { Head } from './plan.js';
import { reopenActive } from './reopen.js';
import { replaceActive } from './roll.js';
import type { LaneNumber } from './rows.js';
import { salvageSegment } from './salvage.js';
import { startOf } from './starts.js';
import { headOf, isActive, raise, type WriterState } from './state.js';

/** Damage found: rewrite the segment, then declare what could not be saved. */
export function repairSegment(state: WriterState, family: Family, first: number): void {
  const range = rewriteSegment(state, family, first);
  if (range === undefined) return;
  for (const lane of [0, 1, 2, 3] as const) {
    const from = (range.began?.[lane]?.seq ?? 0) + 1;
    reconcile(state, lane, { from, to: range.ended?.[lane]?.seq ?? headOf(state, lane).seq });
  }
}

interface Rewritten {
  readonly began: readonly Head[] | undefined;
  readonly ended: readonly Head[] | undefined;
}

/** Answers between which heads the segment stood, as far as that is known. */
function rewriteSegment(state: WriterState, family: Family, first: number): Rewritten | undefined {
  const file = state.files.find((one) => one.family === family && one.first === first);
  if (file === undefined || !existsSync(file.path)) return undefined;
  if (isActive(state, file)) replaceActive(state, family);
  const segments = state.files.filter((one) => one.family === family);
  const next = segments[segments.indexOf(file) + 1];
  const before = segments[segments.indexOf(file) - 1];
  // Its own first page may be what is dead; then the search for losses begins where the one before began.
  const began = startOf(state, file) ?? (before && startOf(state, before));
  const ended = next && startOf(state, next);
  const saved = salvageSegment(file, {
    ...state.options,
    lastOffset: (next?.first ?? state.heads.offset + 1) - 1,
    endHeads: ended ?? state.heads.lanes,
    wanted: (row) => !isInGap(state, row.lane, row.seq),
  });
  const edition = file.edition + 1;
  state.files = state.files.map((one) => (one === file ? { ...one, edition } : one));
  state.filesChanged = true;
  state.sizes.delete(file.path);
  raise(
    state,
    'JournalDamaged',
    `a segment of the journal was damaged: ${saved.rows} events were saved, the file was set aside as ${saved.setAside}`,
    { rows: saved.rows },
  );
  return { began, ended };
}

/**
 * Make the active segments usable again after a failed write. Where one of them is damaged, both are replaced: which
 * one it was does not show from the error, and a repair of a whole segment changes nothing in it.
 */
export function recover(state: WriterState): void {
  if (!state.damaged) {
    const failure = attempt(() => reopenActive(state));
    if (failure === undefined) return;
    if (!isDamage(failure)) throw failure;
  }
  for (const family of ['bulk', 'keep'] as const) {
    const active = family === 'keep' ? state.keep : state.bulk;
    repairSegment(state, family, active.file.first);
  }
  state.damaged = false;
  state.broken = false;
}

export function isInGap(state: Pick<WriterState, 'gaps'>, lane: number, seq: number | null): boolean {
  return seq !== null && state.gaps.some((gap) => gap.lane === lane && gap.from <= seq && seq <= gap.to);
}

/**
 * Compare what a lane should hold with what is there, and declare the difference. Only what HQ does not have yet
 * counts: the rest may have been let go by retention.
 */
export function reconcile(state: WriterState, lane: LaneNumber, range: { from: number; to: number }): void {
  const from = Math.max(range.from, (state.sent[lane] ?? 0) + 1, state.tails[lane] ?? 1);
  const to = Math.min(range.to, headOf(state, lane).seq);
  if (from > to) return;
  const present = new Uint8Array(to - from + 1);
  for (const gap of state.gaps) {
    if (gap.lane === lane) present.fill(1, Math.max(0, gap.from - from), Math.max(0, gap.to - from + 1));
  }
  for (const file of state.files) {
    if (file.family === 'keep' || lane >= 2) markOrRewrite(state, file, { lane, from, to, present });
  }
  const wishes = holesIn(present).map(([a, b]): GapWish => {
    const hole = { from: from + a, to: from + b };
    return { lane, ...hole, reason: 'damage', ...checksumsAround(state, lane, hole) };
  });
  if (wishes.length === 0) return;
  declareGaps(state, wishes);
  const lost = wishes.reduce((sum, wish) => sum + wish.to - wish.from + 1, 0);
  raise(state, 'JournalLoss', `${lost} events of the journal were lost to damage; the gaps are declared`, {
    amount: lost,
  });
}

interface Presence {
  readonly lane: LaneNumber;
  readonly from: number;
  readonly to: number;
  readonly present: Uint8Array;
}

/** What lies in another damaged segment is not lost before that one was rewritten as well. */
function markOrRewrite(state: WriterState, file: SegmentFile, range: Presence): void {
  if (!existsSync(file.path)) return;
  try {
    markPresent(file, range);
  } catch (error) {
    if (!isDamage(error)) throw error;
    rewriteSegment(state, file.family, file.first);
    markPresent(file, range);
  }
}

function markPresent(file: SegmentFile, range: Presence): void {
  const db = new Database(file.path, { readonly: true, fileMustExist: true });
  try {
    // Row by row: an unsent backlog may be millions long.
    const seqs = db
      .prepare<[number, number, number], number>(
        'SELECT seq FROM event WHERE lane = ? AND seq BETWEEN ? AND ?',
      )
      .pluck()
      .iterate(range.lane, range.from, range.to);
    for (const seq of seqs) range.present[seq - range.from] = 1;
  } finally {
    db.close();
  }
}

function holesIn(present: Uint8Array): [number, number][] {
  const holes: [number, number][] = [];
  let start = present.indexOf(0);
  while (start >= 0) {
    const end = present.indexOf(1, start);
    holes.push([start, (end < 0 ? present.length : end) - 1]);
    start = end < 0 ? -1 : present.indexOf(0, end);
  }
  return holes;
}

/** The chain of checksums must go on over the hole: what stands before it, and what the next record expects. */
function checksumsAround(
  state: WriterState,
  lane: LaneNumber,
  hole: { from: number; to: number },
): Pick<GapWish, 'prevCrc' | 'laneCrc'> {
  const before = neighbour(state, lane, hole.from - 1);
  const after = neighbour(state, lane, hole.to + 1);
  return {
    prevCrc: before === undefined ? 0 : (before.lane_crc ?? before.crc),
    laneCrc: after?.prev_crc ?? headOf(state, lane).crc,
  };
}

interface Neighbour {
  readonly crc: number;
  readonly lane_crc: number | null;
  readonly prev_crc: number;
}

function neighbour(state: WriterState, lane: LaneNumber, seq: number): Neighbour | undefined {
  const gap = state.gaps.find((one) => one.lane === lane && (one.to === seq || one.from === seq));
  for (const file of state.files.toReversed()) {
    try {
      const db = new Database(file.path, { readonly: true, fileMustExist: true });
      try {
        const found = db
          .prepare<[number, number], Neighbour>(
            'SELECT crc, lane_crc, prev_crc FROM event WHERE lane = ? AND seq = ?',
          )
          .get(lane, gap?.from ?? seq);
        if (found !== undefined) return found;
      } finally {
        db.close();
      }
    } catch (error) {
      if (existsSync(file.path) && !isDamage(error)) throw error;
    }
  }
  return undefined;
}
