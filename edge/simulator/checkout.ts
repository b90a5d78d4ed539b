import type { PosLine, PosTransaction, Product } from '../contracts/index.js';
import type { DisplayOffer, PhoneOffer } from './actions.js';
import type { Agent } from './agent.js';

export interface TillPlaceOf {
  readonly till: string;
  readonly businessDay: string;
  readonly sequence: number;
}

/** The receipt of a basket before any coupon: shelf prices, less what screens offer everybody. */
export function receiptOf(
  agent: Pick<Agent, 'basket' | 'household'>,
  place: TillPlaceOf,
  shop: {
    readonly store: { readonly id: string; readonly currency: string };
    readonly products: ReadonlyMap<string, Product>;
    readonly displays: readonly DisplayOffer[];
    readonly time: string;
  },
): PosTransaction {
  const lines: PosLine[] = [];
  for (const [sku, quantity] of agent.basket) {
    const product = shop.products.get(sku);
    if (product === undefined) continue;
    const display = shop.displays.find((each) => each.sku === sku && each.priceMinor < product.priceMinor);
    const discountMinor = display ? (product.priceMinor - display.priceMinor) * quantity : 0;
    lines.push({
      line: lines.length + 1,
      sku,
      ...(product.gtin === undefined ? {} : { gtin: product.gtin }),
      quantity,
      unitMinor: product.priceMinor,
      totalMinor: product.priceMinor * quantity - discountMinor,
      ...(display ? { discountMinor, promotionId: display.campaign } : {}),
      description: product.name,
      kind: 'sale',
    });
  }
  const totalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0);
  return {
    store: shop.store.id,
    ...place,
    type: 'sale',
    time: shop.time,
    currency: shop.store.currency,
    ...(agent.household ? { loyaltyId: agent.household.loyaltyId } : {}),
    lines,
    tenders: [{ type: 'card', amountMinor: totalMinor }],
    totalMinor,
  };
}

/** The receipt after the till took a coupon: one piece at the coupon's price. */
export function applyCoupon(
  receipt: PosTransaction,
  coupon: PhoneOffer,
  discountMinor: number,
): PosTransaction {
  const lines = receipt.lines.map((line) =>
    line.sku === coupon.sku
      ? {
          ...line,
          totalMinor: line.totalMinor - discountMinor,
          discountMinor: (line.discountMinor ?? 0) + discountMinor,
          couponCode: coupon.code,
        }
      : line,
  );
  const totalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0);
  return { ...receipt, lines, tenders: [{ type: 'card', amountMinor: totalMinor }], totalMinor };
}
