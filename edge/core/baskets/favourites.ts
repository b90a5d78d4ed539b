import { DAY_MS } from '../time.js';

/** [sku, weight in the units of `weightAt`, pieces bought, last bought at]. Heaviest first. */
export type Favourite = [sku: string, weight: number, bought: number, lastMs: number];

export interface FavouriteState {
  bySid: Map<string, Favourite[]>;
}

const HALF_LIFE_MS = 45 * DAY_MS;
/** Weights grow with time instead of decaying: sums stay plain additions and the order never has to be redone. */
const ORIGIN_MS = Date.UTC(2020, 0, 1);
const HELD_PER_SHOPPER = 64;

export function createFavouriteState(): FavouriteState {
  return { bySid: new Map() };
}

function weightAt(atMs: number): number {
  return 2 ** ((atMs - ORIGIN_MS) / HALF_LIFE_MS);
}

/** `pieces` is negative when a purchase is taken back. */
export function addPurchase(
  state: FavouriteState,
  sid: string,
  purchase: { sku: string; pieces: number; atMs: number },
): void {
  let favourites = state.bySid.get(sid);
  if (favourites === undefined) {
    favourites = [];
    state.bySid.set(sid, favourites);
  }
  // A case of 24 is one liking, not 24 of them.
  const liking = Math.sign(purchase.pieces) * weightAt(purchase.atMs);
  const times = Math.sign(purchase.pieces);
  const entry = favourites.find(([sku]) => sku === purchase.sku);
  if (entry === undefined) favourites.push([purchase.sku, liking, times, purchase.atMs]);
  else {
    entry[1] += liking;
    entry[2] += times;
    entry[3] = Math.max(entry[3], purchase.atMs);
  }
  favourites.sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1));
  const kept = favourites.filter(([, , bought]) => bought !== 0);
  if (kept.length > HELD_PER_SHOPPER) kept.length = HELD_PER_SHOPPER;
  state.bySid.set(sid, kept);
}

export function favouritesOf(state: FavouriteState, sid: string): readonly Favourite[] {
  return state.bySid.get(sid) ?? [];
}

/** 0 (never bought) to nearly 1 (often and lately). */
export function likingOf(favourite: Favourite, nowMs: number): number {
  const purchases = favourite[1] / weightAt(nowMs);
  return purchases <= 0 ? 0 : Math.round((purchases / (purchases + 1)) * 10_000) / 10_000;
}
