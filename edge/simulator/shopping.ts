import type { Product } from '../contracts/index.js';
import type { Household } from './actions.js';
import { ASSUMED } from './assumptions.js';
import type { Parameters } from './parameters.js';
import type { Random } from './random.js';

export interface Want {
  readonly sku: string;
  readonly pieces: number;
}

/** Categories in which an enrolled household has a favourite. */
export const FAVOURITE_CATEGORIES = ['drinks', 'bread'] as const;

/** Draws what people want: categories, products by price, pieces, and what they bought before. */
export function createShopping(products: readonly Product[], parameters: Parameters) {
  const byCategory = new Map<string, Product[]>();
  for (const product of products) {
    byCategory.set(product.category, [...(byCategory.get(product.category) ?? []), product]);
  }
  const weights = new Map<string, readonly number[]>();
  for (const [category, range] of byCategory) {
    const prices = range.map((product) => product.priceMinor).sort((a, b) => a - b);
    const median = prices[Math.floor(prices.length / 2)] ?? 1;
    weights.set(
      category,
      range.map((product) => (Math.max(1, product.priceMinor) / median) ** parameters.priceExponent),
    );
  }
  const draw = (category: string, random: Random): Product | undefined =>
    byCategory.get(category)?.[random.weighted(weights.get(category) ?? [])];
  /** `household|category` → what it bought there before, oldest first. */
  const bought = new Map<string, Product[]>();
  const drawFor = (household: Household | undefined, category: string, random: Random) => {
    const before = household && bought.get(`${household.id}|${category}`);
    if (!before || !random.chance(parameters.repeat[category] ?? 0)) return draw(category, random);
    return before[Math.floor(random.next() * before.length)];
  };

  return {
    favouritesOf(random: Random): Readonly<Record<string, string>> {
      const chosen = FAVOURITE_CATEGORIES.map((category) => [category, draw(category, random)?.sku] as const);
      return Object.fromEntries(chosen.filter((pair): pair is [(typeof pair)[0], string] => !!pair[1]));
    },

    /** A list for one visit; never empty, since nobody stands at a till with nothing. */
    list(random: Random, household: Household | undefined): readonly Want[] {
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const wants = drawList(random, household);
        if (wants.length > 0) return wants;
      }
      const any = products[Math.floor(random.next() * products.length)];
      return any ? [{ sku: any.sku, pieces: 1 }] : [];
    },

    /** A household bought this; it may come back for it. */
    remember(household: Household, sku: string): void {
      const product = products.find((each) => each.sku === sku);
      if (product === undefined) return;
      const key = `${household.id}|${product.category}`;
      const before = bought.get(key) ?? [];
      if (!before.includes(product)) bought.set(key, [...before, product]);
    },

    /** Chance that somebody passing a display of this product takes it because of the display. */
    displayChance(sku: string): number {
      const product = products.find((each) => each.sku === sku);
      const category = product && parameters.baskets[product.category];
      if (!product || !category) return 0;
      const range = byCategory.get(product.category)?.length ?? 1;
      return ((parameters.displayRatio - 1) * category.share * category.items) / range;
    },
  };

  function drawList(random: Random, household: Household | undefined): readonly Want[] {
    const wants = new Map<string, number>();
    for (const [category, { share, items }] of Object.entries(parameters.baskets)) {
      if (!random.chance(share)) continue;
      // Distinct items beyond the first: geometric with the fitted mean.
      let count = 1;
      while (count < 6 && random.chance(1 - 1 / items)) count += 1;
      for (let item = 0; item < count; item += 1) {
        const product = drawFor(household, category, random);
        // A household's favourites are decided apart, with the known lift.
        if (!product || household?.favourites[category] === product.sku) continue;
        wants.set(product.sku, random.weighted(parameters.quantity) + 1);
      }
    }
    return [...wants].map(([sku, pieces]) => ({ sku, pieces }));
  }
}
export type Shopping = ReturnType<typeof createShopping>;

/**
 * Whether a household buys this product on this visit. The same draw decides with and without an offer, so that
 * the offer adds exactly its lift and never takes a purchase away.
 */
export function choose(
  random: Random,
  about: { household: Household; sku: string; offered: boolean; couponUse: number },
): boolean {
  const favourite = Object.values(about.household.favourites).includes(about.sku);
  const base = favourite ? ASSUMED.favouriteBase : 0;
  const lift = favourite ? ASSUMED.favouriteLift : about.couponUse;
  return random.fork(`choice ${about.sku}`).next() < base + (about.offered ? lift : 0);
}
