import type { Campaign, Candidate, PromoDecision, Reason } from '../../contracts/index.js';
import { priceUnder } from '../campaign/pricing.js';
import { COMPARISON, type Runner, run, settle, type Verdict } from './choose.js';
import type { CampaignFacts, DecisionInputs } from './inputs.js';
import { rollOf } from './score.js';

export interface SimulatedDecision {
  readonly decisionId: string;
  readonly differs: boolean;
  readonly before: DecisionSummary;
  readonly after: DecisionSummary & { readonly candidates: readonly Candidate[] };
  /** Changed campaigns of which the decision holds no facts: they were not in the running there and then. */
  readonly unknown: readonly string[];
}
export interface DecisionSummary {
  readonly outcome: PromoDecision['outcome'];
  readonly reason?: string;
  readonly campaign?: string;
  readonly sku?: string;
  readonly priceMinor?: number;
}

/**
 * What this decision would have been under changed campaigns, from its embedded inputs alone. Campaigns that
 * are not named keep what the rules said about them; the named ones go through the rules again.
 */
export function simulateDecision(
  decision: PromoDecision,
  changedCampaigns: readonly Campaign[],
): SimulatedDecision {
  const inputs = decision.inputs as unknown as DecisionInputs;
  const changed = new Map(changedCampaigns.map((campaign) => [campaign.id, campaign]));
  const runners = decision.candidates.flatMap((candidate) => {
    const facts = inputs.facts[candidate.campaign];
    if (facts === undefined) return [];
    const campaign = changed.get(candidate.campaign);
    if (campaign === undefined) return [recorded(candidate, facts)];
    return campaign.withdrawn === true ? [] : [run(contenderOf(campaign, facts, decision.sid), inputs)];
  });
  const verdict = settle(runners);
  const before = summaryOf(decision);
  const after = { ...summaryAfter(verdict, decision), candidates: verdict.candidates };
  const { candidates: _candidates, ...plain } = after;
  return {
    decisionId: decision.decisionId,
    differs: JSON.stringify(before) !== JSON.stringify(plain),
    before,
    after,
    unknown: [...changed.keys()].filter((id) => inputs.facts[id] === undefined),
  };
}

function contenderOf(campaign: Campaign, facts: CampaignFacts, sid: string | undefined) {
  const { experiment, stacking } = campaign;
  const { roll: _roll, ...rest } = facts;
  const roll =
    experiment === undefined || experiment.holdout === 0 || sid === undefined
      ? {}
      : { roll: rollOf(experiment.seed, sid, campaign.id) };
  const rank = { priority: stacking?.priority ?? 0, exclusivity: stacking?.exclusivity ?? '' };
  return { campaign, facts: { ...rest, ...roll, ...rank } };
}

/** A candidate as the decision tells of it: in the running when only others kept it from winning. */
function recorded(candidate: Candidate, facts: CampaignFacts): Runner {
  const { reason: _reason, ...rest } = candidate;
  const refused = candidate.outcome === 'rejected' ? (candidate.reason as Reason) : undefined;
  const product = facts.products.find(({ sku }) => sku === candidate.sku);
  return {
    candidate: refused === undefined ? { ...rest, outcome: 'rejected' } : candidate,
    refused,
    priority: facts.priority,
    exclusivity: facts.exclusivity,
    heldOut: candidate.checks.some(({ rule, ok }) => rule === COMPARISON && !ok),
    ...(product === undefined ? {} : { product }),
  };
}

function summaryOf(decision: PromoDecision): DecisionSummary {
  const { outcome, reason, campaign, offer } = decision;
  return {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(campaign === undefined ? {} : { campaign }),
    ...(offer === undefined ? {} : { sku: offer.sku, priceMinor: offer.priceMinor }),
  };
}

function summaryAfter(verdict: Verdict, decision: PromoDecision): DecisionSummary {
  const { outcome, reason, winner } = verdict;
  const priceMinor = winner === undefined ? undefined : priceAfter(winner, decision);
  return {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(winner === undefined ? {} : { campaign: winner.candidate.campaign }),
    ...(winner?.candidate.sku === undefined ? {} : { sku: winner.candidate.sku }),
    ...(priceMinor === undefined ? {} : { priceMinor }),
  };
}

/** The price is known where the campaign is, or where it won before. */
function priceAfter(winner: Runner, { campaign, offer }: PromoDecision): number | undefined {
  const { contender, product, candidate } = winner;
  if (contender !== undefined && product !== undefined) {
    return priceUnder(contender.campaign.discount, product.priceMinor).priceMinor;
  }
  return candidate.campaign === campaign && candidate.sku === offer?.sku ? offer?.priceMinor : undefined;
}
