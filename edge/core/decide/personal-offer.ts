import type { Because, Campaign, Offer } from '../../contracts/index.js';
import { buildOffer } from '../campaign/offer.js';
import type { OfferPrice } from '../campaign/pricing.js';
import type { Step } from '../step.js';
import { MINUTE_MS, parseInstantMs } from '../time.js';
import { type Verdict, wonBy } from './choose.js';
import type { DecisionInputs, ProductFacts } from './inputs.js';

export interface PersonalOffer {
  readonly campaign: Campaign;
  readonly offer: Offer;
  readonly price: OfferPrice;
  readonly untilMs: number;
}

/** What the winner of a verdict means for one person; `undefined` where nothing won. */
export function personalOffer(
  step: Step,
  won: {
    readonly verdict: Verdict;
    readonly inputs: DecisionInputs;
    /** How long it holds where the campaign does not say. */
    readonly validMs: number;
    readonly couponId?: string;
  },
): PersonalOffer | undefined {
  const winner = wonBy(won.verdict);
  const product = winner === undefined ? undefined : step.state.campaigns.products.get(winner.facts.sku);
  if (winner === undefined || product === undefined) return undefined;
  const { campaign, facts } = winner;
  const validMs = campaign.validMinutes === undefined ? won.validMs : campaign.validMinutes * MINUTE_MS;
  const end = campaign.when?.until;
  const untilMs = Math.min(
    Math.round(step.nowMs + validMs),
    end === undefined ? Infinity : parseInstantMs(end),
  );
  const { offer, price } = buildOffer(step, {
    campaign,
    product,
    stock: facts.stock,
    untilMs,
    because: becauseOf(facts, won.inputs),
    ...(won.couponId === undefined ? {} : { couponId: won.couponId }),
  });
  return { campaign, offer, price, untilMs };
}

function becauseOf({ bought }: ProductFacts, { zone, zoneName }: DecisionInputs): Because {
  return bought > 0 ? { kind: 'bought', times: bought } : { kind: 'near', zone, zoneName };
}
