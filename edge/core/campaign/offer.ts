import type { Because, Campaign, Offer, Product } from '../../contracts/index.js';
import type { Step } from '../step.js';
import { isoOf } from '../time.js';
import { type OfferPrice, priceUnder } from './pricing.js';

export interface OfferParts {
  readonly campaign: Campaign;
  readonly product: Product;
  readonly stock: number | null;
  readonly untilMs: number;
  readonly couponId?: string;
  readonly because?: Because;
}

/** What a phone or a screen shows for a campaign, in the money of the store. */
export function buildOffer(step: Step, parts: OfferParts): { offer: Offer; price: OfferPrice } {
  const { campaign, product, stock } = parts;
  const price = priceUnder(campaign.discount, product.priceMinor);
  const percent = campaign.discount.percent;
  const offer: Offer = {
    sku: product.sku,
    name: product.name,
    headline: campaign.headline ?? product.name,
    priceMinor: price.priceMinor,
    wasMinor: price.wasMinor,
    currency: step.state.setup.policy?.store.currency ?? 'EUR',
    ...(percent === undefined ? {} : { percent }),
    ...(parts.because === undefined ? {} : { why: inEnglish(parts.because), because: parts.because }),
    ...(parts.couponId === undefined ? {} : { couponId: parts.couponId }),
    validUntil: isoOf(parts.untilMs),
    ...(product.art === undefined ? {} : { art: product.art }),
    ...(stock === null ? {} : { piecesLeft: stock }),
    ...(stock === null || product.startStock === undefined
      ? {}
      : { piecesOf: Math.max(product.startStock, stock) }),
    ...(product.pieceName === undefined ? {} : { pieceName: product.pieceName }),
    ...(product.size === undefined ? {} : { size: product.size }),
    ...(campaign.smallPrint === undefined ? {} : { smallPrint: campaign.smallPrint }),
  };
  return { offer, price };
}

/** For those who read the event; pages speak the language of their reader. */
function inEnglish(because: Because): string {
  if (because.kind === 'near') return `It is near you, in ${because.zoneName}`;
  return because.times === 1 ? 'You bought it before' : `You bought it ${because.times} times`;
}
