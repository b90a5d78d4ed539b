const SMALL_BYTES = 64 * 1024;
/** A batch must fit the broker's `message.max.bytes` (1 MiB by default) with all its headers. */
const LARGE_BYTES = 640 * 1024;
/** Below 1 Mbit/s a batch stays small, so that an urgent record waits at most half a second behind it. */
const SLOW_BYTES_PER_SECOND = 125_000;
const ROWS_MAX = 250;
/** Weight of the newest measurement in the running average. */
const NEWEST = 0.3;

/** How much one batch may hold: by the speed of the link, and smaller while the broker refuses one of its records. */
export interface BatchSize {
  rowsMax(): number;
  bytesMax(): number;
  sent(batch: { rows: number; bytes: number; tookMs: number }): void;
  /** The broker took none of them: half as many next time, down to the one that it does not want. */
  refused(rows: number): void;
}

export function createBatchSize(): BatchSize {
  let rows = ROWS_MAX;
  let bytesPerSecond: number | undefined;
  return {
    rowsMax: () => rows,
    bytesMax: () =>
      bytesPerSecond === undefined || bytesPerSecond < SLOW_BYTES_PER_SECOND ? SMALL_BYTES : LARGE_BYTES,
    sent(batch) {
      rows = Math.min(ROWS_MAX, Math.max(rows, batch.rows) * 2);
      // A nearly empty batch measures the round trip, not the link.
      if (batch.bytes < SMALL_BYTES / 4 && bytesPerSecond !== undefined) return;
      const measured = (batch.bytes * 1000) / Math.max(batch.tookMs, 1);
      bytesPerSecond =
        bytesPerSecond === undefined ? measured : bytesPerSecond * (1 - NEWEST) + measured * NEWEST;
    },
    refused(refusedRows) {
      rows = Math.max(1, Math.floor(refusedRows / 2));
    },
  };
}
