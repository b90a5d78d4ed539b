import { consented } from '../consent/consent.js';
import { couponIdsOf } from '../derived.js';
import type { Step } from '../step.js';
import { storyExpired } from '../story/stories.js';
import { DAY_MS, NEVER_MS } from '../time.js';
import { archiveCoupon, pruneArchive } from './archive.js';
import type { Coupon, CouponSlice } from './state.js';

/** Shown as expired or taken for this long, then only enough is kept to refuse it by. */
const SHOWN_AFTER_MS = 2 * DAY_MS;
/** Past offers a shopper's page goes back to. */
const HISTORY_HELD = 100;
/** Of coupons that were called out for being taken twice; the others are archived, see `archive.ts`. */
const ACCUSED_KEPT_MS = 400 * DAY_MS;

/** Tell the stories of coupons whose time is over. */
export function expireCoupons(step: Step): void {
  const { coupons } = step.state;
  if (step.nowMs < coupons.dueMs) return;
  const toldMs = coupons.dueMs;
  coupons.dueMs = NEVER_MS;
  for (const coupon of coupons.live.values()) {
    if (coupon.untilMs > step.nowMs) coupons.dueMs = Math.min(coupons.dueMs, coupon.untilMs);
    else if (coupon.untilMs >= toldMs && coupon.used === undefined) storyExpired(step, coupon);
  }
}

/** Once a day: make old coupons small, forget the oldest, forget holds that ended. */
export function archiveCoupons(step: Step): void {
  const { coupons } = step.state;
  for (const coupon of coupons.live.values()) {
    if (coupon.untilMs + SHOWN_AFTER_MS > step.nowMs) continue;
    coupons.past.set(coupon.couponId, {
      untilMs: coupon.untilMs,
      campaign: coupon.campaign,
      sku: coupon.offer.sku,
      discountMinor: coupon.discountMinor,
      ...(coupon.used === undefined ? {} : { used: coupon.used }),
      ...(coupon.accused === undefined ? {} : { accused: coupon.accused }),
    });
    remember(step, coupon);
    coupons.live.delete(coupon.couponId);
    couponIdsOf(step.derived, coupon.sid).delete(coupon.couponId);
  }
  putAway(coupons, step.nowMs);
  for (const [sid, holds] of coupons.holds) {
    if (holds.every((held) => held.untilMs <= step.nowMs)) coupons.holds.delete(sid);
  }
}

/** Past coupons become text, those that were taken twice stay as they are; codes go the way of their coupons. */
function putAway(coupons: CouponSlice, nowMs: number): void {
  const codeOf = new Map<string, string>();
  for (const [code, couponId] of coupons.codes) {
    if (coupons.past.has(couponId)) codeOf.set(couponId, code);
    else if (!coupons.live.has(couponId)) coupons.codes.delete(code);
  }
  for (const [couponId, past] of coupons.past) {
    const code = codeOf.get(couponId);
    if (past.accused === undefined) archiveCoupon(coupons, { couponId, code, past });
    else if (past.untilMs + ACCUSED_KEPT_MS > nowMs) continue;
    coupons.past.delete(couponId);
    if (code !== undefined) coupons.codes.delete(code);
  }
  pruneArchive(coupons, nowMs);
}

/** The shopper's own page tells of it for as long as they agree that the shop knows. */
function remember(step: Step, coupon: Coupon): void {
  const { consent, coupons } = step.state;
  if (!consented(consent, coupon.sid, 'profile', step.nowMs)) return;
  const { name, art, why, because, priceMinor, wasMinor, currency } = coupon.offer;
  const past = {
    ...{ decisionId: coupon.decisionId, name, priceMinor, wasMinor, currency },
    receivedMs: coupon.issuedMs ?? coupon.untilMs,
    ...(art === undefined ? {} : { art }),
    ...(why === undefined ? {} : { why }),
    ...(because === undefined ? {} : { because }),
    ...(coupon.takenAt === undefined ? {} : { takenAt: coupon.takenAt }),
  };
  coupons.history.set(coupon.sid, [...(coupons.history.get(coupon.sid) ?? []), past].slice(-HISTORY_HELD));
}
