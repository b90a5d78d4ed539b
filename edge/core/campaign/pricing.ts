import type { Campaign } from '../../contracts/index.js';

export interface OfferPrice {
  readonly priceMinor: number;
  readonly wasMinor: number;
  readonly discountMinor: number;
}

/** Price of one unit under a campaign. Rounded once, never below zero, never above the shelf price. */
export function priceUnder(discount: Campaign['discount'], wasMinor: number): OfferPrice {
  const wanted = wantedPrice(discount, wasMinor);
  const priceMinor = Math.max(0, Math.min(Math.max(wasMinor, 0), wanted));
  return { priceMinor, wasMinor, discountMinor: Math.max(0, wasMinor - priceMinor) };
}

function wantedPrice(discount: Campaign['discount'], wasMinor: number): number {
  if (discount.priceMinor !== undefined) return discount.priceMinor;
  if (discount.amountMinor !== undefined) return wasMinor - discount.amountMinor;
  if (discount.percent !== undefined) return Math.round((wasMinor * (100 - discount.percent)) / 100);
  return wasMinor;
}
