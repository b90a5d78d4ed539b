import { createMemo } from '../../contracts/index.js';
import type { CouponSlice, Hold } from './state.js';

const IDS_HELD = 4_096;
/** An id as JSON; the same few thousand are asked for with each decision. */
const quoted = createMemo(IDS_HELD, (id) => JSON.stringify(id));

/** Live offers of a shopper, those of the comparison group included. */
export function heldBy(slice: CouponSlice, sid: string, nowMs: number): readonly Hold[] {
  return slice.holds.get(sid)?.filter((hold) => hold.untilMs > nowMs) ?? [];
}

export function hold(slice: CouponSlice, sid: string, held: Hold, nowMs: number): void {
  slice.holds.set(sid, [...heldBy(slice, sid, nowMs), held]);
}

/** A taken coupon no longer stands in the way of another. */
export function letGo(slice: CouponSlice, sid: string, couponId: string): void {
  const left = slice.holds.get(sid)?.filter((held) => held.couponId !== couponId) ?? [];
  if (left.length === 0) slice.holds.delete(sid);
  else slice.holds.set(sid, left);
}

type Who = { readonly sid: string; readonly day: string };

/** Offers made of a campaign: to the shopper today and ever, in the store today and ever. */
export function madeOf(
  slice: CouponSlice,
  campaign: string,
  who: Who,
): readonly [number, number, number, number] {
  const [shopperDay, shopper, storeDay, store] = keysOf(campaign, who);
  const { made } = slice;
  return [made.get(shopperDay) ?? 0, made.get(shopper) ?? 0, made.get(storeDay) ?? 0, made.get(store) ?? 0];
}

/** An offer that was withheld counts too: both groups meet the same caps. */
export function countMade(slice: CouponSlice, campaign: string, who: Who): void {
  for (const key of keysOf(campaign, who)) slice.made.set(key, (slice.made.get(key) ?? 0) + 1);
}

/** A JSON list is the key: no id can be made to look like two. */
function keysOf(campaign: string, who: Who): readonly [string, string, string, string] {
  const [what, day, sid] = [quoted(campaign), quoted(who.day), quoted(who.sid)];
  return [`["pd",${what},${day},${sid}]`, `["p",${what},${sid}]`, `["d",${what},${day}]`, `["s",${what}]`];
}

/** Daily counts of days gone by. */
export function pruneMade(slice: CouponSlice, today: string): void {
  for (const key of slice.made.keys()) {
    const [kind, , day] = JSON.parse(key) as string[];
    if ((kind === 'pd' || kind === 'd') && day !== undefined && day < today) slice.made.delete(key);
  }
}
