import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startStore } from '../support/store.js';
import { until } from '../support/until.js';
import { boot } from './boot.js';
import type { Figure } from './figures.js';
import { ingest } from './ingest/bench.js';
import { link } from './link.js';
import { memory } from './memory.js';
import { pages } from './pages.js';
import { cpuSeconds, residentMb } from './process-cost.js';
import { screen } from './screen/bench.js';
import { slow } from './slow.js';
import { countLost, load } from './store-load.js';
import { whatIf } from './what-if.js';

export type Bench = () => Promise<readonly Figure[]>;

const ROUNDS = 3;

/** Publish to PUBACK at 10,000 sightings a second, and nothing acknowledged is missing afterwards: median of three. */
const ack: Bench = async () => {
  const rounds = [await ackOnce(), await ackOnce(), await ackOnce()];
  const first = rounds[0] as readonly Figure[];
  return first.flatMap(({ limit, ...figure }, at) => {
    const values = rounds.map((round) => round[at]?.value ?? Number.NaN).sort((a, b) => a - b);
    const [, median = Number.NaN, worst = Number.NaN] = values;
    const limited = limit === undefined ? {} : { limit };
    if (WORST_COUNTS.has(figure.metric)) return [{ ...figure, ...limited, value: worst }];
    const middle = { ...figure, ...limited, value: median };
    return figure.metric === 'p99'
      ? [middle, { ...figure, metric: 'p99, worst of three', value: worst }]
      : [middle];
  });
};
/** What must be nothing in every round, not in the middle one. */
const WORST_COUNTS = new Set(['unacknowledged', 'lost']);

async function ackOnce(): Promise<readonly Figure[]> {
  const store = await startStore();
  try {
    const order = { perSecond: 10_000, warmUpS: 5, measuredS: 20 };
    const cpuBefore = cpuSeconds(store);
    const result = await load(store, order);
    const cpu = cpuSeconds(store) - cpuBefore;
    const lost = await countLost(store, result);
    const figure = (metric: string, value: number, unit: string, limit?: Figure['limit']): Figure => ({
      ...{ bench: 'ack', case: 'sightings 10000/s, 8 clients', metric, value, unit },
      ...(limit === undefined ? {} : { limit }),
    });
    return [
      figure('p50', result.p50, 'ms'),
      figure('p99', result.p99, 'ms', { most: 20 }),
      figure('worst', result.worst, 'ms'),
      figure('sent', result.rate, '1/s', { least: 9_900 }),
      figure('unacknowledged', result.sent - result.acknowledged, 'events', { most: 0 }),
      figure('lost', lost, 'events', { most: 0 }),
      figure('processor', (cpu * 1e6) / result.sent, 'µs/event'),
      figure('resident', residentMb(store), 'MB'),
    ];
  } finally {
    await store.remove();
  }
}

/** From spawn of the built program to 200 on /readyz: median of three, on an empty folder and after a restart. */
const ready: Bench = async () => {
  const [empty, again]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedMs = performance.now();
    const store = await startStore();
    await until(async () => (await store.call('/readyz')).ok, { withinMs: 10_000, what: 'readyz' });
    empty.push(performance.now() - startedMs);
    await store.kill();
    const againMs = performance.now();
    const restarted = await store.restart();
    await until(async () => (await restarted.call('/readyz')).ok, { withinMs: 10_000, what: 'readyz' });
    again.push(performance.now() - againMs);
    await restarted.remove();
  }
  return [
    ...timesOf('ready', 'empty folder', empty, { most: 3_000 }),
    ...timesOf('ready', 'after kill -9', again, { most: 3_000 }),
  ];
};

/** From spawn of the built program with its simulator to the first coupon taken at a till. */
const story: Bench = async () => {
  const startedMs = performance.now();
  const store = await startStore({ simulate: true });
  try {
    const taken = async (): Promise<boolean> => {
      const answer = await store.call('/v1/stories?limit=200');
      const { stories } = (await answer.json()) as { stories: { state: string }[] };
      return stories.some(({ state }) => state === 'taken');
    };
    await until(taken, { withinMs: 120_000, everyMs: 200, what: 'a coupon taken' });
    const seconds = (performance.now() - startedMs) / 1000;
    return [
      {
        ...{ bench: 'story', case: 'demo store', metric: 'first story complete' },
        ...{ value: seconds, unit: 's', limit: { most: 30 } },
      },
    ];
  } finally {
    await store.remove();
  }
};

/** The whole Online Retail file through the built program. */
const replay: Bench = async () => {
  const file = join(resolve(process.env['ENDCAP_SHARED'] ?? '../shared'), 'data/pos/online_retail.csv.gz');
  if (!existsSync(file)) throw new Error(`needs ${file}: set ENDCAP_SHARED to the folder of the shared data`);
  const startedMs = performance.now();
  const store = await startStore({ parameters: ['--replay', file, '--speed', 'max'] });
  const readyMs = performance.now();
  try {
    const found = await until(() => /^lines\s{2,}([\d,]+)/m.exec(store.output()) ?? undefined, {
      withinMs: 300_000,
      everyMs: 50,
      what: 'the end of the replay',
      giveUp: () => (store.process.exitCode === null ? undefined : store.output()),
    });
    const seconds = (performance.now() - startedMs) / 1000;
    const lines = Number((found[1] ?? '').replaceAll(',', ''));
    const name = 'online retail at max';
    return [
      { bench: 'replay', case: name, metric: 'seconds', value: seconds, unit: 's', limit: { most: 60 } },
      {
        bench: 'replay',
        case: name,
        metric: 'lines',
        value: lines,
        unit: 'lines',
        limit: { least: 541_909 },
      },
      { bench: 'replay', case: name, metric: 'rate', value: lines / seconds, unit: '1/s' },
      { bench: 'replay', case: name, metric: 'until ready', value: (readyMs - startedMs) / 1000, unit: 's' },
      { bench: 'replay', case: name, metric: 'resident', value: residentMb(store), unit: 'MB' },
    ];
  } finally {
    await store.remove();
  }
};

export const BENCHES: Readonly<Record<string, Bench>> = {
  ack,
  ready,
  memory,
  replay,
  story,
  link,
  slow,
  pages,
  ingest,
  screen,
  boot,
  whatif: whatIf,
};

function timesOf(bench: string, name: string, times: readonly number[], limit: Figure['limit']): Figure[] {
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return [
    { bench, case: name, metric: 'median', value: median, unit: 'ms', ...(limit ? { limit } : {}) },
    { bench, case: name, metric: 'worst', value: sorted.at(-1) ?? Number.NaN, unit: 'ms' },
  ];
}
