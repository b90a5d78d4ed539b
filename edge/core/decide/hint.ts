import type { PromoDecision, StoreEvent } from '../../contracts/index.js';
import { lockCampaign } from '../campaign/campaigns.js';
import { countMade } from '../coupon/holds.js';
import { noteHint } from '../hints/state.js';
import { tallyDecision } from '../offers/tally.js';
import type { VisitorTrack } from '../presence/state.js';
import type { Step } from '../step.js';
import { MINUTE_MS } from '../time.js';
import { choose, type Verdict } from './choose.js';
import type { DecisionInputs } from './inputs.js';
import { personalMoment } from './moment.js';
import { personalOffer } from './personal-offer.js';

/** A hint speaks of the moment; the next sighting says it again. */
const VALID_DEFAULT_MINUTES = 15;

/**
 * One decision a sighting of a consenting shopper in a zone with hint campaigns; caps say how often one is given.
 * Nothing is redeemed, so nothing is held and no story is told. A refusal is said once a visit for each reason.
 */
export function considerHints(step: Step, key: string, visit: VisitorTrack): void {
  if (visit.zone === '' || !key.startsWith('s:')) return;
  const campaigns = step.derived.hints.get(visit.zone) ?? step.derived.hints.get('') ?? [];
  if (campaigns.length === 0) return;
  const sid = key.slice(2);
  const moment = personalMoment(step, { sid, visit }, campaigns);
  if (moment === undefined) return;
  const verdict = choose(moment.contenders, moment.inputs);
  if (verdict.winner === undefined && isToldAlready(visit, verdict)) return;
  tellHint(step, { sid, verdict, zone: visit.zone, inputs: { ...moment.inputs, sighting: heard(step) } });
}

function isToldAlready(visit: VisitorTrack, { reason }: Verdict): boolean {
  const refusal = `${visit.enteredId} ${reason ?? ''}`;
  if (visit.hintRefused === refusal) return true;
  visit.hintRefused = refusal;
  return false;
}

/** Which sighting it answers, by the sender's own count where it has one. */
function heard({ event }: Step): NonNullable<DecisionInputs['sighting']> {
  const { node, seq } = (event as StoreEvent<'presence.sighting'>).data;
  return seq === undefined ? { node } : { node, seq };
}

interface Told {
  readonly sid: string;
  readonly zone: string;
  readonly inputs: DecisionInputs;
  readonly verdict: Verdict;
}

function tellHint(step: Step, { sid, zone, inputs, verdict }: Told): void {
  const decisionId = step.nextId();
  const made = personalOffer(step, { verdict, inputs, validMs: VALID_DEFAULT_MINUTES * MINUTE_MS });
  const decision: PromoDecision = {
    decisionId,
    storyId: decisionId,
    outcome: verdict.outcome,
    surface: 'phone',
    zone,
    sid,
    ...(made === undefined
      ? {}
      : { campaign: made.campaign.id, campaignVersion: made.campaign.version, offer: made.offer }),
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    candidates: [...verdict.candidates],
    inputs: { ...inputs },
  };
  step.emit('promo.decision', decision);
  tallyDecision(step, decision);
  if (made === undefined) return;
  const { campaign, offer, untilMs } = made;
  countMade(step.state.coupons, campaign.id, { sid, day: inputs.day });
  lockCampaign(step.state.campaigns, campaign);
  if (verdict.outcome === 'offered')
    noteHint(step.state.hints, sid, { campaign: campaign.id, decisionId, offer, untilMs });
}
