import type { PromoDecision } from '../../contracts/index.js';
import { lockCampaign } from '../campaign/campaigns.js';
import { countMade, hold } from '../coupon/holds.js';
import { issueCoupon } from '../coupon/issue.js';
import { couponOfDecision } from '../coupon/state.js';
import { countNow } from '../figures/figures.js';
import { tallyDecision } from '../offers/tally.js';
import type { VisitorTrack } from '../presence/state.js';
import type { Step } from '../step.js';
import { openPhoneStory } from '../story/stories.js';
import { DAY_MS } from '../time.js';
import { choose, type Verdict } from './choose.js';
import type { DecisionInputs } from './inputs.js';
import { personalMoment } from './moment.js';
import { personalOffer } from './personal-offer.js';

/**
 * One decision per visit of a consenting shopper to a zone. While the only thing missing is a longer stay,
 * nothing is decided yet: the next dwell asks again.
 */
export function considerPhone(step: Step, sid: string, visit: VisitorTrack): void {
  if (visit.decided) return;
  const campaigns = step.derived.coupons.get(visit.zone) ?? step.derived.coupons.get('') ?? [];
  if (campaigns.length === 0) return;
  const moment = personalMoment(step, { sid, visit }, campaigns);
  if (moment === undefined) return;
  const verdict = choose(moment.contenders, moment.inputs);
  if (verdict.winner === undefined && verdict.waiting) return;
  visit.decided = true;
  tellDecision(step, { sid, visit, inputs: moment.inputs, verdict });
}

interface Decided {
  readonly sid: string;
  readonly visit: VisitorTrack;
  readonly inputs: DecisionInputs;
  readonly verdict: Verdict;
}

function tellDecision(step: Step, decided: Decided): void {
  const { sid, verdict, inputs, visit } = decided;
  const decisionId = step.nextId();
  const coupon = verdict.outcome === 'offered' ? { couponId: couponOfDecision(decisionId) } : {};
  const made = personalOffer(step, { verdict, inputs, validMs: DAY_MS, ...coupon });
  const decision: PromoDecision = {
    decisionId,
    storyId: decisionId,
    outcome: verdict.outcome,
    surface: 'phone',
    zone: visit.zone,
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
  openPhoneStory(step, decision, visit);
  if (verdict.outcome !== 'rejected') countNow(step, verdict.outcome === 'offered' ? 'offers' : 'withheld');
  if (made === undefined) return;
  const { campaign, offer } = made;
  const couponId = offer.couponId ?? '';
  countMade(step.state.coupons, campaign.id, { sid, day: inputs.day });
  const exclusivity = campaign.stacking?.exclusivity ?? '';
  const held = { campaign: campaign.id, exclusivity, untilMs: made.untilMs, couponId };
  hold(step.state.coupons, sid, held, step.nowMs);
  lockCampaign(step.state.campaigns, campaign);
  if (couponId !== '') issueCoupon(step, { ...made, sid, decisionId, couponId });
}
