import type { ChildProcess } from 'node:child_process';
import { type ListenOrder, listenElsewhere, orderFor } from '../support/listeners.js';
import { figuresOf } from '../support/metrics.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';
import { compared } from './compare.js';
import { type Crowd, createCrowd, type Latencies, MEASURED, WALL_SCREENS } from './crowd.js';
import type { Figure } from './figures.js';
import { type Cost, costFigures, startCost } from './process-cost.js';

const REPEATS = 5;
const MEASURED_S = Number(process.env['ENDCAP_BENCH_SECONDS'] ?? 6);
/** Each with a subscriber, a screen and a stream. */
const FROZEN = 3;
const SLOW_SUBSCRIBERS = 'endcap_slow_listeners{channel="mqtt"}';

interface Window {
  readonly latencies: Latencies;
  readonly cost: Cost;
}

/**
 * What the others notice of frozen listeners: a shelf's reading to the decision heard, and a sighting to its
 * acknowledgement, without anybody frozen and from when bytes wait for three frozen processes, in turn, on one store.
 */
export async function slow(): Promise<readonly Figure[]> {
  const wall = Array.from({ length: WALL_SCREENS }, (_, n) => `  - { id: wall-${n}, zone: beverages }\n`);
  const store = await startStore({
    change: (yaml) => yaml.replace('screens:\n', `screens:\n${wall.join('')}`),
  });
  let frozen: ChildProcess[] = [];
  try {
    const crowd = await createCrowd(store);
    const orders: ListenOrder[] = [];
    for (let n = 0; n < FROZEN; n += 1) orders.push(await orderFor(store, `frozen-${n}`, `wall-${n}`));
    await crowd.measure(3);
    const [alone, beside]: [Window[], Window[]] = [[], []];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      frozen = await Promise.all(orders.map(listenElsewhere));
      for (const child of frozen) child.kill('SIGSTOP');
      const full = async (): Promise<boolean> => (await figuresOf(store))(SLOW_SUBSCRIBERS) === FROZEN;
      const flips = await crowd.fill(full);
      beside.push(await measured(store, crowd));
      await allCut(store, (repeat + 1) * FROZEN);
      await Promise.all(frozen.map(killed));
      // The same work before the same measurement, without anybody frozen.
      await crowd.fill(async (done) => done >= flips);
      alone.push(await measured(store, crowd));
    }
    await crowd.close();
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
  } finally {
    for (const child of frozen) child.kill('SIGKILL');
    await store.remove();
  }
}

async function measured(store: RunningStore, crowd: Crowd): Promise<Window> {
  const cost = startCost(store);
  return { latencies: await crowd.measure(MEASURED_S), cost: cost() };
}

/** A round in which the store did not cut them would not have measured what it says. */
async function allCut(store: RunningStore, cut: number): Promise<void> {
  await until(
    async () => {
      const figure = await figuresOf(store);
      return (
        figure('endcap_refusals_total{reason="Frozen",channel="mqtt"}') +
          figure('endcap_refusals_total{reason="PendingTooLarge",channel="mqtt"}') ===
          cut &&
        figure('endcap_refusals_total{reason="SlowConsumer",channel="http"}') === cut &&
        figure('endcap_sockets{namespace="/signage"}') === 1
      );
    },
    { withinMs: 20_000, everyMs: 250, what: `${cut} frozen processes to be cut` },
  );
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}
