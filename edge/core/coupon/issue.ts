import type { Campaign, Offer, TopicData } from '../../contracts/index.js';
import type { OfferPrice } from '../campaign/pricing.js';
import { couponIdsOf } from '../derived.js';
import type { Step } from '../step.js';
import { couponOfCode } from './archive.js';
import { couponCode } from './code.js';
import type { CouponSlice } from './state.js';

export interface CouponParts {
  readonly couponId: string;
  readonly decisionId: string;
  readonly sid: string;
  readonly campaign: Campaign;
  readonly offer: Offer;
  readonly price: OfferPrice;
  readonly untilMs: number;
}

export function issueCoupon(step: Step, parts: CouponParts): void {
  const { coupons } = step.state;
  const { couponId, decisionId, sid, campaign, offer, price, untilMs } = parts;
  const code = freeCode(step, decisionId);
  coupons.live.set(couponId, {
    couponId,
    code,
    decisionId,
    campaign: campaign.id,
    sid,
    offer,
    discountMinor: price.discountMinor,
    untilMs,
    issuedMs: step.nowMs,
  });
  coupons.codes.set(code, couponId);
  coupons.dueMs = Math.min(coupons.dueMs, untilMs);
  couponIdsOf(step.derived, sid).add(couponId);
  const percent = campaign.discount.percent;
  step.emit('coupon.issued', {
    couponId,
    code,
    campaign: campaign.id,
    campaignVersion: campaign.version,
    decisionId,
    sid,
    sku: offer.sku,
    ...(percent === undefined ? {} : { percent }),
    discountMinor: price.discountMinor,
    priceMinor: price.priceMinor,
    validUntil: offer.validUntil,
  });
}

/** It went out under this code, whatever it would be under the secret that the store has now. */
export function keepIssuedCode(slice: CouponSlice, { couponId, code }: TopicData<'coupon.issued'>): void {
  const coupon = slice.live.get(couponId);
  if (coupon === undefined || coupon.code === code) return;
  if (slice.codes.get(coupon.code) === couponId) slice.codes.delete(coupon.code);
  slice.codes.set(code, couponId);
  slice.live.set(couponId, { ...coupon, code });
}

function freeCode(step: Step, decisionId: string): string {
  const { salt } = step.secrets;
  for (let attempt = 0; ; attempt += 1) {
    const code = couponCode(salt, decisionId, attempt);
    if (couponOfCode(step.state.coupons, code) === undefined) return code;
  }
}
