import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** Where the end is, once it is known. */
  total(total: number): void;
  advance(by: number): void;
  done(): void;
}

/** A bar on standard error where a person is looking, and nothing where nobody is. */
export function createProgress(unit: string, doing = ''): Progress {
  const bar = new SingleBar(
    {
      format: `${doing}{bar} {percentage} % · {value} of {total} ${unit} · {rate}/s · {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      fps: 5,
      barsize: 30,
      etaBuffer: 500,
    },
    Presets.shades_classic,
  );
  const startedMs = performance.now();
  let value = 0;
  const rate = (): string =>
    Math.round(value / Math.max(0.001, (performance.now() - startedMs) / 1000)).toLocaleString('en');
  bar.start(1, 0, { rate: '0' });
  return {
    total: (total) => bar.setTotal(total),
    advance(by) {
      value += by;
      if (value > bar.getTotal()) bar.setTotal(value);
      bar.update(value, { rate: rate() });
    },
    done: () => bar.stop(),
  };
}

const MB = 1_000_000;

/** The same for files, told in bytes and shown in MB. */
export function createByteProgress(doing: string): Progress {
  const progress = createProgress('MB', `${doing.padEnd(9)} `);
  let bytes = 0;
  let shown = 0;
  return {
    total: (total) => progress.total(Math.max(1, Math.round(total / MB))),
    advance(by) {
      bytes += by;
      const whole = Math.round(bytes / MB);
      if (whole > shown) progress.advance(whole - shown);
      shown = Math.max(shown, whole);
    },
    done: () => progress.done(),
  };
}
