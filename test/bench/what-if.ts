import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Campaign, JournalledEvent } from '../../edge/contracts/index.js';
import type { SideBySide } from '../../edge/core/index.js';
import { newCore } from '../core/support/core.js';
import type { DayOptions } from '../replay/day-builder.js';
import { DAY_CAMPAIGNS } from '../replay/day-store.js';
import { writeDay } from '../support/past-day.js';
import { openPastStore } from '../support/past-store.js';
import { prepareStore, type RunningStore, startStoreIn } from '../support/store.js';
import { until } from '../support/until.js';
import { quantile } from './compare.js';
import type { Figure } from './figures.js';
import { plainComparison } from './made/plain-comparison.js';
import { residentMb } from './process-cost.js';

const ROUNDS = 3;
const EVENTS = Number(process.env['ENDCAP_BENCH_EVENTS'] ?? 1_000_000);
/** So many from the beginning are run again without the product's comparison. */
const CHECKED_EVENTS = 40_000;
const PROBE = resolve('test/bench/loop-probe.mjs');
const DAY_MS = 86_400_000;
const ASK_EVERY_MS = 10;
const STALL_MS_MAX = 200;

/** Yesterday from eight to nine: half of the visitors are known, and each stays about ten minutes. */
function yesterday(events: number): DayOptions {
  const share = events / 1_000_000;
  return {
    ...{ seed: 20_261_130, openMs: Math.floor(Date.now() / DAY_MS) * DAY_MS - 17 * 3_600_000, hours: 13 },
    ...{ shoppers: Math.ceil(1_250 * share), strangers: Math.ceil(1_250 * share), trips: 1 },
    ...{ stayS: [40, 240], heardEveryS: 2, tickEveryS: 10, trouble: true },
  };
}

interface Round {
  readonly seconds: number;
  readonly result: SideBySide;
  /** Of /healthz meanwhile, ms. */
  readonly health: readonly number[];
  readonly stallMs: number;
}

/** A million events of a store day under a changed campaign, asked of the running store. */
export async function whatIf(): Promise<readonly Figure[]> {
  const directory = prepareStore();
  const checked: JournalledEvent[] = [];
  const day = yesterday(EVENTS);
  const past = await openPastStore(directory, day.openMs);
  const hear = (event: JournalledEvent): void =>
    void (checked.length < CHECKED_EVENTS && checked.push(event));
  const written = await writeDay(past, newCore(), day, { hear });
  await past.close();
  const store = await startStoreIn(directory, { environment: { NODE_OPTIONS: `--import=${PROBE}` } });
  try {
    await checkSmall(store, checked);
    const untilTime = new Date(day.openMs + day.hours * 3_600_000 + 3_600_000).toISOString();
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push(await ask(store, { campaigns: [changedDiscount()], until: untilTime }));
    const resident = residentMb(store);
    const same = await ask(store, { campaigns: [...DAY_CAMPAIGNS.filter(isUntouched)], until: untilTime });
    return figuresOf({ rounds, same, resident, rows: written.inputs + written.outputs });
  } finally {
    await store.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Nobody touches it in the course of that day. */
const isUntouched = ({ id }: Campaign): boolean =>
  id === 'favourite-beverages' || id === 'screen-first-beverages';
const beverages = DAY_CAMPAIGNS.find(({ id }) => id === 'favourite-beverages') as Campaign;
const changedDiscount = (): Campaign => ({ ...beverages, discount: { percent: 30 } });
const changedCap = (): Campaign => ({
  ...beverages,
  caps: { ...beverages.caps, perShopperDay: 1, perStoreDay: 3 },
});

/** What must follow is worked out by two plain cores; throws where the store says anything else. */
async function checkSmall(store: RunningStore, events: readonly JournalledEvent[]): Promise<void> {
  const last = events.at(-1)?.event.recordedtime ?? '';
  const within = events.filter(({ event }) => event.recordedtime < last);
  for (const campaign of [changedDiscount(), changedCap()]) {
    const { result } = await ask(store, { campaigns: [campaign], until: last });
    const plain = plainComparison(within, campaign);
    assert.ok(plain.differences > 0, `${campaign.id} changes nothing in ${within.length} events`);
    const { events: count, before, after, differences } = result;
    assert.deepEqual({ events: count, before, after, differences }, plain);
  }
}

async function ask(store: RunningStore, body: object): Promise<Round> {
  let asking = true;
  const health = askHealth(store, () => asking);
  await loopSince(store);
  const startedMs = performance.now();
  const answer = await store.call('/v1/simulate', { method: 'POST', body: JSON.stringify(body) });
  const result = (await answer.json()) as SideBySide;
  const seconds = (performance.now() - startedMs) / 1_000;
  asking = false;
  if (!answer.ok) throw new Error(`what-if: ${answer.status} ${JSON.stringify(result)}`);
  return { seconds, result, health: await health, stallMs: (await loopSince(store)).worst };
}

async function askHealth(store: RunningStore, goOn: () => boolean): Promise<readonly number[]> {
  const times: number[] = [];
  while (goOn()) {
    const startedMs = performance.now();
    await (await store.call('/healthz')).arrayBuffer();
    times.push(performance.now() - startedMs);
    await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
  }
  return times;
}

/** How long the store's loop was held at most since the last question. */
async function loopSince(store: RunningStore): Promise<{ worst: number }> {
  const lines = (): string[] => store.output().match(/^loop .*$/gm) ?? [];
  const before = lines().length;
  store.process.kill('SIGUSR2');
  const said = await until(() => lines()[before], { withinMs: 5_000, what: 'the probe of the event loop' });
  return JSON.parse(said.slice('loop '.length)) as { worst: number };
}

function figuresOf(run: { rounds: readonly Round[]; same: Round; resident: number; rows: number }): Figure[] {
  const { rounds, same, resident, rows } = run;
  const figure = (metric: string, value: number, unit: string, limit?: Figure['limit']): Figure => ({
    ...{ bench: 'whatif', case: 'a store day, another discount', metric, value, unit },
    ...(limit === undefined ? {} : { limit }),
  });
  const seconds = rounds.map((round) => round.seconds);
  const health = rounds.flatMap((round) => round.health);
  const [first] = rounds as [Round];
  return [
    figure('events compared', first.result.events, 'events', { least: EVENTS }),
    figure('rows of the day', rows, 'rows'),
    figure('median', quantile(seconds, 0.5), 's'),
    figure('worst', Math.max(...seconds), 's', { most: 30 }),
    figure('differences', first.result.differences, 'decisions', { least: 1 }),
    figure('differences under the same campaigns', same.result.differences, 'decisions', { most: 0 }),
    figure('/healthz meanwhile, p99', quantile(health, 0.99), 'ms', { most: STALL_MS_MAX }),
    figure('/healthz meanwhile, worst', Math.max(...health), 'ms'),
    figure('longest stall of the event loop', Math.max(...rounds.map(({ stallMs }) => stallMs)), 'ms', {
      most: STALL_MS_MAX,
    }),
    figure('resident afterwards', resident, 'MB'),
  ];
}
