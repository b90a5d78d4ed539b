import type { Campaign } from '../../contracts/index.js';
import { personalConsent } from '../consent/consent.js';
import type { VisitorTrack } from '../presence/state.js';
import type { Step } from '../step.js';
import { isoOf } from '../time.js';
import { contendersOf, factsForShopper, stoppedNow } from './gather.js';
import type { Contender, DecisionInputs } from './inputs.js';

const CANDIDATES_MAX = 64;

/** What a decision about one person in one place stands on. */
export interface Moment {
  readonly contenders: readonly Contender[];
  readonly inputs: DecisionInputs;
}

/** `undefined` for a person who did not agree to what a personal decision needs. */
export function personalMoment(
  step: Step,
  who: { readonly sid: string; readonly visit: VisitorTrack },
  campaigns: readonly Campaign[],
): Moment | undefined {
  const { sid, visit } = who;
  const consent = personalConsent(step.state.consent, sid, step.nowMs);
  if (consent === undefined) return undefined;
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
  return { contenders, inputs };
}
