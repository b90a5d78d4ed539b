import type { Campaign, Candidate, Outcome, Reason, RuleCheck } from '../../contracts/index.js';
import { said } from '../../contracts/index.js';
import { checkOf, checkRules, pickProduct } from './eligibility.js';
import type { Contender, DecisionInputs, ProductFacts } from './inputs.js';
import { scoreOf } from './score.js';

/** A candidate after the rules, with what its place among the others depends on. */
export interface Runner {
  readonly candidate: Candidate;
  readonly refused: Reason | undefined;
  readonly priority: number;
  readonly exclusivity: string;
  /** The shopper is in this campaign's comparison group. */
  readonly heldOut: boolean;
  /** Absent when the runner was taken from a recorded decision. */
  readonly contender?: Contender;
  readonly product?: ProductFacts;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly reason?: Reason;
  /** Set for `offered` and `withheld`. */
  readonly winner?: Runner;
  readonly candidates: readonly Candidate[];
  /** Some candidate only lacks dwell: a later look may decide otherwise. */
  readonly waiting: boolean;
}

/** Candidates → eligible → scored → one winner. */
export function choose(contenders: readonly Contender[], inputs: DecisionInputs): Verdict {
  return settle(contenders.map((contender) => run(contender, inputs)));
}

/** All rules for one campaign, and its score when none of them says no. */
export function run(contender: Contender, inputs: DecisionInputs): Runner {
  const { campaign, facts } = contender;
  const { checks, reason } = checkRules(contender, inputs);
  const product = reason === undefined ? pickProduct(campaign, facts) : undefined;
  const refused = product === undefined ? (reason ?? 'NoProduct') : undefined;
  const shown = product ?? facts.products[0];
  const held = facts.roll !== undefined && facts.roll < (campaign.experiment?.holdout ?? 0);
  if (product !== undefined) {
    if (inputs.surface === 'phone') checks.push(comparisonCheck(contender, !held));
    checks.push({ rule: 'likes', ok: true, ...likesOf(inputs, product) });
  }
  const candidate: Candidate = {
    campaign: campaign.id,
    campaignVersion: campaign.version,
    name: campaign.name,
    ...(shown === undefined ? {} : { sku: shown.sku }),
    outcome: 'rejected',
    ...(refused === undefined ? {} : { reason: refused }),
    checks,
    ...(product === undefined ? {} : { score: scoreOf(contender, product) }),
  };
  const { priority, exclusivity } = facts;
  const runner = { candidate, refused, priority, exclusivity, heldOut: held, contender };
  return product === undefined ? runner : { ...runner, product };
}

/**
 * Rank and choose. The comparison group is looked at last: a shopper is withheld an offer only where the offer
 * would have been made, so that both groups differ by nothing but the offer.
 */
export function settle(unordered: readonly Runner[]): Verdict {
  const runners = [...unordered].sort(byRank);
  const waiting = runners.some(({ refused }) => refused === 'DwellTooShort');
  const [first, ...others] = runners;
  if (first === undefined) return { outcome: 'rejected', reason: 'NoProduct', candidates: [], waiting };
  if (first.refused !== undefined) {
    const candidates = runners.map(({ candidate }) => candidate);
    return { outcome: 'rejected', reason: leadingReason(runners), candidates, waiting };
  }
  const outcome = first.heldOut ? ('withheld' as const) : ('offered' as const);
  const why = first.heldOut ? { reason: 'Withheld' as const } : {};
  const candidates = [{ ...first.candidate, outcome, ...why }, ...others.map((other) => lost(other, first))];
  return { outcome, ...why, winner: first, candidates, waiting };
}

/** Campaign and product of a verdict that was made here, not taken from a record. */
export function wonBy({ winner }: Verdict): { campaign: Campaign; facts: ProductFacts } | undefined {
  if (winner?.contender === undefined || winner.product === undefined) return undefined;
  return { campaign: winner.contender.campaign, facts: winner.product };
}

function comparisonCheck({ campaign, facts }: Contender, ok: boolean) {
  if (facts.roll === undefined) return checkOf(COMPARISON, { ok: true, saw: said('noComparison') });
  const wants = said('orMore', campaign.experiment?.holdout ?? 0);
  return checkOf(COMPARISON, { ok, saw: facts.roll.toFixed(4), wants });
}

/** Name of the check that tells whether the shopper is in the comparison group. */
export const COMPARISON = 'comparison group';

/** In English for those who read the event, and as figures for pages. */
function likesOf(
  inputs: DecisionInputs,
  { liked, bought }: ProductFacts,
): Pick<RuleCheck, 'value' | 'liking'> {
  if (inputs.surface === 'screen')
    return { value: liked > 0 ? `${liked} there like it` : 'no history used', liking: { liked } };
  const often = bought === 1 ? 'bought once' : `bought ${bought} times`;
  const rounded = liked.toFixed(2);
  return {
    value: `${rounded}, ${bought > 0 ? often : 'never bought'}`,
    liking: { liked: Number(rounded), bought },
  };
}

function lost({ candidate, refused, exclusivity }: Runner, winner: Runner): Candidate {
  if (refused !== undefined) return candidate;
  const sameClass = exclusivity !== '' && exclusivity === winner.exclusivity;
  return { ...candidate, outcome: 'outbid', reason: sameClass ? 'ExclusivityTaken' : 'Outbid' };
}

/** Eligible before refused, then priority, then score; ids last, so that the order never depends on arrival. */
function byRank(left: Runner, right: Runner): number {
  const refused = Number(left.refused !== undefined) - Number(right.refused !== undefined);
  if (refused !== 0) return refused;
  if (left.priority !== right.priority) return right.priority - left.priority;
  const score = (right.candidate.score ?? 0) - (left.candidate.score ?? 0);
  if (score !== 0) return score;
  return left.candidate.campaign < right.candidate.campaign ? -1 : 1;
}

/** Of the candidate that came furthest through the rules. */
function leadingReason(runners: readonly Runner[]): Reason {
  let furthest = runners[0];
  for (const runner of runners) {
    if (runner.candidate.checks.length > (furthest?.candidate.checks.length ?? 0)) furthest = runner;
  }
  return furthest?.refused ?? 'NoProduct';
}
