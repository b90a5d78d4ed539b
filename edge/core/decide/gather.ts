import type { Campaign, Product } from '../../contracts/index.js';
import { favouritesOf, likingOf } from '../baskets/favourites.js';
import { isStopped } from '../campaign/campaigns.js';
import { heldBy, madeOf } from '../coupon/holds.js';
import type { Step } from '../step.js';
import { stockOf } from '../stock/stock.js';
import { beatsOpenOffer, neededStock } from './eligibility.js';
import type { CampaignFacts, Contender, ProductFacts } from './inputs.js';
import { rollOf, supportOf } from './score.js';

/** Products named in a decision: the pick and the ones that went before it. */
const PRODUCTS_SHOWN = 3;
/** A substitute costs about the same: this share up or down. */
const SUBSTITUTE_PRICE_BAND = 0.3;

/** Facts of a coupon campaign for one shopper. */
export function factsForShopper(
  step: Step,
  campaign: Campaign,
  who: { sid: string; day: string },
): CampaignFacts {
  const { state, nowMs } = step;
  const held = heldBy(state.coupons, who.sid, nowMs);
  const exclusivity = campaign.stacking?.exclusivity ?? '';
  const experiment = campaign.experiment;
  return {
    products: productsFor(step, campaign, who.sid),
    made: madeOf(state.coupons, campaign.id, who),
    held: held.some((hold) => hold.campaign === campaign.id),
    classHeld: exclusivity !== '' && held.some((hold) => hold.exclusivity === exclusivity),
    ...rankOf(campaign),
    ...(experiment === undefined || experiment.holdout === 0
      ? {}
      : { roll: rememberedRoll(step, { seed: experiment.seed, sid: who.sid, campaign: campaign.id }) }),
  };
}

/** What a screen's choice knows: how many of those present like each product, and what it shows now. */
export interface ScreenMoment {
  readonly fans: ReadonlyMap<string, number>;
  /** Campaign and product on the screen, `''` for none. */
  readonly campaign: string;
  readonly sku: string;
}

export function factsForScreen(step: Step, campaign: Campaign, moment: ScreenMoment): CampaignFacts {
  const set = step.derived.productsOf.get(campaign.id);
  const first = campaign.id === moment.campaign && set?.skus.has(moment.sku) === true ? moment.sku : '';
  const own = screenOrder(step, campaign, { fans: moment.fans, first });
  const products = ordered(step, campaign, { own, mayTake: () => true });
  const support = supportOf(countFans(step, campaign, moment.fans));
  return {
    products: products.map((product) => productFacts(step, product, { liked: support, bought: 0 })),
    made: [0, 0, 0, 0],
    held: false,
    classHeld: false,
    ...rankOf(campaign),
  };
}

const ROLLS_HELD = 20_000;

/** The draw never changes, and hashing is the dearest part of a decision. */
function rememberedRoll(step: Step, draw: { seed: string; sid: string; campaign: string }): number {
  const { rolls } = step.derived;
  const key = `${draw.sid}|${draw.campaign}|${draw.seed}`;
  const known = rolls.get(key);
  if (known !== undefined) return known;
  if (rolls.size >= ROLLS_HELD) rolls.clear();
  const roll = rollOf(draw.seed, draw.sid, draw.campaign);
  rolls.set(key, roll);
  return roll;
}

function rankOf({ stacking }: Campaign): Pick<CampaignFacts, 'priority' | 'exclusivity'> {
  return { priority: stacking?.priority ?? 0, exclusivity: stacking?.exclusivity ?? '' };
}

/** Most people who agree on any one product of the campaign. */
function countFans(step: Step, campaign: Campaign, fans: ReadonlyMap<string, number>): number {
  const set = step.derived.productsOf.get(campaign.id)?.skus;
  let most = 0;
  for (const [sku, count] of fans) if (set?.has(sku) === true && count > most) most = count;
  return most;
}

export function stoppedNow(step: Step, campaigns: readonly Campaign[]): true | readonly string[] {
  for (const { scope } of step.state.campaigns.stops.values()) if (scope === 'all') return true;
  return campaigns.map(({ id }) => id).filter((id) => isStopped(step.state.campaigns, id));
}

function productsFor(step: Step, campaign: Campaign, sid: string): readonly ProductFacts[] {
  const favourites = favouritesOf(step.state.favourites, sid);
  const open = openPrices(step);
  const mayTake = ({ sku, priceMinor }: Product) =>
    beatsOpenOffer(campaign, { priceMinor, ...openOf(open, sku) });
  return ordered(step, campaign, { own: shopperOrder(step, campaign, sid), mayTake }).map((product) => {
    const favourite = favourites.find(([sku]) => sku === product.sku);
    const liked = favourite === undefined ? 0 : likingOf(favourite, step.nowMs);
    const taste = { liked, bought: Math.max(0, favourite?.[2] ?? 0) };
    return { ...productFacts(step, product, taste), ...openOf(open, product.sku) };
  });
}

