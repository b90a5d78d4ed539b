import type { Campaign } from './campaign.js';
import type { StopNow } from './sockets.js';

/** What the tabs of the staff page read over HTTP, besides the live picture of `/staff`. All times RFC 3339. */

/** Counted for one campaign on one day of the store. */
export interface OfferTally {
  /** Coupons made for a phone, or times that a screen took the offer up. */
  readonly made: number;
  readonly taken: number;
  readonly withheld: number;
  /** Times the campaign was looked at and lost or was not allowed. */
  readonly refused: number;
  /** Why, most frequent first. */
  readonly reasons: readonly (readonly [reason: string, times: number])[];
  /** Paid for goods with a coupon of this campaign, minor units. */
  readonly turnoverMinor: number;
  /** Discount given at the till, minor units. */
  readonly discountMinor: number;
}

/**
 * `waiting`: outside its hours, or not begun; `stopped`: staff stopped it; `ended`: its time is over;
 * `withdrawn`: HQ or the store's files took it back.
 */
export type OfferState = 'running' | 'waiting' | 'stopped' | 'ended' | 'withdrawn';

export interface OfferProduct {
  readonly sku: string;
  readonly name: string;
  readonly art?: string;
  readonly wasMinor: number;
  readonly priceMinor: number;
  /** Pieces on hand; absent where nobody counts them. */
  readonly left?: number;
}

export interface OfferNow {
  readonly campaign: Campaign;
  readonly state: OfferState;
  /** When the state changes by the clock: the end of the window that is open, or the begin of the next. */
  readonly changesAt?: string;
  /** Standing stops that hold it, `all` ones included. */
  readonly stops: readonly StopNow[];
  /** The first of its products, with how many there are. */
  readonly products: readonly OfferProduct[];
  readonly productCount: number;
  /** Screens that show it now. */
  readonly screens: readonly string[];
  readonly today: OfferTally;
  /** Coupons that shoppers hold and may still take. */
  readonly couponsOut: number;
  /** Discount that they would cost, minor units. */
  readonly couponsOutMinor: number;
}

export interface ShelfNow {
  readonly shelf: string;
  readonly count: number;
  readonly at: string;
}

export interface StockNow {
  readonly sku: string;
  readonly name: string;
  readonly size?: string;
  readonly category: string;
  readonly zone?: string;
  readonly art?: string;
  readonly pieceName?: string;
  readonly priceMinor: number;
  /** Pieces on hand as the store believes; absent where nobody ever counted. */
  readonly level?: number;
  /** When something last spoke of it: shelf, till or feed. */
  readonly levelAt?: string;
  readonly shelves: readonly ShelfNow[];
  /** The last delivery list. */
  readonly feed?: { readonly count: number; readonly at: string };
  /** Estimate: delivered, not sold, and not on a shelf. */
  readonly inBack?: number;
  readonly outSince?: string;
  /** Pieces sold in the last hours. */
  readonly sold?: { readonly pieces: number; readonly hours: number };
  /** Minutes until it is gone at that pace; absent below the minimum sample. */
  readonly lastsMinutes?: number;
  /** Campaigns that may offer it. */
  readonly campaigns: readonly string[];
  /** Screens that show it now. */
  readonly screens: readonly string[];
}

/** Where a person's own count stands until the next delivery, for a product that no shelf weighs. */
export const HAND_COUNT_SHELF = 'counted-by-hand';

/** One device, as the journal knows it. */
export interface HeardDevice {
  readonly device: string;
  /** `node`, `shelf`, `till`, `counter`, or what the device calls itself. */
  readonly kind: string;
  /** Last event from it. */
  readonly heardAt: string;
  /** `false` since `upSince` when its connection was lost; absent where it never said. */
  readonly up?: boolean;
  readonly upSince?: string;
  /** Zone that a people counter counts. */
  readonly zone?: string;
}
