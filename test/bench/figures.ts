import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** One measured value; `limit` is what it has to keep, in its own unit. */
export interface Figure {
  readonly bench: string;
  readonly case: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: { readonly most?: number; readonly least?: number };
  /** Who did the same beside it in the same run, and what came of it. */
  readonly peer?: string;
  readonly peerValue?: number;
}

export interface Conditions {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly commit: string;
  /** Processes that wanted a core in the minute before: above the number of cores, figures are worse than they could be. */
  readonly load: number;
  readonly cores: number;
}

/** The pinned line of a figure. */
export function lineOf({ limit: _limit, ...figure }: Figure): string {
  const { peerValue } = figure;
  const beside = peerValue === undefined ? {} : { peerValue: rounded(peerValue) };
  return JSON.stringify({ ...figure, value: rounded(figure.value), ...beside });
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

export function keeps({ value, limit }: Figure): boolean {
  return (
    value <= (limit?.most ?? Number.POSITIVE_INFINITY) && value >= (limit?.least ?? Number.NEGATIVE_INFINITY)
  );
}

export function conditionsNow(): Conditions {
  const [first] = cpus();
  return {
    date: new Date().toISOString(),
    machine: `${cpus().length} × ${first?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 1024 ** 3)} GiB`,
    node: process.version,
    commit: commit(),
    cores: cpus().length,
    load: loadNow(),
  };
}

/** Processes that want a core, over the last minute. */
export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

function commit(): string {
  try {
    const hash = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
    const changed = execFileSync('git', ['status', '--porcelain', '--', 'edge'], { encoding: 'utf8' }).trim();
    return changed === '' ? hash : `${hash} with changes`;
  } catch {
    return 'unknown';
  }
}
