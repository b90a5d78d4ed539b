import type { AgeBand, Campaign, Surface } from '../../contracts/index.js';

/**
 * Everything a decision stands on, as plain values. It is embedded in the decision event, so that `explain` and
 * `simulate` answer from the event alone; rules read nothing else.
 */
export interface DecisionInputs {
  readonly surface: Surface;
  readonly atMs: number;
  /** Wall clock of the store. */
  readonly day: string;
  readonly weekday: number;
  readonly minute: number;
  /** Set while nobody knows what time it is. */
  readonly clockUnsure?: true;
  readonly zone: string;
  readonly zoneName: string;
  readonly screen?: string;
  readonly dwellMs: number;
  /** The sighting that a hint answers; `seq` is the sender's own count. */
  readonly sighting?: { readonly node: string; readonly seq?: number };
  readonly consent?: { readonly givenDay: string; readonly ageBand: AgeBand };
  /** Stopped by staff: everything, or these campaigns. */
  readonly stopped: true | readonly string[];
  /** Visitors whose history was allowed to count; on a screen never 1. */
  readonly audience: number;
  /** By campaign id. */
  readonly facts: Readonly<Record<string, CampaignFacts>>;
}

export interface CampaignFacts {
  /** In the order in which the campaign would pick them; a few, with the pick among them. */
  readonly products: readonly ProductFacts[];
  /** Offers made so far: to the shopper today and ever, in the store today and ever. */
  readonly made: readonly [shopperDay: number, shopper: number, storeDay: number, store: number];
  /** The shopper holds a live offer of this campaign. */
  readonly held: boolean;
  /** The shopper holds a live offer of the same exclusivity class. */
  readonly classHeld: boolean;
  /** 0 to 1, fixed by (seed, shopper, campaign); below the holdout share means comparison group. */
  readonly roll?: number;
  /** What ranks it among others, so that they can be ranked again without its definition. */
  readonly priority: number;
  readonly exclusivity: string;
}

export interface ProductFacts {
  readonly sku: string;
  readonly name: string;
  readonly priceMinor: number;
  /** Pieces, `null` when nobody counts them. */
  readonly stock: number | null;
  /** 0 to 1: how much the shopper likes it; on a screen: how many there like it, at least 2 or else 0. */
  readonly liked: number;
  readonly bought: number;
  /** Price at which a screen of the store offers it to everybody now: a personal offer must be better. */
  readonly openMinor?: number;
}

/** A campaign that may take the slot. */
export interface Contender {
  readonly campaign: Campaign;
  readonly facts: CampaignFacts;
}