/** Lowest price of each product that any screen of the store offers to everybody now. */
function openPrices(step: Step): ReadonlyMap<string, number> {
  const lowest = new Map<string, number>();
  for (const { showing } of step.state.screens.rows.values()) {
    if (showing === null || showing.untilMs <= step.nowMs) continue;
    const { sku, priceMinor } = showing.offer;
    lowest.set(sku, Math.min(priceMinor, lowest.get(sku) ?? priceMinor));
  }
  return lowest;
}

function openOf(open: ReadonlyMap<string, number>, sku: string): Pick<ProductFacts, 'openMinor'> {
  const openMinor = open.get(sku);
  return openMinor === undefined ? {} : { openMinor };
}

function productFacts(step: Step, product: Product, taste: { liked: number; bought: number }): ProductFacts {
  const stock = stockOf(step.state.stock, product.sku);
  return { sku: product.sku, name: product.name, priceMinor: product.priceMinor, stock, ...taste };
}

/** The campaign's own order, cut to the first that is there in sufficient number and what stood before it. */
function ordered(
  step: Step,
  campaign: Campaign,
  choice: { own: Iterable<Product>; mayTake(product: Product): boolean },
): readonly Product[] {
  const enough = (product: Product) => {
    if (!choice.mayTake(product)) return false;
    const stock = stockOf(step.state.stock, product.sku);
    return stock === null || stock >= neededStock(campaign);
  };
  const passed: Product[] = [];
  let first: Product | undefined;
  for (const product of choice.own) {
    first ??= product;
    if (enough(product)) return [...passed, product];
    if (passed.length < PRODUCTS_SHOWN - 1) passed.push(product);
  }
  if (first === undefined || campaign.inventory?.substitute !== true) return passed;
  const substitute = substituteFor(step, first, enough);
  return substitute === undefined ? passed : [...passed, substitute];
}

/** For one shopper: what they buy, best liked first, where the campaign asks for it; then the campaign's own. */
function* shopperOrder(step: Step, campaign: Campaign, sid: string): Generator<Product> {
  const set = step.derived.productsOf.get(campaign.id);
  if (set === undefined) return;
  const liked = new Set<string>();
  if (campaign.products.choose === 'favourite') {
    for (const [sku, weight] of favouritesOf(step.state.favourites, sid)) {
      const product = set.skus.has(sku) ? step.state.campaigns.products.get(sku) : undefined;
      if (product === undefined || weight <= 0) continue;
      liked.add(sku);
      yield product;
    }
  }
  const list = campaign.products.choose === 'best-stocked' ? byStock(step, set.list) : set.list;
  for (const product of list) if (!liked.has(product.sku)) yield product;
}

/**
 * For everybody: with `favourite` what at least two of those present like, then what is up already (two products
 * of equal stock must not take turns), then the campaign's own order.
 */
function screenOrder(
  step: Step,
  campaign: Campaign,
  moment: { fans: ReadonlyMap<string, number>; first: string },
): readonly Product[] {
  const list = step.derived.productsOf.get(campaign.id)?.list ?? [];
  const { choose = 'first' } = campaign.products;
  if (choose === 'first') return list;
  const agreed = ({ sku }: Product) => (choose === 'favourite' ? supportOf(moment.fans.get(sku) ?? 0) : 0);
  const isUp = ({ sku }: Product) => Number(sku === moment.first);
  return byStock(step, list).sort((left, right) => agreed(right) - agreed(left) || isUp(right) - isUp(left));
}

function byStock(step: Step, list: readonly Product[]): Product[] {
  const stock = new Map(list.map(({ sku }) => [sku, stockOf(step.state.stock, sku) ?? 0]));
  return [...list].sort((left, right) => (stock.get(right.sku) ?? 0) - (stock.get(left.sku) ?? 0));
}

/** Same category, about the same price, nearest first. */
function substituteFor(
  step: Step,
  wanted: Product,
  enough: (product: Product) => boolean,
): Product | undefined {
  let best: Product | undefined;
  const distance = (product: Product) => Math.abs(product.priceMinor - wanted.priceMinor);
  for (const product of step.derived.byCategory.get(wanted.category) ?? []) {
    if (product.sku === wanted.sku || distance(product) > wanted.priceMinor * SUBSTITUTE_PRICE_BAND) continue;
    if ((best === undefined || distance(product) < distance(best)) && enough(product)) best = product;
  }
  return best;
}

export function contendersOf(
  campaigns: readonly Campaign[],
  factsOf: (campaign: Campaign) => CampaignFacts,
): readonly Contender[] {
  return campaigns.map((campaign) => ({ campaign, facts: factsOf(campaign) }));
}
