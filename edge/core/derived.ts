import type { Campaign, ListeningNode, Product, Screen, StorePolicy } from '../contracts/index.js';
import { createStrongestZone, type ZoneEstimator } from './presence/estimator.js';
import type { CoreState } from './state.js';
import { createZoneClock, SECOND_MS, type ZoneClock } from './time.js';

/** Look-up tables made from the state; never part of it, so a restored core rebuilds them. */
export interface Derived {
  clock: ZoneClock;
  estimator: ZoneEstimator;
  nodes: ReadonlyMap<string, ListeningNode>;
  zoneNames: ReadonlyMap<string, string>;
  screens: readonly Screen[];
  /** Coupon campaigns by zone; `''` holds those for zones without any of their own. */
  coupons: ReadonlyMap<string, readonly Campaign[]>;
  displays: readonly Campaign[];
  /** Hint campaigns by zone, likewise. */
  hints: ReadonlyMap<string, readonly Campaign[]>;
  /** Products of each campaign in catalogue order. */
  productsOf: ReadonlyMap<string, ProductSet>;
  byCategory: ReadonlyMap<string, readonly Product[]>;
  /** Zone → stays in ms, ascending, at which a dwell is told. */
  dwells: ReadonlyMap<string, readonly number[]>;
  /** Zone → who is in it now. */
  readonly occupants: Map<string, Set<string>>;
  /** Comparison-group draws already made, by seed, shopper and campaign. */
  readonly rolls: Map<string, number>;
  /** sid → coupon ids, live ones. */
  readonly couponsOf: Map<string, Set<string>>;
}

export interface ProductSet {
  readonly list: readonly Product[];
  readonly skus: ReadonlySet<string>;
}

/** A dwell is told at this stay even where no campaign waits for one. */
const DWELL_DEFAULT_MS = 10 * SECOND_MS;
const DWELLS_MAX = 8;
const PRESENCE_DEFAULT = { confirmS: 2, forgetS: 45, hysteresisDb: 4, smoothingS: 3, minRssi: -95 };

export function createDerived(state: CoreState): Derived {
  const derived: Derived = {
    clock: createZoneClock('UTC'),
    estimator: createStrongestZone(PRESENCE_DEFAULT, new Map()),
    nodes: new Map(),
    zoneNames: new Map(),
    screens: [],
    coupons: new Map(),
    displays: [],
    hints: new Map(),
    productsOf: new Map(),
    byCategory: new Map(),
    dwells: new Map(),
    occupants: new Map(),
    rolls: new Map(),
    couponsOf: new Map(),
  };
  if (state.setup.policy !== null) derivePolicy(derived, state.setup.policy);
  deriveCampaigns(derived, state);
  for (const [key, visitor] of state.presence.visitors) {
    if (visitor.zone !== '') occupantsOf(derived, visitor.zone).add(key);
  }
  for (const coupon of state.coupons.live.values()) couponIdsOf(derived, coupon.sid).add(coupon.couponId);
  return derived;
}

export function derivePolicy(derived: Derived, policy: StorePolicy): void {
  derived.clock = createZoneClock(policy.store.timeZone);
  derived.nodes = new Map(policy.nodes.map((node) => [node.id, node]));
  derived.estimator = createStrongestZone(policy.presence, derived.nodes);
  derived.zoneNames = new Map(policy.zones.map((zone) => [zone.id, zone.name]));
  derived.screens = policy.screens;
}

export function deriveCampaigns(derived: Derived, state: CoreState): void {
  const live = [...state.campaigns.campaigns.values()]
    .filter(({ withdrawn }) => withdrawn !== true)
    // Nothing may depend on the order in which campaigns arrived.
    .sort((left, right) => (left.id < right.id ? -1 : 1));
  const byCategory = new Map<string, Product[]>();
  for (const product of state.campaigns.products.values()) listIn(byCategory, product.category).push(product);
  derived.byCategory = byCategory;
  derived.productsOf = new Map(
    live.map((campaign) => [campaign.id, productsOf(campaign, state, byCategory)]),
  );
  derived.displays = live.filter(({ kind }) => kind === 'display');
  derived.hints = byZoneOf(
    derived,
    live.filter(({ kind }) => kind === 'hint'),
  );
  deriveCoupons(
    derived,
    live.filter(({ kind }) => kind === 'coupon'),
  );
}

/** Campaigns of each zone; `''` for zones without any of their own. */
function byZoneOf(
  derived: Derived,
  campaigns: readonly Campaign[],
): ReadonlyMap<string, readonly Campaign[]> {
  const zones = new Set([
    '',
    ...derived.zoneNames.keys(),
    ...campaigns.flatMap(({ where }) => where.zones ?? []),
  ]);
  const isFor =
    (zone: string) =>
    ({ where }: Campaign) =>
      where.zones === undefined || where.zones.includes(zone);
  return new Map([...zones].map((zone) => [zone, campaigns.filter(isFor(zone))]));
}

function deriveCoupons(derived: Derived, coupons: readonly Campaign[]): void {
  const byZone = byZoneOf(derived, coupons);
  const dwells = new Map<string, readonly number[]>();
  for (const [zone, here] of byZone) {
    const stays = here.map(({ trigger }) => (trigger?.dwellS ?? 0) * SECOND_MS).filter((stay) => stay > 0);
    const sorted = [...new Set([DWELL_DEFAULT_MS, ...stays])].sort((left, right) => left - right);
    dwells.set(zone, sorted.slice(0, DWELLS_MAX));
  }
  derived.coupons = byZone;
  derived.dwells = dwells;
}

function productsOf(
  campaign: Campaign,
  state: CoreState,
  byCategory: ReadonlyMap<string, readonly Product[]>,
): ProductSet {
  const { skus, category } = campaign.products;
  const { products } = state.campaigns;
  let list: readonly Product[];
  if (skus !== undefined) {
    list = skus.flatMap((sku) => products.get(sku) ?? []);
    if (category !== undefined) list = list.filter((product) => product.category === category);
  } else list = category === undefined ? [...products.values()] : (byCategory.get(category) ?? []);
  return { list, skus: new Set(list.map(({ sku }) => sku)) };
}

function listIn<T>(map: Map<string, T[]>, key: string): T[] {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
}

export function occupantsOf(derived: Derived, zone: string): Set<string> {
  let occupants = derived.occupants.get(zone);
  if (occupants === undefined) {
    occupants = new Set();
    derived.occupants.set(zone, occupants);
  }
  return occupants;
}

export function couponIdsOf(derived: Derived, sid: string): Set<string> {
  let ids = derived.couponsOf.get(sid);
  if (ids === undefined) {
    ids = new Set();
    derived.couponsOf.set(sid, ids);
  }
  return ids;
}
