import { HAND_COUNT_SHELF, type Product, type StockLevel } from '../../contracts/index.js';
import { noteSold } from './pace.js';
import type { StockEntry, StockState } from './state.js';

/** A level that is new, and the one that was told before. */
export interface StockChange {
  readonly level: StockLevel;
  readonly before: number | null;
}
/** Beyond it the oldest movements are folded into the feed or the readings. */
const SALES_HELD = 256;

/** Pieces on hand, `null` while nothing ever said how many there were. */
export function stockOf(state: StockState, sku: string): number | null {
  const entry = state.entries.get(sku);
  return entry === undefined ? null : levelOf(entry);
}

/** When something last spoke of it: shelf, till or feed. */
export const spokenMsOf = (entry: StockEntry | undefined): number | undefined =>
  entry?.spokenMs ?? entry?.feed?.[1];

export function takeFeed(state: StockState, product: Product, nowMs: number): StockChange | undefined {
  if (product.startStock === undefined) return undefined;
  const entry = entryOf(state, product.sku);
  if (entry.feedSaid === product.startStock) return undefined;
  entry.feedSaid = product.startStock;
  entry.feed = [product.startStock, nowMs];
  entry.soldSinceFeed = 0;
  entry.spokenMs = nowMs;
  // A person's count stands until the next delivery says otherwise; a shelf that weighs stays the better witness.
  entry.shelves = entry.shelves.filter(([shelf]) => shelf !== HAND_COUNT_SHELF);
  return changed(product.sku, entry, 'feed');
}

/** A shelf counted or weighed. Weight needs the product's weight of one piece. */
export function takeReading(
  state: StockState,
  reading: { shelf: string; sku: string; count: number; atMs: number },
): StockChange | undefined {
  const entry = entryOf(state, reading.sku);
  const before = entry.shelves.find(([shelf]) => shelf === reading.shelf);
  if (before !== undefined && before[2] > reading.atMs) return undefined;
  if (before === undefined) entry.shelves.push([reading.shelf, reading.count, reading.atMs]);
  else [before[1], before[2]] = [reading.count, reading.atMs];
  entry.spokenMs = Math.max(entry.spokenMs ?? 0, reading.atMs);
  const [, baseMs] = baseOf(entry);
  entry.sales = entry.sales.filter(([atMs]) => atMs > baseMs);
  return changed(reading.sku, entry, 'shelf');
}

/** Pieces that left (or, negative, came back) through the till. Products that nobody counts are not followed. */
export function takeSale(
  state: StockState,
  sale: { sku: string; pieces: number; atMs: number },
): StockChange | undefined {
  const entry = state.entries.get(sale.sku);
  if (entry === undefined || sale.pieces === 0) return undefined;
  entry.sales.push([sale.atMs, sale.pieces]);
  noteSold(entry, sale);
  if (entry.sales.length > SALES_HELD) foldOldest(entry);
  return changed(sale.sku, entry, 'till');
}

function entryOf(state: StockState, sku: string): StockEntry {
  let entry = state.entries.get(sku);
  if (entry === undefined) {
    entry = { feed: null, feedSaid: null, shelves: [], sales: [], told: null };
    state.entries.set(sku, entry);
  }
  return entry;
}

/** Shelves are what a person can take; the feed counts only until a shelf has spoken. */
function levelOf(entry: StockEntry): number | null {
  const [count, baseMs] = baseOf(entry);
  if (count === null) return null;
  let left = count;
  // A shelf that speaks in the very millisecond of a sale has already lost the piece; a feed has not.
  const fromMs = entry.shelves.length === 0 ? baseMs : baseMs + 1;
  for (const [atMs, pieces] of entry.sales) if (atMs >= fromMs) left -= pieces;
  return Math.floor(left + 1e-9);
}

function baseOf(entry: StockEntry): [count: number | null, atMs: number] {
  if (entry.shelves.length === 0) return entry.feed ?? [null, 0];
  let count = 0;
  let atMs = 0;
  for (const [, pieces, readMs] of entry.shelves) {
    count += pieces;
    atMs = Math.max(atMs, readMs);
  }
  return [count, atMs];
}

/** Keep memory bounded: what is older than the base is settled, of the rest the oldest goes into the base. */
function foldOldest(entry: StockEntry): void {
  const [, baseMs] = baseOf(entry);
  entry.sales.sort((left, right) => left[0] - right[0]);
  const [oldest] = entry.sales.splice(0, 1);
  if (oldest === undefined || oldest[0] <= baseMs) return;
  const shelf = entry.shelves[0];
  if (shelf !== undefined) shelf[1] -= oldest[1];
  else if (entry.feed !== null) entry.feed[0] -= oldest[1];
}

function changed(sku: string, entry: StockEntry, source: StockLevel['source']): StockChange | undefined {
  const count = levelOf(entry);
  if (count === null || count === entry.told) return undefined;
  const before = entry.told;
  entry.told = count;
  return { level: { sku, count, source, soldOut: count <= 0 }, before };
}
