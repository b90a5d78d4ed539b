import type Database from 'better-sqlite3';
import type { LaneNumber } from './rows.js';

/** Sequences of a lane that stand next to one another, with the checksums around them. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly prevCrc: number;
  readonly laneCrc: number;
}

/** More declared gaps than this for one segment are joined, at the price of what lies between them. */
const RUNS_MAX = 200;

/** Runs of a lane's records in one segment, with sequence > after and offset <= upToOffset. */
export function runsOf(
  db: Database.Database,
  range: { lane: LaneNumber; after: number; upToOffset?: number; limit?: number },
): Run[] {
  const rows = db
    .prepare<
      [number, number, number, number],
      { seq: number; prev_crc: number; crc: number; lane_crc: number | null }
    >(
      `SELECT seq, prev_crc, crc, lane_crc FROM event
       WHERE lane = ? AND seq > ? AND offset <= ? AND kind <> 2 ORDER BY seq LIMIT ?`,
    )
    .all(range.lane, range.after, range.upToOffset ?? Number.MAX_SAFE_INTEGER, range.limit ?? -1);
  const runs: Run[] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    const laneCrc = row.lane_crc ?? row.crc;
    if (last !== undefined && last.to === row.seq - 1)
      runs[runs.length - 1] = { ...last, to: row.seq, laneCrc };
    else runs.push({ from: row.seq, to: row.seq, prevCrc: row.prev_crc, laneCrc });
  }
  return runs;
}

/** Fewer, longer runs: neighbours are joined, nearest first, until there are few enough. */
export function joined(runs: readonly Run[]): readonly Run[] {
  let result = runs;
  for (let distance = 1; result.length > RUNS_MAX; distance *= 2) {
    const next: Run[] = [];
    for (const run of result) {
      const last = next.at(-1);
      if (last !== undefined && run.from - last.to - 1 <= distance) {
        next[next.length - 1] = { ...last, to: run.to, laneCrc: run.laneCrc };
      } else next.push(run);
    }
    result = next;
  }
  return result;
}
