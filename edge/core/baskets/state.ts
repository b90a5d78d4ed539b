import type { KnownTransactions } from './known.js';

/** What a counted transaction did, so that a void can take it back. */
export interface CountedSale {
  readonly sid?: string;
  readonly day: string;
  readonly slot: number;
  readonly atMs: number;
  readonly totalMinor: number;
  readonly receipts: number;
  /** Of the total, what was sold with a coupon that counted. */
  readonly throughOffersMinor: number;
  /** The same by campaign; absent in what was sealed before it was counted. */
  readonly throughOffers?: readonly (readonly [campaign: string, minor: number])[];
  /** [sku, pieces out, line total] */
  readonly lines: readonly (readonly [sku: string, pieces: number, totalMinor: number])[];
}

export interface TillState extends KnownTransactions {
  /** Natural key → effect, of the latest transactions. */
  counted: Map<string, CountedSale>;
  /** Voids that came before what they void: natural key → recorded at. */
  voidedAhead: Map<string, number>;
}

export function createTillState(): TillState {
  return { recent: new Map(), archive: new Map(), counted: new Map(), voidedAhead: new Map() };
}
