import type { Figure } from '../figures.js';
import { startEndcap } from './endcap.js';
import { highestHeld, isHeld, measure } from './held.js';
import type { Heard } from './load.js';
import { type Peer, startBare, startNodeRed } from './peers.js';

const STARTS = { endcap: startEndcap, 'node-red': startNodeRed, bare: startBare } as const;
type Name = keyof typeof STARTS;
const NAMES = Object.keys(STARTS) as Name[];
const PEERS = NAMES.filter((name) => name !== 'endcap');
const RATES = { '5k': 5_000, '10k': 10_000, '20k': 20_000, '30k': 30_000 };
/** Up to here Endcap may be no slower than Node-RED, or than this. */
const [PROMISED_PER_SECOND, PROMISED_P99_MS] = [20_000, 20];
const [OF_NODE_RED, OF_BARE] = [1.5, 0.7];
const REPEATS = 3;
const WARM_UP_S = 5;
const MEASURED_S = Number(process.env['ENDCAP_BENCH_SECONDS'] ?? 20);
/** Enough to see a queue that grows: the rate is looked for in some ten of these. */
const SEARCH_S = 8;

/**
 * Sighting published to decision heard, QoS 1 both ways, 8 clients: Endcap, Node-RED before Mosquitto and the bare
 * path, repeats in turn, medians; and the highest rate that each holds. ENDCAP_BENCH_ONLY names one of them.
 */
export async function ingest(): Promise<readonly Figure[]> {
  const only = process.env['ENDCAP_BENCH_ONLY'];
  const names = NAMES.filter((name) => only === undefined || name === only);
  const runs: Runs = new Map();
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    for (const [rate, perSecond] of Object.entries(RATES)) {
      for (const name of names) {
        const order = { perSecond, warmUpS: WARM_UP_S, measuredS: MEASURED_S };
        const one = await withPeer(name, ({ place }) => measure(place, order));
        process.stderr.write(`${rate} ${name}: ${JSON.stringify(one)}\n`);
        runs.set(`${rate} ${name}`, [...(runs.get(`${rate} ${name}`) ?? []), one]);
      }
    }
  }
  const held = new Map<Name, number>();
  for (const name of names) held.set(name, await heldBy(name));
  return [...Object.keys(RATES).flatMap((rate) => ratedFigures(rate, runs)), ...heldFigures(held)];
}

type Runs = Map<string, Heard[]>;

async function withPeer<T>(name: Name, work: (peer: Peer) => Promise<T>): Promise<T> {
  const peer = await STARTS[name]();
  try {
    return await work(peer);
  } finally {
    await peer.stop();
  }
}

function heldBy(name: Name): Promise<number> {
  return highestHeld(async (perSecond) => {
    const order = { perSecond, warmUpS: WARM_UP_S, measuredS: SEARCH_S };
    const one = await withPeer(name, ({ place }) => measure(place, order));
    process.stderr.write(`held ${name} ${perSecond}: ${JSON.stringify(one)}\n`);
    return isHeld(one, perSecond);
  });
}

/** A line for each peer beside Endcap's own; figures without a peer are for information. */
function ratedFigures(rate: string, runs: Runs): Figure[] {
  const of = (name: Name): readonly Heard[] => runs.get(`${rate} ${name}`) ?? [];
  const mine = of('endcap');
  if (mine.length === 0) return PEERS.flatMap((peer) => summary(rate, of(peer), peer));
  const nodeRedMs = median(of('node-red').map(({ p99 }) => p99));
  const promised = RATES[rate as keyof typeof RATES] <= PROMISED_PER_SECOND;
  const most = Number.isNaN(nodeRedMs) ? PROMISED_P99_MS : Math.max(nodeRedMs, PROMISED_P99_MS);
  const compared = PEERS.flatMap((peer): Figure[] => {
    const theirs = of(peer);
    if (theirs.length === 0) return [];
    return [
      {
        ...figure(rate, 'p99_ms', median(mine.map(({ p99 }) => p99)), 'ms'),
        ...(promised && peer === 'node-red' ? { limit: { most } } : {}),
        ...{ peer, peerValue: median(theirs.map(({ p99 }) => p99)) },
      },
      {
        ...figure(rate, 'lost', worst(mine, 'lost'), 'events'),
        ...{ limit: { most: 0 }, peer, peerValue: worst(theirs, 'lost') },
      },
    ];
  });
  return [...compared, ...summary(rate, mine), ...PEERS.flatMap((peer) => summary(rate, of(peer), peer))];
}

function summary(rate: string, runs: readonly Heard[], peer?: Name): Figure[] {
  if (runs.length === 0) return [];
  const name = peer === undefined ? rate : `${rate}, ${peer}`;
  const p99s = runs.map(({ p99 }) => p99);
  return [
    figure(name, 'p50', median(runs.map(({ p50 }) => p50)), 'ms'),
    figure(name, 'p99, median of three', median(p99s), 'ms'),
    figure(name, 'p99, worst of three', Math.max(...p99s), 'ms'),
    figure(name, 'sent', Math.min(...runs.map(({ rate: sent }) => sent)), '1/s'),
    figure(name, 'heard twice', worst(runs, 'twice'), 'events'),
  ];
}

function heldFigures(held: ReadonlyMap<Name, number>): Figure[] {
  const mine = held.get('endcap');
  const least = (peer: Name, theirs: number): number => (peer === 'bare' ? OF_BARE : OF_NODE_RED) * theirs;
  if (mine === undefined) {
    return [...held].map(([peer, value]) => figure(`held, ${peer}`, 'per_s', value, '1/s'));
  }
  const compared = PEERS.flatMap((peer): Figure[] => {
    const theirs = held.get(peer);
    if (theirs === undefined) return [];
    return [
      {
        ...figure('held', 'per_s', mine, '1/s'),
        limit: { least: least(peer, theirs) },
        peer,
        peerValue: theirs,
      },
    ];
  });
  return compared.length > 0 ? compared : [figure('held', 'per_s', mine, '1/s')];
}

const figure = (name: string, metric: string, value: number, unit: string): Figure => ({
  ...{ bench: 'ingest', case: name, metric, value, unit },
});

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const worst = (runs: readonly Heard[], of: 'lost' | 'twice'): number =>
  Math.max(...runs.map((run) => run[of]));
