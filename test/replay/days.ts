import { createHash } from 'node:crypto';
import type { StoreEvent } from '../../edge/contracts/index.js';
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
  trips: 4,
  trouble: true,
};

/** Short enough to read: one morning hour of three shoppers. */
export const SMALL_DAY: DayOptions = {
  seed: 7,
  openMs: OPEN_MS,
  hours: 0.2,
  shoppers: 3,
  strangers: 1,
  heardEveryS: 4,
  trips: 1,
  trouble: false,
};

export const DAYS_FOLDER = new URL('./days/', import.meta.url);

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
