/** When to try again: what the push service asks for, else longer each time; never all at the same moment. */
export interface Pace {
  readonly baseMs: number;
  readonly maxMs: number;
}
export const DEFAULT_PACE: Pace = { baseMs: 1_000, maxMs: 60_000 };

/** `tries`: how many failed, at least 1. `random`: 0 up to 1. */
export function retryInMs(
  failure: { tries: number; retryAfter?: string; nowMs: number },
  pace: Pace,
  random: () => number,
): number {
  const asked = askedMs(failure.retryAfter, failure.nowMs);
  // Later than asked, never earlier.
  if (asked !== undefined) return asked + Math.round(pace.baseMs * random());
  const longest = Math.min(pace.maxMs, pace.baseMs * 2 ** Math.min(20, failure.tries - 1));
  return Math.round(longest * (0.5 + random() / 2));
}

/** `Retry-After`: seconds, or a date. */
function askedMs(retryAfter: string | undefined, nowMs: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter) * 1_000;
  const dateMs = Date.parse(retryAfter);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
