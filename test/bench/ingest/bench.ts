import type { Figure } from '../figures.js';
import { HELD_P99_MS, highestHeld, isHeld, measure, placeOf } from './held.js';
import type { Heard } from './load.js';
import { type Peer, startBare, startNodeRed } from './peers.js';

const PEERS: Readonly<Record<string, () => Promise<Peer>>> = { bare: startBare, 'node-red': startNodeRed };
const RATES = { '5k': 5_000, '10k': 10_000, '20k': 20_000, '30k': 30_000 };
const REPEATS = 3;
const WARM_UP_S = 5;
const MEASURED_S = Number(process.env['ENDCAP_BENCH_SECONDS'] ?? 20);
/** Enough to see a queue that grows: the rate is looked for in some ten of these. */
const SEARCH_S = 8;

/**
 * What the peers of the ingest comparison do on this machine: sighting published to decision heard, QoS 1 both ways,
 * 8 clients, repeats in turn, median; and the highest rate that each holds.
 */
export async function peers(): Promise<readonly Figure[]> {
  const names = Object.keys(PEERS);
  const heard = new Map<string, Heard[]>();
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    for (const [name, perSecond] of Object.entries(RATES)) {
      for (const peer of names) {
        const one = await withPeer(peer, (place) =>
          measure(place, { perSecond, warmUpS: WARM_UP_S, measuredS: MEASURED_S }),
        );
        const key = `${peer} ${name}`;
        heard.set(key, [...(heard.get(key) ?? []), one]);
      }
    }
  }
  const figures = [...heard].flatMap(([name, repeats]) => figuresOf(name, repeats));
  for (const peer of names) figures.push(await heldBy(peer));
  return figures;
}

async function withPeer<T>(
  name: string,
  work: (place: ReturnType<typeof placeOf>) => Promise<T>,
): Promise<T> {
  const peer = await PEERS[name]!();
  try {
    return await work(placeOf(peer.mqttUrl, peer.decisionTopic));
  } finally {
    await peer.stop();
  }
}

async function heldBy(name: string): Promise<Figure> {
  const value = await highestHeld((perSecond) =>
    withPeer(name, async (place) =>
      isHeld(await measure(place, { perSecond, warmUpS: WARM_UP_S, measuredS: SEARCH_S }), perSecond),
    ),
  );
  return {
    bench: 'peers',
    case: `${name} held at p99 ≤ ${HELD_P99_MS} ms`,
    metric: 'per_s',
    value,
    unit: '1/s',
  };
}

function figuresOf(name: string, repeats: readonly Heard[]): Figure[] {
  const sorted = repeats.map(({ p99 }) => p99).sort((a, b) => a - b);
  const figure = (metric: string, value: number, unit: string): Figure => ({
    ...{ bench: 'peers', case: name, metric, value, unit },
  });
  return [
    figure('p99_ms', sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, 'ms'),
    figure('p99_ms, worst of three', sorted.at(-1) ?? Number.NaN, 'ms'),
    figure('lost', Math.max(...repeats.map(({ lost }) => lost)), 'events'),
    figure('sent', Math.min(...repeats.map(({ rate }) => rate)), '1/s'),
  ];
}
