import type { Candidate, Outcome, Reason } from '../../contracts/index.js';
import { checkRules, pickProduct } from './eligibility.js';
import type { Contender, DecisionInputs, ProductFacts } from './inputs.js';
import { scoreOf } from './score.js';

export interface Verdict {
  readonly outcome: Outcome;
  readonly reason?: Reason;
  /** Set for `offered` and `withheld`. */
  readonly winner?: { readonly contender: Contender; readonly product: ProductFacts; readonly score: number };
  readonly candidates: readonly Candidate[];
  /** Some candidate only lacks dwell: a later look may decide otherwise. */
  readonly waiting: boolean;
}

interface Runner {
  readonly contender: Contender;
  readonly candidate: Candidate;
  readonly product: ProductFacts | undefined;
  readonly refused: Reason | undefined;
}

/**
 * Candidates → eligible → scored → one winner. The comparison group is looked at last: a shopper is withheld an
 * offer only where the offer would have been made, so that both groups differ by nothing but the offer.
 */
export function choose(contenders: readonly Contender[], inputs: DecisionInputs): Verdict {
  const runners = contenders.map((contender) => run(contender, inputs)).sort(byRank);
  const waiting = runners.some(({ refused }) => refused === 'DwellTooShort');
  const [first, ...others] = runners;
  if (first === undefined) return { outcome: 'rejected', reason: 'NoProduct', candidates: [], waiting };
  if (first.refused !== undefined || first.product === undefined) {
    const candidates = runners.map(({ candidate }) => candidate);
    return { outcome: 'rejected', reason: leadingReason(runners), candidates, waiting };
  }
  const heldOut = isHeldOut(first.contender);
  const outcome = heldOut ? 'withheld' : 'offered';
  const won: Candidate = heldOut
    ? { ...first.candidate, outcome, reason: 'Withheld' }
    : { ...first.candidate, outcome };
  return {
    outcome,
    ...(heldOut ? { reason: 'Withheld' as const } : {}),
    winner: { contender: first.contender, product: first.product, score: first.candidate.score ?? 0 },
    candidates: [won, ...others.map((other) => lost(other, first.contender))],
    waiting,
  };
}

function run(contender: Contender, inputs: DecisionInputs): Runner {
  const { campaign, facts } = contender;
  const { checks, reason } = checkRules(contender, inputs);
  const product = reason === undefined ? pickProduct(campaign, facts) : undefined;
  const shown = product ?? facts.products[0];
  const candidate: Candidate = {
    campaign: campaign.id,
    campaignVersion: campaign.version,
    name: campaign.name,
    ...(shown === undefined ? {} : { sku: shown.sku }),
    outcome: 'rejected',
    checks,
    ...(reason === undefined ? {} : { reason }),
  };
  if (product === undefined) return { contender, candidate, product, refused: reason ?? 'NoProduct' };
  if (inputs.surface === 'phone') checks.push(comparisonCheck(contender));
  checks.push({ rule: 'likes', ok: true, value: likesText(inputs, product) });
  return {
    contender,
    candidate: { ...candidate, score: scoreOf(contender, product) },
    product,
    refused: undefined,
  };
}

function comparisonCheck({ campaign, facts }: Contender) {
  const holdout = campaign.experiment?.holdout ?? 0;
  if (facts.roll === undefined) return { rule: 'comparison group', ok: true, value: 'none' };
  const ok = facts.roll >= holdout;
  return { rule: 'comparison group', ok, value: facts.roll.toFixed(2), needs: `${holdout} or more` };
}

function isHeldOut({ campaign, facts }: Contender): boolean {
  return facts.roll !== undefined && facts.roll < (campaign.experiment?.holdout ?? 0);
}

function likesText(inputs: DecisionInputs, product: ProductFacts): string {
  if (inputs.surface === 'screen')
    return product.liked > 0 ? `${product.liked} there like it` : 'no history used';
  const bought = product.bought > 0 ? `bought ${product.bought} times` : 'never bought';
  return `${product.liked.toFixed(2)}, ${bought}`;
}

function lost({ candidate, refused, contender }: Runner, winner: Contender): Candidate {
  if (refused !== undefined) return candidate;
  const mine = contender.campaign.stacking?.exclusivity;
  const sameClass = mine !== undefined && mine === winner.campaign.stacking?.exclusivity;
  return { ...candidate, outcome: 'outbid', reason: sameClass ? 'ExclusivityTaken' : 'Outbid' };
}

/** Eligible before refused, then priority, then score; ids last, so that the order never depends on arrival. */
function byRank(left: Runner, right: Runner): number {
  const refused = Number(left.refused !== undefined) - Number(right.refused !== undefined);
  if (refused !== 0) return refused;
  const priority = priorityOf(right) - priorityOf(left);
  if (priority !== 0) return priority;
  const score = (right.candidate.score ?? 0) - (left.candidate.score ?? 0);
  if (score !== 0) return score;
  return left.contender.campaign.id < right.contender.campaign.id ? -1 : 1;
}

function priorityOf({ contender }: Runner): number {
  return contender.campaign.stacking?.priority ?? 0;
}

/** Of the candidate that came furthest through the rules. */
function leadingReason(runners: readonly Runner[]): Reason {
  let furthest = runners[0];
  for (const runner of runners) {
    if (runner.candidate.checks.length > (furthest?.candidate.checks.length ?? 0)) furthest = runner;
  }
  return furthest?.refused ?? 'NoProduct';
}
