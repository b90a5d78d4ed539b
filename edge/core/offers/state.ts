/** What was counted for one campaign on one day. */
export interface CampaignDay {
  made: number;
  taken: number;
  withheld: number;
  refused: number;
  /** Reason → times. */
  reasons: Record<string, number>;
  turnoverMinor: number;
  discountMinor: number;
}

export interface OfferTallies {
  /** `[day, campaign]` as JSON → sums; the last days only. */
  days: Map<string, CampaignDay>;
}

export function createOfferTallies(): OfferTallies {
  return { days: new Map() };
}
