import { couponIdsOf } from '../derived.js';
import { forgetVisitor } from '../presence/presence.js';
import type { Step } from '../step.js';
import { forgetStories } from '../story/stories.js';

/**
 * A person was erased: no slice of the state names them after this step. What was sold, offered and counted stays,
 * as that of a guest. Their sid is remembered as gone, so that a receipt that comes late does not bring it back.
 */
export function forgetShopper(step: Step, sid: string): void {
  const { consent, favourites, tills, presence } = step.state;
  consent.erased.set(sid, step.nowMs);
  consent.shoppers.delete(sid);
  consent.consents.delete(sid);
  for (const key of consent.handled.keys()) if (key.startsWith(`r|${sid}|`)) consent.handled.delete(key);
  favourites.bySid.delete(sid);
  step.state.hints.bySid.delete(sid);
  forgetVisitor(step, `s:${sid}`);
  for (const minute of presence.minutes.values()) {
    minute.seen = minute.seen.map((key, index) =>
      key === `s:${sid}` ? `a:gone-${index}-${minute.entered}` : key,
    );
  }
  for (const [key, sale] of tills.counted) {
    if (sale.sid !== sid) continue;
    const { sid: _gone, ...guest } = sale;
    tills.counted.set(key, guest);
  }
  step.state.push.sent.delete(sid);
  forgetCoupons(step, sid);
  forgetStories(step, sid);
  for (const key of step.derived.rolls.keys()) if (key.startsWith(`${sid}|`)) step.derived.rolls.delete(key);
  step.stale.urgent = true;
}

/** A used coupon stays used, and one that was not is over: both without whose it was. */
function forgetCoupons(step: Step, sid: string): void {
  const { coupons } = step.state;
  for (const couponId of couponIdsOf(step.derived, sid)) {
    const coupon = coupons.live.get(couponId);
    if (coupon === undefined) continue;
    coupons.live.delete(couponId);
    coupons.past.set(couponId, {
      untilMs: Math.min(coupon.untilMs, step.nowMs),
      campaign: coupon.campaign,
      sku: coupon.offer.sku,
      discountMinor: coupon.discountMinor,
      ...(coupon.used === undefined ? {} : { used: coupon.used }),
      ...(coupon.accused === undefined ? {} : { accused: coupon.accused }),
    });
  }
  step.derived.couponsOf.delete(sid);
  coupons.holds.delete(sid);
  coupons.history.delete(sid);
  for (const key of coupons.made.keys()) {
    const [kind, ...parts] = JSON.parse(key) as string[];
    if ((kind === 'p' || kind === 'pd') && parts.at(-1) === sid) coupons.made.delete(key);
  }
}
