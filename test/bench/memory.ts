import { lastQuarters, type MemorySample, meanBytes, slopeBytesAnHour } from '../support/growth.js';
import { type RunningStore, startStore } from '../support/store.js';
import type { Figure } from './figures.js';
import { residentMb } from './process-cost.js';
import { load } from './store-load.js';

const MIB = 1_024 * 1_024;
const SAMPLE_EVERY_MS = 2_000;
const WARM_UP_S = 5;
/** Promise D18: what grows by more in the last half grows on. */
const GROWTH_MIB_MAX = 5;
/** From half an hour on a slope says more than the collector's ups and downs. */
const SLOPE_MIB_MAX = 1;
const SLOPE_TOLD_S = 3_600;

/** Resident memory of the store after ten minutes at 500 events a second, and whether it still rises then. */
export async function memory(): Promise<readonly Figure[]> {
  const store = await startStore();
  try {
    const measuredS = Number(process.env['ENDCAP_BENCH_SECONDS'] ?? 600);
    const sampling = sample(store);
    const result = await load(store, { perSecond: 500, warmUpS: WARM_UP_S, measuredS });
    const resident = residentMb(store);
    const quarters = lastQuarters(sampling.end());
    const [third, fourth] = quarters.map(meanBytes) as [number, number];
    const figure = (metric: string, value: number, unit: string, limit?: Figure['limit']): Figure => ({
      ...{ bench: 'memory', case: `500 events/s for ${measuredS} s`, metric, value, unit },
      ...(limit === undefined ? {} : { limit }),
    });
    return [
      figure('resident', resident, 'MB', { most: 180 }),
      figure('more in the last quarter than in the third', (fourth - third) / MIB, 'MiB', {
        most: GROWTH_MIB_MAX,
      }),
      figure(
        'slope of the last half',
        slopeBytesAnHour(quarters.flat()) / MIB,
        'MiB/h',
        measuredS < SLOPE_TOLD_S ? undefined : { most: SLOPE_MIB_MAX },
      ),
      figure('p99', result.p99, 'ms'),
    ];
  } finally {
    await store.remove();
  }
}

function sample(store: RunningStore): { end(): readonly MemorySample[] } {
  const samples: MemorySample[] = [];
  const timer = setInterval(
    () => samples.push({ atMs: performance.now(), bytes: residentMb(store) * MIB }),
    SAMPLE_EVERY_MS,
  );
  return {
    end() {
      clearInterval(timer);
      return samples;
    },
  };
}
