import type { CouponAnswered, CouponRequest, RefusalReason, TillPlace } from '../../contracts/index.js';
import { isStopped } from '../campaign/campaigns.js';
import { consented } from '../consent/consent.js';
import { countNow } from '../figures/figures.js';
import { tallyTaken } from '../offers/tally.js';
import type { Step } from '../step.js';
import { storyAccused, storyRedeemed } from '../story/stories.js';
import { couponOfCode, pastCoupon, takeFromArchive } from './archive.js';
import { letGo } from './holds.js';
import { type Coupon, decisionOfCoupon, noteTaken, type PastCoupon, placeOf, samePlace } from './state.js';

/** A till asks. First redemption → `coupon.redeemed`; everything else → `coupon.answered`. */
export function takeCouponRequest(step: Step, request: CouponRequest): void {
  const { coupons } = step.state;
  const coupon = coupons.live.get(request.couponId);
  if (coupon === undefined) {
    answerPast(step, request, pastCoupon(coupons, request.couponId));
    return;
  }
  const refusal = refusalOf(step, coupon, request);
  if (refusal !== undefined) refuse(step, request, coupon, refusal);
  else if (request.action === 'verify' || coupon.used !== undefined) answerGood(step, request, coupon);
  else redeem(step, coupon, request);
}

function refusalOf(step: Step, coupon: Coupon, request: CouponRequest): RefusalReason | undefined {
  if (coupon.used !== undefined) return samePlace(coupon.used, request) ? undefined : 'CouponUsed';
  // What a cut-off till accepted by signature has happened: it is counted, whatever is true by now.
  if (request.action === 'redeem' && request.offline === true) return undefined;
  if (step.nowMs >= coupon.untilMs) return 'CouponExpired';
  return isStopped(step.state.campaigns, coupon.campaign) ? 'CouponStopped' : undefined;
}

function refuse(step: Step, request: CouponRequest, coupon: Coupon, reason: RefusalReason): void {
  answer(step, request, {
    ok: false,
    reason,
    ...(reason === 'CouponUsed' && coupon.used !== undefined ? { usedAt: { ...coupon.used } } : {}),
  });
  if (request.action === 'redeem' && request.offline === true) {
    accuse(step, coupon, { couponId: coupon.couponId, place: request, amountMinor: coupon.discountMinor });
  }
}

function answerGood(step: Step, request: CouponRequest, coupon: Coupon): void {
  answer(step, request, {
    ok: true,
    discountMinor: coupon.discountMinor,
    sku: coupon.offer.sku,
    validUntil: coupon.offer.validUntil,
    ...(coupon.used === undefined ? {} : { usedAt: { ...coupon.used } }),
  });
}

function answerPast(step: Step, request: CouponRequest, past: PastCoupon | undefined): void {
  const offline = request.action === 'redeem' && request.offline === true;
  if (past === undefined) {
    answer(step, request, { ok: false, reason: 'CouponUnknown' });
    if (offline) {
      const second = { ...placeOf(request), time: step.event.recordedtime };
      step.emit('fraud.verdict', {
        verdict: 'coupon-unknown',
        couponId: request.couponId,
        second,
        amountMinor: 0,
      });
    }
    return;
  }
  if (past.used !== undefined && samePlace(past.used, request)) {
    const { discountMinor, sku } = past;
    answer(step, request, { ok: true, discountMinor, sku, usedAt: { ...past.used } });
    return;
  }
  if (offline && past.used === undefined) {
    redeemPast(step, { couponId: request.couponId, past }, request);
    return;
  }
  const reason = past.used === undefined ? 'CouponExpired' : 'CouponUsed';
  answer(step, request, {
    ok: false,
    reason,
    ...(past.used === undefined ? {} : { usedAt: { ...past.used } }),
  });
  if (offline) {
    accuse(step, past, { couponId: request.couponId, place: request, amountMinor: past.discountMinor });
  }
}

function answer(
  step: Step,
  request: CouponRequest,
  outcome: Pick<CouponAnswered, 'ok'> & Partial<CouponAnswered>,
): void {
  const { requestId, couponId, action } = request;
  step.emit('coupon.answered', { requestId, couponId, action, ...outcome, ...placeOf(request) });
}

interface Redemption extends TillPlace {
  readonly requestId: string;
  readonly offline?: boolean;
}

