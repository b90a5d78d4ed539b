import type { Product, StockNow } from '../../contracts/index.js';
import type { Derived } from '../derived.js';
import { screenOfKey } from '../screens/state.js';
import type { CoreState } from '../state.js';
import { isoOf } from '../time.js';
import { lastsMinutes, soldLately } from './pace.js';
import type { StockEntry } from './state.js';
import { spokenMsOf, stockOf } from './stock.js';

type Row = { -readonly [Member in keyof StockNow]: StockNow[Member] };

/**
 * Every product of the catalogue with what is known of its pieces, in catalogue order. Rows are filled in member by
 * member: spreading costs several times as much, and a large shop has 20,000 of them.
 */
export function stockNow(state: CoreState, derived: Derived, atMs: number): readonly StockNow[] {
  const offeredBy = campaignsOf(derived);
  const shownOn = screensOf(state);
  const rows: StockNow[] = [];
  for (const product of state.campaigns.products.values()) {
    const { sku } = product;
    const row: Row = describe(product, offeredBy.get(sku) ?? NONE, shownOn.get(sku) ?? NONE);
    const entry = state.stock.entries.get(sku);
    if (entry !== undefined) addLevels(row, entry, { level: stockOf(state.stock, sku), atMs });
    rows.push(row);
  }
  return rows;
}

const NONE: readonly string[] = [];
const NO_SHELVES: StockNow['shelves'] = [];

function describe(product: Product, campaigns: readonly string[], screens: readonly string[]): Row {
  const { sku, name, size, category, zone, art, pieceName, priceMinor } = product;
  const row: Row = { sku, name, category, priceMinor, shelves: NO_SHELVES, campaigns, screens };
  if (size !== undefined) row.size = size;
  if (zone !== undefined) row.zone = zone;
  if (art !== undefined) row.art = art;
  if (pieceName !== undefined) row.pieceName = pieceName;
  return row;
}

function addLevels(
  row: Row,
  entry: StockEntry,
  { level, atMs }: { level: number | null; atMs: number },
): void {
  const { feed, shelves, soldSinceFeed, outSinceMs } = entry;
  const at = spokenMsOf(entry);
  if (level !== null) row.level = level;
  if (at !== undefined) row.levelAt = isoOf(at);
  if (shelves.length > 0)
    row.shelves = shelves.map(([shelf, count, readMs]) => ({ shelf, count, at: isoOf(readMs) }));
  if (feed !== null) row.feed = { count: feed[0], at: isoOf(feed[1]) };
  const inBack = inBackOf(entry, level);
  if (inBack !== undefined && soldSinceFeed !== undefined) row.inBack = inBack;
  if (outSinceMs !== undefined) row.outSince = isoOf(outSinceMs);
  const sold = soldLately(entry, atMs);
  if (sold.pieces > 0) row.sold = sold;
  const lasts = level === null ? undefined : lastsMinutes(entry, level, atMs);
  if (lasts !== undefined) row.lastsMinutes = lasts;
}

/** What was delivered and neither sold nor stands on a shelf. Without a shelf that counts nobody can tell. */
function inBackOf({ feed, shelves, soldSinceFeed }: StockEntry, level: number | null): number | undefined {
  if (feed === null || shelves.length === 0 || level === null || soldSinceFeed === undefined)
    return undefined;
  return Math.max(0, Math.round(feed[0] - soldSinceFeed - Math.max(0, level)));
}

function screensOf({ screens }: CoreState): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [key, { showing }] of screens.rows) {
    if (showing === null) continue;
    const { sku } = showing.offer;
    const screen = screenOfKey(key);
    const known = found.get(sku) ?? [];
    if (!known.includes(screen)) found.set(sku, [...known, screen]);
  }
  return found;
}

function campaignsOf(derived: Derived): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [campaign, { list }] of derived.productsOf) {
    for (const { sku } of list) found.set(sku, [...(found.get(sku) ?? []), campaign]);
  }
  return found;
}
