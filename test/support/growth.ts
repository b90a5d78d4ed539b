/** Memory of a process over time: level, or rising? */
export interface MemorySample {
  readonly atMs: number;
  readonly bytes: number;
}

const HOUR_MS = 3_600_000;

/** The third and the fourth quarter of a run: what a program needs to get going is behind it. */
export function lastQuarters(
  samples: readonly MemorySample[],
): readonly [readonly MemorySample[], readonly MemorySample[]] {
  const half = samples.slice(Math.floor(samples.length / 2));
  const middle = Math.floor(half.length / 2);
  return [half.slice(0, middle), half.slice(middle)];
}

export function medianBytes(samples: readonly MemorySample[]): number {
  const sorted = samples.map(({ bytes }) => bytes).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function meanBytes(samples: readonly MemorySample[]): number {
  return samples.reduce((sum, { bytes }) => sum + bytes, 0) / samples.length;
}

/** Of the straight line with the least squares through all samples. */
export function slopeBytesAnHour(samples: readonly MemorySample[]): number {
  const meanMs = samples.reduce((sum, { atMs }) => sum + atMs, 0) / samples.length;
  const mean = meanBytes(samples);
  let [joint, spread] = [0, 0];
  for (const { atMs, bytes } of samples) {
    joint += (atMs - meanMs) * (bytes - mean);
    spread += (atMs - meanMs) ** 2;
  }
  return (joint / spread) * HOUR_MS;
}