/** A coupon becomes used here, or below where it was archived already. */
export function redeem(step: Step, coupon: Coupon, at: Redemption): void {
  const time = step.event.recordedtime;
  coupon.used = { ...placeOf(at), time };
  coupon.takenAt = time;
  letGo(step.state.coupons, coupon.sid, coupon.couponId);
  const { couponId, campaign, decisionId, discountMinor, sid } = coupon;
  const id = count(step, { couponId, campaign, decisionId, discountMinor, sid, sku: coupon.offer.sku }, at);
  storyRedeemed(step, coupon, id);
}

/** The shopper got the discount days ago, and the till tells of it only now. */
function redeemPast(
  step: Step,
  { couponId, past }: { readonly couponId: string; readonly past: PastCoupon },
  at: Redemption,
): void {
  const { coupons } = step.state;
  const used = { ...placeOf(at), time: step.event.recordedtime };
  takeFromArchive(coupons, couponId);
  coupons.past.set(couponId, { ...past, used });
  const decisionId = decisionOfCoupon(couponId);
  const { campaign, discountMinor, sku } = past;
  const sid = noteTaken(coupons, decisionId, used.time);
  const id = count(step, { couponId, campaign, decisionId, discountMinor, sku, sid }, at);
  storyRedeemed(step, { decisionId, used }, id);
}

interface Counted {
  readonly couponId: string;
  readonly campaign: string;
  readonly decisionId: string;
  readonly discountMinor: number;
  readonly sku: string;
  readonly sid: string | undefined;
}

/** Said and counted once in the life of a coupon; the id of the event. */
function count(step: Step, coupon: Counted, at: Redemption): string {
  const { couponId, campaign, decisionId, discountMinor, sku, sid } = coupon;
  const named = sid !== undefined && consented(step.state.consent, sid, 'profile', step.nowMs);
  const id = step.emit('coupon.redeemed', {
    couponId,
    campaign,
    decisionId,
    ...(named ? { sid } : {}),
    sku,
    discountMinor,
    requestId: at.requestId,
    ...placeOf(at),
    ...(at.offline === true ? { offline: true } : {}),
  });
  countNow(step, 'taken');
  tallyTaken(step, campaign, discountMinor);
  const limit = step.state.setup.policy?.offline.maxValueMinor ?? 0;
  if (at.offline === true && discountMinor > limit) {
    step.emit('fraud.verdict', {
      verdict: 'coupon-over-offline-limit',
      couponId,
      second: { ...placeOf(at), time: step.event.recordedtime },
      amountMinor: discountMinor,
    });
  }
  return id;
}

/** Taken again elsewhere: called out once for each place. */
export function accuse(
  step: Step,
  coupon: Pick<Coupon, 'used' | 'accused'>,
  what: { couponId: string; place: TillPlace; amountMinor: number },
): void {
  if (coupon.used === undefined) return;
  const place = `${what.place.till}|${what.place.businessDay}|${what.place.sequence}`;
  if (coupon.accused?.includes(place) === true) return;
  coupon.accused = [...(coupon.accused ?? []), place];
  const { live, past } = step.state.coupons;
  // One that was archived comes back: who was called out is remembered there.
  if (!live.has(what.couponId)) past.set(what.couponId, coupon as PastCoupon);
  const id = step.emit('fraud.verdict', {
    verdict: 'coupon-used-twice',
    couponId: what.couponId,
    first: { ...coupon.used },
    second: { ...placeOf(what.place), time: step.event.recordedtime },
    amountMinor: what.amountMinor,
  });
  storyAccused(step, what.couponId, id);
}

/** A transaction that carries a code tells of a redemption, whether or not the till asked first. */
export function takeCouponLine(step: Step, code: string, at: Redemption): void {
  const { coupons } = step.state;
  const couponId = couponOfCode(coupons, code) ?? (coupons.live.has(code) ? code : undefined);
  if (couponId === undefined) return;
  const coupon = coupons.live.get(couponId);
  if (coupon !== undefined && coupon.used === undefined) {
    redeem(step, coupon, at);
    return;
  }
  const past = pastCoupon(coupons, couponId);
  if (coupon === undefined && past !== undefined && past.used === undefined) {
    redeemPast(step, { couponId, past }, at);
    return;
  }
  const known = coupon ?? past;
  if (known?.used === undefined || samePlace(known.used, at)) return;
  accuse(step, known, { couponId, place: at, amountMinor: known.discountMinor });
}
