import fitted from './parameters.json' with { type: 'json' };

/** Fitted on data; models/store-simulator/README.md says from which and how. */
export interface Parameters {
  readonly baskets: Readonly<Record<string, { readonly share: number; readonly items: number }>>;
  /** Shares of 1, 2, 3, 4 and 5 pieces. */
  readonly quantity: readonly number[];
  /** By category: chance that a later purchase is of a product bought before. */
  readonly repeat: Readonly<Record<string, number>>;
  readonly priceExponent: number;
  /** Purchases with the product on display against without. */
  readonly displayRatio: number;
  /** Share of households that use a coupon of a campaign sent to them. */
  readonly couponUse: number;
  readonly radio: {
    readonly rssiAt1m: number;
    readonly pathLossExponent: number;
    readonly shadowingDb: number;
    readonly noiseDb: number;
    /** Spread around the path loss while somebody carries the tag: shadowing, noise and body together. */
    readonly carriedSpreadDb: number;
  };
}

export const PARAMETERS: Parameters = fitted;
