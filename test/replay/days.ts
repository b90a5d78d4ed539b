import { createHash } from 'node:crypto';
import type { StoreEvent } from '../../edge/contracts/index.js';
import { explainDecision } from '../../edge/core/index.js';
import type { DayOptions } from './day-builder.js';

/** Saturday 21 November 2026, 08:00 in Amsterdam. */
const OPEN_MS = Date.UTC(2026, 10, 21, 7, 0, 0);

/** More than 100,000 events; only its hash is kept. */
export const LARGE_DAY: DayOptions = {
  seed: 20_261_121,
  openMs: OPEN_MS,
  hours: 13,
  shoppers: 650,
  strangers: 400,
  heardEveryS: 3,
  tickEveryS: 10,
  trips: 4,
  trouble: true,
};

/** Short enough to read: half an hour of three shoppers who come twice, and a stranger. */
export const SMALL_DAY: DayOptions = {
  seed: 1,
  openMs: OPEN_MS + 2.9 * 3_600_000,
  hours: 0.5,
  shoppers: 3,
  strangers: 1,
  heardEveryS: 6,
  tickEveryS: 30,
  trips: 2,
  trouble: false,
};

export const DAYS_FOLDER = new URL('./days/', import.meta.url);

/** The first decision that differs, with both reason traces: what a reviewer wants to see first. */
export function firstDifference(left: readonly StoreEvent[], right: readonly StoreEvent[]): string {
  const at = left.findIndex((output, index) => JSON.stringify(output) !== JSON.stringify(right[index]));
  if (at >= 0) return [left[at], right[at]].map(trace).join('\n');
  return left.length === right.length ? 'none' : `one has ${left.length}, the other ${right.length}`;
}

function trace(output: StoreEvent | undefined): string {
  if (output?.type !== 'promo.decision') return JSON.stringify(output);
  return JSON.stringify(explainDecision(output as StoreEvent<'promo.decision'>), null, 1);
}

/** SHA-256 over the outputs, one JSON document a line. */
export function hashOf(outputs: readonly StoreEvent[]): string {
  const hash = createHash('sha256');
  for (const output of outputs) hash.update(`${JSON.stringify(output)}\n`);
  return hash.digest('hex');
}

export function toLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

export function fromLines<T>(text: string): T[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}
