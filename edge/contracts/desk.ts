import type { Campaign } from './campaign.js';
import type { StopNow } from './sockets.js';
import type { ClockDoubt } from './told.js';

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
  /** When something last spoke of them: shelf, till or feed. */
  readonly leftAt?: string;
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

/** One start of the store. */
export interface StartNow {
  readonly at: string;
  readonly version: string;
  /** How the run before it ended: asked to, or not (killed, power cut); absent for the very first. */
  readonly before?: 'stopped' | 'cut off';
}

export interface GapNow {
  readonly at: string;
  readonly eventId: string;
  readonly lane: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export interface BackupNow {
  readonly name: string;
  readonly at: string;
  readonly bytes: number;
}

/** How the box is, for `GET /v1/health`. Bytes, seconds and counts as named. */
export interface HealthNow {
  readonly at: string;
  readonly version: string;
  readonly startedAt: string;
  readonly journal: {
    readonly bytes: number;
    readonly quotaBytes: number;
    readonly segments: number;
    readonly events: number;
    readonly trouble?: string;
    /** Growth seen since the start, an hour at most; absent until there is enough to tell. */
    readonly bytesPerHour?: number;
    /** Until the quota at that growth. */
    readonly roomS?: number;
    readonly classes: readonly {
      readonly lane: string;
      readonly held: number;
      readonly waiting?: number;
      readonly shed: number;
    }[];
  };
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number };
  readonly memory: {
    readonly residentBytes: number;
    readonly machineFreeBytes: number;
    readonly machineTotalBytes: number;
  };
  /** Processes that want a core, by core, over the last minute. */
  readonly load: number;
  /** `doubt` in English, `why` as a code. */
  readonly clock: { readonly doubt?: string; readonly why?: ClockDoubt };
  readonly engine: { readonly waiting: number };
  /** Since the start, most frequent first. */
  readonly refusals: readonly {
    readonly reason: string;
    readonly channel: string;
    readonly count: number;
  }[];
  readonly connections: { readonly mqtt: number; readonly pages: number };
  /** Newest first. */
  readonly gaps: readonly GapNow[];
  readonly starts: readonly StartNow[];
  readonly backups: readonly BackupNow[];
}
