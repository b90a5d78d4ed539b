import type { Campaign, OfferNow, OfferProduct, OfferState, OfferTally } from '../../contracts/index.js';
import { priceUnder } from '../campaign/pricing.js';
import { nextEdgeMs, runsAt, windowEndMs } from '../campaign/schedule.js';
import type { Derived } from '../derived.js';
import { screenOfKey } from '../screens/state.js';
import type { CoreState } from '../state.js';
import { spokenMsOf, stockOf } from '../stock/stock.js';
import { isoOf, NEVER_MS, parseInstantMs } from '../time.js';
import { tallyOf } from './tally.js';

const PRODUCTS_SHOWN = 12;
/** Edges of hours that change nothing are passed over, a week of them at most. */
const EDGES_MAX = 200;

/** Every campaign that the store knows, those that run first. */
export function offersNow(state: CoreState, derived: Derived, atMs: number): readonly OfferNow[] {
  const out = couponsOut(state, atMs);
  const { day } = derived.clock.at(atMs);
  return [...state.campaigns.campaigns.values()]
    .map((campaign): OfferNow => {
      const set = derived.productsOf.get(campaign.id)?.list ?? [];
      const stops = [...state.campaigns.stops.values()].filter(
        ({ scope }) => scope === 'all' || scope.campaign === campaign.id,
      );
      const condition = conditionOf(campaign, derived, atMs);
      const stopped = stops.length > 0 && (condition.state === 'running' || condition.state === 'waiting');
      const held = out.get(campaign.id) ?? [0, 0];
      return {
        campaign,
        ...condition,
        ...(stopped ? { state: 'stopped' as const } : {}),
        stops,
        products: set.slice(0, PRODUCTS_SHOWN).map((product) => productOf(state, campaign, product)),
        productCount: set.length,
        screens: screensShowing(state, ({ campaign: id }) => id === campaign.id),
        today: tallyView(state, day, campaign.id),
        couponsOut: held[0],
        couponsOutMinor: held[1],
      };
    })
    .sort((left, right) => ORDER[left.state] - ORDER[right.state] || byName(left, right));
}

const ORDER: Readonly<Record<OfferState, number>> = {
  running: 0,
  stopped: 1,
  waiting: 2,
  ended: 3,
  withdrawn: 4,
};
const byName = (left: OfferNow, right: OfferNow): number =>
  left.campaign.name < right.campaign.name ? -1 : left.campaign.name > right.campaign.name ? 1 : 0;

/** By the campaign's own hours alone; stops come on top. */
function conditionOf(
  campaign: Campaign,
  derived: Derived,
  atMs: number,
): { state: OfferState; changesAt?: string } {
  const { when } = campaign;
  if (campaign.withdrawn === true) return { state: 'withdrawn' };
  if (when?.until !== undefined && atMs >= parseInstantMs(when.until)) {
    return { state: 'ended', changesAt: when.until };
  }
  if (runsAt(when, atMs, derived.clock.at(atMs))) {
    if (when?.until === undefined && when?.dayparts === undefined) return { state: 'running' };
    const end = when.dayparts === undefined ? parseInstantMs(when.until!) : undefined;
    return { state: 'running', changesAt: isoOf(end ?? windowEndMs(when, atMs, derived.clock)) };
  }
  const next = nextStartMs(campaign, derived, atMs);
  return { state: 'waiting', ...(next === undefined ? {} : { changesAt: isoOf(next) }) };
}

function nextStartMs({ when }: Campaign, derived: Derived, atMs: number): number | undefined {
  let edge = atMs;
  for (let tries = 0; tries < EDGES_MAX; tries += 1) {
    edge = nextEdgeMs(when, edge, derived.clock.at(edge));
    if (edge >= NEVER_MS) return undefined;
    if (runsAt(when, edge, derived.clock.at(edge))) return edge;
  }
  return undefined;
}

function productOf(
  state: CoreState,
  campaign: Campaign,
  product: { sku: string; name: string; art?: string; priceMinor: number },
): OfferProduct {
  const left = stockOf(state.stock, product.sku);
  const spokenMs = spokenMsOf(state.stock.entries.get(product.sku));
  return {
    sku: product.sku,
    name: product.name,
    ...(product.art === undefined ? {} : { art: product.art }),
    wasMinor: product.priceMinor,
    priceMinor: priceUnder(campaign.discount, product.priceMinor).priceMinor,
    ...(left === null ? {} : { left }),
    ...(spokenMs === undefined ? {} : { leftAt: isoOf(spokenMs) }),
  };
}

/** Ids of the screens whose offer fits. */
export function screensShowing(
  state: CoreState,
  fits: (showing: { campaign: string; offer: { sku: string } }) => boolean,
): readonly string[] {
  const screens = [...state.screens.rows].flatMap(([key, { showing }]) =>
    showing !== null && fits(showing) ? [screenOfKey(key)] : [],
  );
  return [...new Set(screens)];
}

function couponsOut(state: CoreState, atMs: number): ReadonlyMap<string, [count: number, minor: number]> {
  const out = new Map<string, [number, number]>();
  for (const { campaign, used, untilMs, discountMinor } of state.coupons.live.values()) {
    if (used !== undefined || untilMs <= atMs) continue;
    const sum = out.get(campaign) ?? [0, 0];
    out.set(campaign, [sum[0] + 1, sum[1] + discountMinor]);
  }
  return out;
}

function tallyView(state: CoreState, day: string, campaign: string): OfferTally {
  const row = tallyOf(state.offers, day, campaign);
  if (row === undefined) {
    return { made: 0, taken: 0, withheld: 0, refused: 0, reasons: [], turnoverMinor: 0, discountMinor: 0 };
  }
  const { reasons, ...sums } = row;
  const sorted = Object.entries(reasons).sort(
    ([left, many], [right, more]) => more - many || (left < right ? -1 : 1),
  );
  return { ...sums, reasons: sorted };
}
