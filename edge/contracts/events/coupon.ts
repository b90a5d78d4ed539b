import { type Static, Type } from '@sinclair/typebox';
import { BusinessDay, Id, Instant, Minor, Sid, Sku } from './common.js';

/** Which till transaction a coupon call belongs to: the same place redeeming twice hears the first answer again. */
export const TillPlace = Type.Object({
  till: Id('till'),
  businessDay: BusinessDay,
  sequence: Type.Integer({ minimum: 0, maximum: 1e12 }),
});
export type TillPlace = Static<typeof TillPlace>;

/** Longer than any token that a store signs. */
export const COUPON_CODE_CHARACTERS_MAX = 1_000;

/** `POST /v1/pos/coupons/verify` and `/redeem`. */
export const CouponCall = Type.Object({
  code: Type.String({
    minLength: 13,
    maxLength: COUPON_CODE_CHARACTERS_MAX,
    description: 'what the till scanned: token of the QR code, or 13 digits',
  }),
  ...TillPlace.properties,
  offline: Type.Optional(
    Type.Boolean({ description: 'the till was cut off, accepted by signature and reports it now' }),
  ),
});
export type CouponCall = Static<typeof CouponCall>;

/** Asked by a till; answered from the step that handles it. Stays in the store. */
export const CouponRequest = Type.Object(
  {
    requestId: Id('request'),
    action: Type.Union([Type.Literal('verify'), Type.Literal('redeem')]),
    couponId: Id('coupon named by the code'),
    ...TillPlace.properties,
    /** True when the till accepted by signature while cut off and reports it now. */
    offline: Type.Optional(Type.Boolean()),
  },
  { description: 'A till asks to verify or redeem a coupon' },
);
export type CouponRequest = Static<typeof CouponRequest>;

export const CouponIssued = Type.Object(
  {
    couponId: Id('coupon'),
    code: Type.String({
      pattern: '^\\d{13}$',
      description: 'GS1 code with prefix 98 or 99 and EAN check digit',
    }),
    campaign: Id('campaign'),
    campaignVersion: Type.Integer({ minimum: 1 }),
    decisionId: Id('decision'),
    sid: Sid,
    sku: Sku,
    percent: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
    discountMinor: Minor('discount on one unit'),
    priceMinor: Minor('price the shopper pays'),
    validUntil: Instant,
  },
  { description: 'A personal coupon was made' },
);
export type CouponIssued = Static<typeof CouponIssued>;

export const CouponRedeemed = Type.Object(
  {
    couponId: Id('coupon'),
    campaign: Id('campaign'),
    decisionId: Id('decision'),
    sid: Type.Optional(Sid),
    sku: Sku,
    discountMinor: Minor('discount given'),
    requestId: Id('request'),
    ...TillPlace.properties,
    offline: Type.Optional(Type.Boolean()),
  },
  { description: 'A coupon was taken at a till; happens once per coupon' },
);
export type CouponRedeemed = Static<typeof CouponRedeemed>;

/** The answer to a request that is not a first redemption: a verification, a repeat, or a refusal. */
export const CouponAnswered = Type.Object(
  {
    requestId: Id('request'),
    couponId: Id('coupon'),
    action: Type.Union([Type.Literal('verify'), Type.Literal('redeem')]),
    ok: Type.Boolean(),
    reason: Type.Optional(Id('refusal reason')),
    /** Where and when a used coupon was used. */
    usedAt: Type.Optional(Type.Object({ ...TillPlace.properties, time: Instant })),
    discountMinor: Type.Optional(Minor('discount')),
    sku: Type.Optional(Sku),
    validUntil: Type.Optional(Instant),
    ...TillPlace.properties,
  },
  { description: 'The store answered a coupon request' },
);
export type CouponAnswered = Static<typeof CouponAnswered>;

export const FraudVerdict = Type.Object(
  {
    verdict: Type.Union([
      Type.Literal('coupon-used-twice'),
      Type.Literal('coupon-over-offline-limit'),
      Type.Literal('coupon-unknown'),
    ]),
    couponId: Id('coupon'),
    first: Type.Optional(Type.Object({ ...TillPlace.properties, time: Instant })),
    second: Type.Object({ ...TillPlace.properties, time: Instant }),
    amountMinor: Minor('amount at stake'),
  },
  { description: 'Something was taken that should not have been' },
);
export type FraudVerdict = Static<typeof FraudVerdict>;
