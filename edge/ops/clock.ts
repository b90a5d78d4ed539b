import type { ClockDoubt, Fact } from '../contracts/index.js';
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
export function createClock(
  system: SystemTime,
  lastRecordedMs: number,
  unsyncedMaxMs = Number.POSITIVE_INFINITY,
): Clock {
  const unsynchronised = createSynchronisation(system, unsyncedMaxMs);
  let current = Math.max(lastRecordedMs, plausible(system.wallMs()) ? system.wallMs() : lastRecordedMs);
  let readAt = system.monotonicMs();
  /** Highest difference between wall and monotonic time that was believed: small steps back do not add up. */
  let believed = current - readAt;
  let doubt: ClockDoubt | undefined;

  const judge = (wall: number, jump: number): ClockDoubt | undefined => {
    if (!plausible(wall)) return { code: 'Implausible', figure: new Date(wall).toISOString() };
    if (jump < -JUMP_MS) return { code: 'Behind', figure: Math.round(-jump / 60_000) };
    if (jump <= JUMP_MS || system.synchronised()) return undefined;
    return { code: 'Ahead', figure: Math.round(jump / 60_000) };
  };

  const nowMs = (): number => {
    const monotonic = system.monotonicMs();
    const wall = system.wallMs();
    doubt = judge(wall, wall - (believed + monotonic));
    if (doubt === undefined) {
      believed = system.synchronised() ? wall - monotonic : Math.max(believed, wall - monotonic);
      current = Math.max(current, wall);
    } else {
      current += monotonic - readAt;
    }
    readAt = monotonic;
    return Math.floor(current);
  };

  const doubtNow = (): ClockDoubt | undefined => {
    nowMs();
    // Such a clock still runs on: it is followed, and only not relied on.
    return doubt ?? unsynchronised();
  };

  return {
    nowMs,
    monotonicMs: system.monotonicMs,
    untrusted: () => inEnglish(doubtNow()),
    whyUntrusted: doubtNow,
  };
}

const ENGLISH: Readonly<Record<ClockDoubt['code'], (figure: Fact) => string>> = {
  Implausible: (instant) => `the clock says ${instant}`,
  Behind: (minutes) => `the clock is ${minutes} min behind what was recorded`,
  Ahead: (minutes) => `the clock jumped ahead by ${minutes} min and no time server has confirmed it`,
  Unconfirmed: (hours) => `no time server has confirmed it for ${hours} hours`,
};

const inEnglish = (doubt: ClockDoubt | undefined): string | undefined =>
  doubt === undefined ? undefined : ENGLISH[doubt.code](doubt.figure);

const HOUR_MS = 3_600_000;

/** Says that the clock is unsure once no time server has confirmed it for so long; `Infinity` where the host sets it. */
function createSynchronisation(system: SystemTime, unsyncedMaxMs: number): () => ClockDoubt | undefined {
  let confirmedAt = system.monotonicMs();
  return () => {
    const now = system.monotonicMs();
    if (system.synchronised()) confirmedAt = now;
    if (now - confirmedAt <= unsyncedMaxMs) return undefined;
    return { code: 'Unconfirmed', figure: Math.floor((now - confirmedAt) / HOUR_MS) };
  };
}

const plausible = (wallMs: number): boolean => wallMs >= EARLIEST_MS && wallMs <= LATEST_MS;

export interface ReplayClock extends Clock {
  /** Called with each record's own time before the record is submitted. */
  set(ms: number): void;
  /** The file is at its end: from here on the store's clock is the machine's. */
  release(): void;
}

/** Time of a replayed file: it stands where the file stands, and never goes back. */
export function createReplayClock(
  system: SystemTime,
  startMs: number,
  unsyncedMaxMs = Number.POSITIVE_INFINITY,
): ReplayClock {
  let current = startMs;
  let released: Clock | undefined;
  return {
    nowMs: () => released?.nowMs() ?? current,
    monotonicMs: system.monotonicMs,
    untrusted: () => released?.untrusted(),
    whyUntrusted: () => released?.whyUntrusted?.(),
    set: (ms) => {
      current = Math.max(current, ms);
    },
    release: () => {
      released = createClock(system, current, unsyncedMaxMs);
    },
  };
}
