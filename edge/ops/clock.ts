import type { Clock } from '../ports.js';

/** Largest difference between wall time and the monotonic clock that is still called drift, not a jump. */
const JUMP_MS = 10 * 60_000;
/** A box that claims to live before this build was made has no idea what time it is. */
const EARLIEST_MS = Date.UTC(2026, 10, 1);
/** Nor has one that claims to live twenty years later. */
const LATEST_MS = Date.UTC(2046, 10, 1);

export interface SystemTime {
  wallMs(): number;
  monotonicMs(): number;
  /** True when a time server has set the wall clock since boot. */
  synchronised(): boolean;
}

/**
 * The persisted hybrid clock. It follows wall time while that moves as the monotonic clock does, never goes back,
 * and carries on by the monotonic clock when wall time jumps: a consent or a coupon is never extended by turning
 * the clock back. `lastRecordedMs` is the newest recordedtime in the journal, which is where it is persisted.
 */
export function createClock(system: SystemTime, lastRecordedMs: number): Clock {
  let anchorWall = Math.max(system.wallMs(), lastRecordedMs);
  let anchorMonotonic = system.monotonicMs();
  let highest = lastRecordedMs;
  let doubt: string | undefined;

  const judge = (wall: number, expected: number): string | undefined => {
    if (wall < EARLIEST_MS || wall > LATEST_MS) return `the clock says ${new Date(wall).toISOString()}`;
    const jump = wall - expected;
    if (Math.abs(jump) <= JUMP_MS || system.synchronised()) return undefined;
    return `the clock jumped by ${Math.round(jump / 60_000)} min and no time server has confirmed it`;
  };

  const nowMs = (): number => {
    const wall = system.wallMs();
    const expected = anchorWall + (system.monotonicMs() - anchorMonotonic);
    doubt = judge(wall, expected);
    if (doubt === undefined) {
      anchorWall = wall;
      anchorMonotonic = system.monotonicMs();
    }
    highest = Math.max(highest, doubt === undefined ? wall : Math.floor(expected));
    return highest;
  };

  nowMs();
  return {
    nowMs,
    monotonicMs: system.monotonicMs,
    untrusted: () => {
      nowMs();
      return doubt;
    },
  };
}

/**
 * Time of a replayed file: it stands where the file stands, and never goes back.
 * `set` is called with each record's own time before the record is submitted.
 */
export function createReplayClock(
  monotonicMs: () => number,
  startMs: number,
): Clock & { set(ms: number): void } {
  let current = startMs;
  return {
    nowMs: () => current,
    monotonicMs,
    untrusted: () => undefined,
    set: (ms) => {
      current = Math.max(current, ms);
    },
  };
}
