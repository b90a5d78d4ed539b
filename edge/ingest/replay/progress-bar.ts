import { Presets, SingleBar } from 'cli-progress';
import type { ReplayProgress } from './create-replay.js';

/**
 * A bar with rate and time to go on a terminal; on anything else cli-progress writes a line every two seconds.
 * It goes to stderr, so that standard output stays for what other programs read.
 */
export function createProgressBar(monotonicMs: () => number): ReplayProgress {
  const bar = new SingleBar(
    {
      format:
        '{adapter} {bar} {percentage} % · {value} of {total} lines · {rate}/s · {eta_formatted} to go · {day}',
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 2000,
      hideCursor: true,
      clearOnComplete: false,
    },
    Presets.shades_classic,
  );
  let startedMs = 0;
  return {
    begin(rows, adapter) {
      startedMs = monotonicMs();
      bar.start(rows, 0, { adapter, rate: 0, day: '' });
    },
    advance(rows, ms) {
      const rate = Math.round((rows * 1000) / Math.max(1, monotonicMs() - startedMs));
      bar.update(rows, { rate, day: new Date(ms).toISOString().slice(0, 10) });
    },
    end: () => bar.stop(),
  };
}
