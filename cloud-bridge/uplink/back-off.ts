const FIRST_MS = 200;
/** HQ is served again within seconds of its return, so the pause never grows long. */
const LONGEST_MS = 5_000;

/** Pauses that double, each cut by chance to between half and all of it, so that stores do not return in step. */
export interface BackOff {
  failed(nowMs: number): void;
  succeeded(): void;
  /** Instant of the next attempt on the same clock; 0 when there is nothing to wait for. */
  retryAtMs(): number;
}

export function createBackOff(random: () => number): BackOff {
  let failures = 0;
  let retryAtMs = 0;
  return {
    failed(nowMs) {
      const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
      failures = Math.min(failures + 1, 16);
      retryAtMs = nowMs + pause * (0.5 + random() / 2);
    },
    succeeded() {
      failures = 0;
      retryAtMs = 0;
    },
    retryAtMs: () => retryAtMs,
  };
}
