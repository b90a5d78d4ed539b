import { HOUR_MS, MINUTE_MS } from '../time.js';
import type { StockEntry } from './state.js';

/** Hours of sales held, and those that a forecast looks at. */
const HOURS_HELD = 8;
const HOURS_LOOKED_AT = 3;
/** Fewer pieces than this say nothing about the next hour. */
const PIECES_MIN = 4;

const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS);

/** Count a sale for the pace and against the delivery. Returns take pieces back. */
export function noteSold(entry: StockEntry, sale: { pieces: number; atMs: number }): void {
  if (entry.feed === null || sale.atMs >= entry.feed[1]) {
    entry.soldSinceFeed = (entry.soldSinceFeed ?? 0) + sale.pieces;
  }
  entry.spokenMs = Math.max(entry.spokenMs ?? 0, sale.atMs);
  const hours = entry.soldHours ?? [];
  entry.soldHours = hours;
  const hour = hourOf(sale.atMs);
  const row = hours.find(([known]) => known === hour);
  if (row === undefined) hours.push([hour, sale.pieces]);
  else row[1] += sale.pieces;
  if (hours.length <= HOURS_HELD) return;
  hours.sort((left, right) => left[0] - right[0]);
  hours.shift();
}

/** Pieces sold in the last hours, the running one included, and for how many hours that is. */
export function soldLately(entry: StockEntry, atMs: number): { pieces: number; hours: number } {
  const hour = hourOf(atMs);
  const first = hour - HOURS_LOOKED_AT + 1;
  const rows = (entry.soldHours ?? []).filter(([known]) => known >= first && known <= hour);
  const pieces = rows.reduce((sum, [, sold]) => sum + sold, 0);
  const hours = HOURS_LOOKED_AT - 1 + (atMs % HOUR_MS) / HOUR_MS;
  return { pieces, hours: Math.round(hours * 10) / 10 };
}

/** Minutes until it is gone at the pace of the last hours; `undefined` below the minimum sample. */
export function lastsMinutes(entry: StockEntry, level: number, atMs: number): number | undefined {
  const { pieces, hours } = soldLately(entry, atMs);
  if (level <= 0 || pieces < PIECES_MIN || hours <= 0) return undefined;
  return Math.round(((level / pieces) * hours * HOUR_MS) / MINUTE_MS);
}
