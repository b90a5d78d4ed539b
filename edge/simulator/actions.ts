import type { PosTransaction } from '../contracts/index.js';

/** Enrolled people who come back: they have a tag, a loyalty card and things they like. */
export interface Household {
  readonly id: string;
  readonly tag: string;
  readonly loyaltyId: string;
  /** Category → sku. */
  readonly favourites: Readonly<Record<string, string>>;
}

/** An offer on somebody's own phone. */
export interface PhoneOffer {
  readonly couponId: string;
  /** What the till scans. */
  readonly token: string;
  /** 13 digits, as they stand on the receipt. */
  readonly code: string;
  readonly sku: string;
  readonly discountMinor: number;
}

/** An offer that is open to everybody, on a screen. */
export interface DisplayOffer {
  readonly zone: string;
  readonly sku: string;
  readonly priceMinor: number;
  readonly campaign: string;
}

/** What the simulated shop does that the store's rim can notice. `ms` is the instant of the simulated day, epoch. */
export type Action =
  | { readonly kind: 'arrive'; readonly ms: number; readonly household: Household }
  | { readonly kind: 'leave'; readonly ms: number; readonly household: Household }
  | {
      readonly kind: 'sighting';
      readonly ms: number;
      readonly node: string;
      readonly tag: string;
      readonly rssi: number;
      readonly distance: number;
    }
  | {
      readonly kind: 'shelf';
      readonly ms: number;
      readonly shelf: string;
      readonly sku: string;
      readonly count: number;
    }
  | {
      readonly kind: 'traffic';
      readonly ms: number;
      readonly zone: string;
      readonly in: number;
      readonly out: number;
    }
  | {
      readonly kind: 'checkout';
      readonly ms: number;
      readonly transaction: PosTransaction;
      readonly coupons: readonly PhoneOffer[];
    };

/** What became of one favourite on one visit: the data from which lift is measured. */
export interface Choice {
  readonly household: string;
  readonly sku: string;
  readonly offered: boolean;
  readonly bought: boolean;
}
