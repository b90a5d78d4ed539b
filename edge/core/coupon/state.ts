import type { Because, Offer, TillPlace } from '../../contracts/index.js';

export interface UsedAt extends TillPlace {
  readonly time: string;
}

/** A coupon that may still be looked at. */
export interface Coupon {
  readonly couponId: string;
  readonly code: string;
  readonly decisionId: string;
  readonly campaign: string;
  readonly sid: string;
  readonly offer: Offer;
  readonly discountMinor: number;
  readonly untilMs: number;
  /** Absent for one that an older version made. */
  readonly issuedMs?: number;
  used?: UsedAt;
  takenAt?: string;
  /** Places that were already called out for taking it again. */
  accused?: string[];
}

/**
 * What is left of a coupon once its time is well over: enough to say "used, there and then". It is archived as text,
 * unless somebody was caught taking it again.
 */
export interface PastCoupon {
  readonly untilMs: number;
  readonly campaign: string;
  readonly sku: string;
  readonly discountMinor: number;
  readonly used?: UsedAt;
  accused?: string[];
}

/** An offer that a shopper got and whose time is well over, for their own page. */
export interface PastOffer {
  readonly decisionId: string;
  readonly name: string;
  readonly art?: string;
  readonly why?: string;
  readonly because?: Because;
  readonly priceMinor: number;
  readonly wasMinor: number;
  readonly currency: string;
  readonly receivedMs: number;
  readonly takenAt?: string;
}

/** A live offer a shopper holds, or would hold were they not in the comparison group (`couponId` is then `''`). */
export interface Hold {
  readonly campaign: string;
  readonly exclusivity: string;
  readonly untilMs: number;
  readonly couponId: string;
}

export interface CouponSlice {
  live: Map<string, Coupon>;
  past: Map<string, PastCoupon>;
  /** `<month>.<used or unused>.<share>` → past coupons as text, see `archive.ts`. */
  archived: Map<string, string>;
  /** The same of their codes. */
  archivedCodes: Map<string, string>;
  /** code → coupon id, for those that are not archived. */
  codes: Map<string, string>;
  /** sid → what they hold. */
  holds: Map<string, Hold[]>;
  /** Offers made: `s|campaign`, `d|campaign|day`, `p|campaign|sid`, `pd|campaign|day|sid`. */
  made: Map<string, number>;
  /** sid → past offers, oldest first; only while they agree to a profile. */
  history: Map<string, PastOffer[]>;
  /** Earliest end of a live coupon that nobody has been told about. */
  dueMs: number;
}

export function createCouponSlice(): CouponSlice {
  return {
    live: new Map(),
    past: new Map(),
    archived: new Map(),
    archivedCodes: new Map(),
    codes: new Map(),
    holds: new Map(),
    made: new Map(),
    history: new Map(),
    dueMs: Number.MAX_SAFE_INTEGER,
  };
}

const PREFIX = 'c-';

/** A coupon is named after the decision that made it. */
export const couponOfDecision = (decisionId: string): string => `${PREFIX}${decisionId}`;
export const decisionOfCoupon = (couponId: string): string => couponId.slice(PREFIX.length);

/** The page of whoever held it says that it was taken; who that was, as far as it is known. */
export function noteTaken(slice: CouponSlice, decisionId: string, takenAt: string): string | undefined {
  for (const [sid, offers] of slice.history) {
    const place = offers.findIndex((offer) => offer.decisionId === decisionId);
    if (place < 0) continue;
    slice.history.set(sid, offers.with(place, { ...offers[place]!, takenAt }));
    return sid;
  }
  return undefined;
}

export function samePlace(left: TillPlace, right: TillPlace): boolean {
  return (
    left.till === right.till && left.businessDay === right.businessDay && left.sequence === right.sequence
  );
}

export function placeOf(place: TillPlace): TillPlace {
  return { till: place.till, businessDay: place.businessDay, sequence: place.sequence };
}
