import type { Because, PromoDecision } from '../../contracts/index.js';
import { lockCampaign } from '../campaign/campaigns.js';
import { buildOffer } from '../campaign/offer.js';
import { personalConsent } from '../consent/consent.js';
import { countMade, hold } from '../coupon/holds.js';
import { issueCoupon } from '../coupon/issue.js';
import { couponOfDecision } from '../coupon/state.js';
import { countNow } from '../figures/figures.js';
import { tallyDecision } from '../offers/tally.js';
import type { VisitorTrack } from '../presence/state.js';
import type { Step } from '../step.js';
import { openPhoneStory } from '../story/stories.js';
import { isoOf, MINUTE_MS, parseInstantMs } from '../time.js';
import { choose, type Verdict, wonBy } from './choose.js';
import { contendersOf, factsForShopper, stoppedNow } from './gather.js';
import type { DecisionInputs, ProductFacts } from './inputs.js';

const CANDIDATES_MAX = 64;
const VALID_DEFAULT_MINUTES = 24 * 60;

/**
 * One decision per visit of a consenting shopper to a zone. While the only thing missing is a longer stay,
 * nothing is decided yet: the next dwell asks again.
 */
export function considerPhone(step: Step, sid: string, visit: VisitorTrack): void {
  if (visit.decided) return;
  const campaigns = step.derived.coupons.get(visit.zone) ?? step.derived.coupons.get('') ?? [];
  if (campaigns.length === 0) return;
  const consent = personalConsent(step.state.consent, sid, step.nowMs);
  if (consent === undefined) return;
  const local = step.derived.clock.at(step.nowMs);
  const contenders = contendersOf(campaigns.slice(0, CANDIDATES_MAX), (campaign) =>
    factsForShopper(step, campaign, { sid, day: local.day }),
  );
  const inputs: DecisionInputs = {
    surface: 'phone',
    atMs: step.nowMs,
    ...local,
    ...(step.state.clock.unsure ? { clockUnsure: true } : {}),
    zone: visit.zone,
    zoneName: step.derived.zoneNames.get(visit.zone) ?? visit.zone,
    dwellMs: step.nowMs - visit.sinceMs,
    consent: { givenDay: isoOf(consent.givenMs).slice(0, 10), ageBand: consent.ageBand },
    stopped: stoppedNow(step, campaigns),
    audience: 1,
    facts: Object.fromEntries(contenders.map(({ campaign, facts }) => [campaign.id, facts])),
  };
  const verdict = choose(contenders, inputs);
  if (verdict.winner === undefined && verdict.waiting) return;
  visit.decided = true;
  tellDecision(step, { sid, visit, inputs, verdict });
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
  const made = makeOffer(step, decided, decisionId);
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

function makeOffer(step: Step, { verdict, inputs }: Decided, decisionId: string) {
  const won = wonBy(verdict);
  const product = won === undefined ? undefined : step.state.campaigns.products.get(won.facts.sku);
  if (won === undefined || product === undefined) return undefined;
  const { campaign, facts } = won;
  const validMs = (campaign.validMinutes ?? VALID_DEFAULT_MINUTES) * MINUTE_MS;
  const end = campaign.when?.until;
  const untilMs = Math.min(
    Math.round(step.nowMs + validMs),
    end === undefined ? Infinity : parseInstantMs(end),
  );
  const offered = verdict.outcome === 'offered';
  const { offer, price } = buildOffer(step, {
    campaign,
    product,
    stock: facts.stock,
    untilMs,
    because: becauseOf(facts, inputs),
    ...(offered ? { couponId: couponOfDecision(decisionId) } : {}),
  });
  return { campaign, offer, price, untilMs };
}

function becauseOf({ bought }: ProductFacts, { zone, zoneName }: DecisionInputs): Because {
  return bought > 0 ? { kind: 'bought', times: bought } : { kind: 'near', zone, zoneName };
}
