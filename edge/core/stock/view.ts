import type { Product, StockNow } from '../../contracts/index.js';
import type { Derived } from '../derived.js';
import { screensShowing } from '../offers/view.js';
import type { CoreState } from '../state.js';
import { isoOf } from '../time.js';
import { lastsMinutes, soldLately } from './pace.js';
import { type StockEntry, stockOf } from './stock.js';

/** Every product of the catalogue with what is known of its pieces, in catalogue order. */
export function stockNow(state: CoreState, derived: Derived, atMs: number): readonly StockNow[] {
  const offeredBy = campaignsOf(derived);
  return [...state.campaigns.products.values()].map((product): StockNow => {
    const entry = state.stock.entries.get(product.sku);
    return {
      ...describe(product),
      ...(entry === undefined
        ? { shelves: [] }
        : levels(entry, { level: stockOf(state.stock, product.sku), atMs })),
      campaigns: offeredBy.get(product.sku) ?? [],
      screens: screensShowing(state, ({ offer }) => offer.sku === product.sku),
    };
  });
}

function describe(product: Product): Omit<StockNow, 'shelves' | 'campaigns' | 'screens'> {
  const { sku, name, size, category, zone, art, pieceName, priceMinor } = product;
  return {
    sku,
    name,
    category,
    priceMinor,
    ...(size === undefined ? {} : { size }),
    ...(zone === undefined ? {} : { zone }),
    ...(art === undefined ? {} : { art }),
    ...(pieceName === undefined ? {} : { pieceName }),
  };
}

function levels(
  entry: StockEntry,
  { level, atMs }: { level: number | null; atMs: number },
): Pick<
  StockNow,
  'level' | 'levelAt' | 'shelves' | 'feed' | 'inBack' | 'outSince' | 'sold' | 'lastsMinutes'
> {
  const { feed, shelves, soldSinceFeed, spokenMs, outSinceMs } = entry;
  const sold = soldLately(entry, atMs);
  const lasts = level === null ? undefined : lastsMinutes(entry, level, atMs);
  const inBack = inBackOf(entry, level);
  const at = spokenMs ?? feed?.[1];
  return {
    ...(level === null ? {} : { level }),
    ...(at === undefined ? {} : { levelAt: isoOf(at) }),
    shelves: shelves.map(([shelf, count, readMs]) => ({ shelf, count, at: isoOf(readMs) })),
    ...(feed === null ? {} : { feed: { count: feed[0], at: isoOf(feed[1]) } }),
    ...(inBack === undefined || soldSinceFeed === undefined ? {} : { inBack }),
    ...(outSinceMs === undefined ? {} : { outSince: isoOf(outSinceMs) }),
    ...(sold.pieces > 0 ? { sold } : {}),
    ...(lasts === undefined ? {} : { lastsMinutes: lasts }),
  };
}

/** What was delivered and neither sold nor stands on a shelf. Without a shelf that counts nobody can tell. */
function inBackOf({ feed, shelves, soldSinceFeed }: StockEntry, level: number | null): number | undefined {
  if (feed === null || shelves.length === 0 || level === null || soldSinceFeed === undefined)
    return undefined;
  return Math.max(0, Math.round(feed[0] - soldSinceFeed - Math.max(0, level)));
}

function campaignsOf(derived: Derived): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [campaign, { list }] of derived.productsOf) {
    for (const { sku } of list) found.set(sku, [...(found.get(sku) ?? []), campaign]);
  }
  return found;
}
