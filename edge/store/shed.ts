import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import Database from 'better-sqlite3';
import type { GapReason, GapShed } from '../contracts/index.js';
import { isTopicName } from '../contracts/topic-table.js';
import { type SegmentFile, syncDirectory } from './catalogue.js';
import { declareGaps, type GapWish } from './declare.js';
import { isDamage } from './failures.js';
import { laneName, laneOf } from './rows.js';
import { joined, type Run, runsOf } from './runs.js';
import { dropFiles } from './segment.js';
import { startOf } from './starts.js';
import { sealedFiles, type WriterState } from './state.js';

/**
 * Let a sealed segment go. What HQ does not have is declared as gaps first, in the transaction that also notes the
 * file for deletion: a crash in between leaves a file that the next start deletes.
 */
export function dropSegment(state: WriterState, file: SegmentFile, reason: GapReason): void {
  const picture = pictureOrNone(state, file);
  const wishes = picture.runs.flatMap(({ lane, runs }) =>
    joined(runs).map((run): GapWish => ({ lane, reason, ...run })),
  );
  const shed = { ...state.shed };
  if (reason === 'quota') {
    for (const [lane, count] of picture.counts) shed[lane] = (shed[lane] ?? 0) + count;
  }
  declareGaps(state, wishes, {
    shed: reason === 'quota' ? picture.unplaced.map((data) => ({ ...data, reason })) : [],
    join: () => {
      state.keep.setMeta('dropping', [basename(file.path)]);
      state.keep.setMeta('shed', shed);
      state.keep.setMeta('tails', tailsWithout(state, file));
    },
  });
  state.tails = tailsWithout(state, file);
  state.shed = shed;
  dropFiles(file.path);
  syncDirectory(state.options.directory);
  for (const wish of wishes) if (wish.to > wish.from) deleteKept(state, wish);
  state.sizes.delete(file.path);
  state.files = state.files.filter((one) => one.path !== file.path);
  state.filesChanged = true;
}

/** A damaged segment goes without a picture; what was in it is missing then, and found so when its lane is read. */
function pictureOrNone(state: WriterState, file: SegmentFile): ReturnType<typeof pictureOf> {
  try {
    return pictureOf(state, file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { runs: [], counts: new Map(), unplaced: [] };
  }
}

/** What is in a segment that HQ does not have yet, as runs of sequences; and how much is in it by class. */
function pictureOf(state: WriterState, file: SegmentFile) {
  const db = new Database(file.path, { readonly: true, fileMustExist: true });
  try {
    const runs = ([0, 1, 2, 3] as const).map((lane) => ({
      lane,
      runs: runsOf(db, { lane, after: state.sent[lane] ?? 0 }).filter((run) => !isDeclared(state, lane, run)),
    }));
    const counts = new Map<string, number>();
    const byType = db
      .prepare<[], { name: string; count: number }>(
        'SELECT type.name AS name, counted.n AS count FROM (SELECT type, count(*) AS n FROM event GROUP BY type) AS counted JOIN type ON type.id = counted.type',
      )
      .all();
    for (const { name, count } of byType) {
      const lane = isTopicName(name) ? laneName(laneOf(name)) : 'P3';
      counts.set(lane, (counts.get(lane) ?? 0) + count);
    }
    return { runs, counts, unplaced: unplacedIn(db) };
  } finally {
    db.close();
  }
}

/** Rows that no lane counts, by class: what they were, and from when to when they were recorded. */
function unplacedIn(db: Database.Database): Omit<GapShed, 'reason'>[] {
  const byType = db
    .prepare<[], { name: string; count: number; first: number; last: number }>(
      'SELECT type.name AS name, counted.n AS count, counted.first AS first, counted.last AS last FROM (SELECT type, count(*) AS n, min(recorded) AS first, max(recorded) AS last FROM event WHERE seq IS NULL GROUP BY type) AS counted JOIN type ON type.id = counted.type ORDER BY name',
    )
    .all();
  const classes = new Map<string, typeof byType>();
  for (const row of byType) {
    const lane = isTopicName(row.name) ? laneName(laneOf(row.name)) : 'P3';
    classes.set(lane, [...(classes.get(lane) ?? []), row]);
  }
  return [...classes].map(([lane, rows]) => ({
    class: lane,
    count: rows.reduce((sum, { count }) => sum + count, 0),
    types: Object.fromEntries(rows.map(({ name, count }) => [name, count])),
    from: new Date(Math.min(...rows.map(({ first }) => first))).toISOString(),
    to: new Date(Math.max(...rows.map(({ last }) => last))).toISOString(),
  }));
}

const isDeclared = (state: WriterState, lane: number, run: Run): boolean =>
  state.gaps.some((gap) => gap.lane === lane && gap.from <= run.from && run.to <= gap.to);

/** Rows of `keep` inside a declared hole, in segments that are sealed: the active one was done with the gap. */
function deleteKept(state: WriterState, hole: GapWish): void {
  for (const file of sealedFiles(state)) {
    if (file.family !== 'keep') continue;
    const db = new Database(file.path);
    try {
      db.prepare('DELETE FROM event WHERE lane = ? AND seq BETWEEN ? AND ? AND kind <> 2').run(
        hole.lane,
        hole.from,
        hole.to,
      );
    } finally {
      db.close();
    }
  }
}

/** Lowest sequence held once `file` is gone: where the next segments of both families begin. */
function tailsWithout(state: WriterState, file: SegmentFile): number[] {
  const left = state.files.filter((one) => one.path !== file.path);
  const begin = (['keep', 'bulk'] as const).map((family) => {
    const oldest = left.find((one) => one.family === family);
    return oldest === undefined ? undefined : startOf(state, oldest);
  });
  return state.tails.map((tail, lane) => {
    const starts = begin
      .filter((_, family) => family === 0 || lane >= 2)
      .map((start) => start?.[lane]?.seq ?? 0);
    const firstGap = state.gaps
      .filter((gap) => gap.lane === lane)
      .reduce((low, gap) => Math.min(low, gap.from), Number.POSITIVE_INFINITY);
    return Math.max(tail, Math.min(...starts.map((seq) => seq + 1), firstGap, (state.sent[lane] ?? 0) + 1));
  });
}

/** Finish what a crash interrupted. */
export function finishDrops(directory: string, names: readonly string[]): void {
  for (const name of names) dropFiles(`${directory}/${name}`);
  if (names.length > 0) syncDirectory(directory);
}

export function removeBallast(path: string): void {
  rmSync(path, { force: true });
}
