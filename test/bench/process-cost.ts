import { readFileSync } from 'node:fs';
import type { RunningStore } from '../support/store.js';
import { quantile } from './compare.js';
import type { Figure } from './figures.js';

/** Of /proc, a second; the same on every Linux that Node runs on. */
const CLOCK_TICKS = 100;

/** What a store took of the machine in one window of time. */
export interface Cost {
  /** Processor time of all threads, ms a second. Unlike a latency it bears a busy machine. */
  readonly processor: number;
  /** How long its main thread could have run and got no core, ms a second: where that is much, latencies say little. */
  readonly waited: number;
}

/** Call the result at the end of the window. */
export function startCost(store: RunningStore): () => Cost {
  const startedMs = performance.now();
  const [cpu, waited] = [cpuSeconds(store), waitedSeconds(store)];
  return () => {
    const seconds = (performance.now() - startedMs) / 1_000;
    return {
      processor: ((cpuSeconds(store) - cpu) * 1_000) / seconds,
      waited: ((waitedSeconds(store) - waited) * 1_000) / seconds,
    };
  };
}

/** Medians over the windows of one case. */
export function costFigures(bench: string, name: string, costs: readonly Cost[]): Figure[] {
  const median = (of: keyof Cost): number =>
    quantile(
      costs.map((cost) => cost[of]),
      0.5,
    );
  return [
    { bench, case: name, metric: 'processor', value: median('processor'), unit: 'ms/s' },
    { bench, case: name, metric: 'waited for a core', value: median('waited'), unit: 'ms/s' },
  ];
}

/** Processor time of the store so far, all threads, user and system. */
export function cpuSeconds(store: RunningStore): number {
  const stat = readFileSync(`/proc/${store.process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(stat[11]) + Number(stat[12])) / CLOCK_TICKS;
}

function waitedSeconds(store: RunningStore): number {
  const [, waitedNs] = readFileSync(`/proc/${store.process.pid}/schedstat`, 'utf8').split(' ');
  return Number(waitedNs) / 1e9;
}

/** Resident set of the store's process, from the kernel. */
export function residentMb(store: RunningStore): number {
  const status = readFileSync(`/proc/${store.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
