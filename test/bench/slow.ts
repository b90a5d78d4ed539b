import { type RunningStore, startStore } from '../support/store.js';
import { compared } from './compare.js';
import { type Crowd, createCrowd, type Latencies, MEASURED, WALL_SCREENS } from './crowd.js';
import type { Figure } from './figures.js';
import {
  CUT_WITHIN_S,
  type Cut,
  FROZEN,
  FROZEN_EARS,
  type FrozenRound,
  freeze,
  frozenOrders,
} from './frozen.js';
import { type Cost, costFigures, startCost } from './process-cost.js';

const REPEATS = Number(process.env['ENDCAP_BENCH_REPEATS'] ?? 5);
const MEASURED_S = Number(process.env['ENDCAP_BENCH_SECONDS'] ?? 6);
const NOT_CUT = `not cut within ${CUT_WITHIN_S} s`;

interface Window {
  readonly latencies: Latencies;
  readonly cost: Cost;
}

/**
 * What the others notice of frozen listeners: a shelf's reading to the decision, the screen and the phone that show it,
 * and a sighting to its acknowledgement, without anybody frozen and from when bytes wait for three frozen processes, in
 * turn, on one store. The control has a store with the patience of an hour: it cuts nobody, and this must be seen.
 */
export async function slow(): Promise<readonly Figure[]> {
  return [
    ...(await onStore('limits: {}', promise)),
    ...(await onStore('limits: { patienceS: 3600 }', control)),
  ];
}

type Run = (store: RunningStore, crowd: Crowd) => Promise<readonly Figure[]>;

async function onStore(limits: string, run: Run): Promise<readonly Figure[]> {
  const wall = Array.from({ length: WALL_SCREENS }, (_, n) => `  - { id: wall-${n}, zone: beverages }\n`);
  const store = await startStore({
    change: (yaml) => yaml.replace('screens:\n', `screens:\n${wall.join('')}`).replace('limits: {}', limits),
  });
  try {
    const crowd = await createCrowd(store);
    const figures = await run(store, crowd);
    await crowd.close();
    return figures;
  } finally {
    await store.remove();
  }
}

async function promise(store: RunningStore, crowd: Crowd): Promise<readonly Figure[]> {
  const orders = await frozenOrders(store);
  await crowd.measure(3);
  const [alone, beside, cuts]: [Window[], Window[], Cut[]] = [[], [], []];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const flips = await during(await freeze(store, orders), async (frozen) => {
      const filled = await crowd.fill(frozen.full);
      beside.push(await measured(store, crowd));
      cuts.push(await frozen.untilCut());
      return filled;
    });
    // The same work before the same measurement, without anybody frozen.
    await crowd.fill(async (done) => done >= flips);
    alone.push(await measured(store, crowd));
  }
  return [...heardFigures(alone, beside), ...cutFigures(cuts)];
}

/** The same in every way but the patience, as far as it says who is cut. */
async function control(store: RunningStore, crowd: Crowd): Promise<readonly Figure[]> {
  const orders = await frozenOrders(store);
  const cut = await during(await freeze(store, orders), async (frozen) => {
    await crowd.fill(frozen.full);
    return frozen.untilCut();
  });
  const limit = { least: FROZEN_EARS };
  return [
    {
      bench: 'slow',
      case: 'control: a patience of an hour',
      metric: NOT_CUT,
      value: cut.left,
      unit: 'listeners',
      limit,
    },
  ];
}

/** Nobody stays frozen, whatever comes of it. */
async function during<T>(frozen: FrozenRound, work: (frozen: FrozenRound) => Promise<T>): Promise<T> {
  try {
    return await work(frozen);
  } finally {
    await frozen.end();
  }
}

async function measured(store: RunningStore, crowd: Crowd): Promise<Window> {
  const cost = startCost(store);
  return { latencies: await crowd.measure(MEASURED_S), cost: cost() };
}

function heardFigures(alone: readonly Window[], beside: readonly Window[]): readonly Figure[] {
  const heard = MEASURED.flatMap((who) =>
    compared('slow', [
      { name: `${who}, nobody frozen`, repeats: alone.map(({ latencies }) => latencies[who]) },
      { name: `${who}, ${FROZEN} frozen beside`, repeats: beside.map(({ latencies }) => latencies[who]) },
    ]),
  );
  const costs = (name: string, windows: readonly Window[]): Figure[] =>
    costFigures(
      'slow',
      name,
      windows.map(({ cost }) => cost),
    );
  return [
    ...heard,
    ...costs('store, nobody frozen', alone),
    ...costs(`store, ${FROZEN} frozen beside`, beside),
  ];
}

/** A round in which the store did not cut them has missed its promise, and measured what it says all the same. */
function cutFigures(cuts: readonly Cut[]): readonly Figure[] {
  const common = { bench: 'slow', case: `${FROZEN} frozen processes, ${FROZEN_EARS} listeners` };
  const left = cuts.reduce((sum, cut) => sum + cut.left, 0);
  const slowest = Math.max(...cuts.map(({ seconds }) => seconds));
  return [
    {
      ...common,
      metric: `all cut, slowest of ${cuts.length}`,
      value: slowest,
      unit: 's',
      limit: { most: CUT_WITHIN_S },
    },
    { ...common, metric: NOT_CUT, value: left, unit: 'listeners', limit: { most: 0 } },
  ];
}
