import { Presets, SingleBar } from 'cli-progress';
import type { ReplayProgress } from './create-replay.js';

/**
 * A bar with rate and time to go on a terminal; on anything else cli-progress writes a line every two seconds.
 * It goes to stderr, so that standard output stays for what other programs read.
 */
export function createProgressBar(monotonicMs: () => number): ReplayProgress {
  const bar = new SingleBar(
    {
      format: '{adapter} {bar} {percentage} % · {value} of {total} lines · {rate}/s · {left} to go · {day}',
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 2000,
      hideCursor: true,
      clearOnComplete: false,
    },
    Presets.shades_classic,
  );
  let startedMs = 0;
  let total = 0;
  return {
    begin(rows, adapter) {
      startedMs = monotonicMs();
      total = rows;
      bar.start(rows, 0, { adapter, rate: 0, left: '?', day: '' });
    },
    advance(rows, ms) {
      const rate = Math.round((rows * 1000) / Math.max(1, monotonicMs() - startedMs));
      const left = rate > 0 ? inWords((total - rows) / rate) : '?';
      bar.update(rows, { rate, left, day: new Date(ms).toISOString().slice(0, 10) });
    },
    end: () => bar.stop(),
  };
}

function inWords(seconds: number): string {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
