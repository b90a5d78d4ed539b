import type { PromoDecision, StoreEvent, Story, StoryStep } from '../../contracts/index.js';
import type { Coupon } from '../coupon/state.js';
import type { VisitorTrack } from '../presence/state.js';
import type { Step } from '../step.js';
import { isoOf } from '../time.js';
import type { StoryState } from './state.js';

const STORIES_HELD = 2_000;
const STEPS_MAX = 16;

type Opening = Omit<Story, 'updatedAt'>;

function open(step: Step, story: Opening, sid?: string): void {
  const { stories } = step.state;
  stories.rows.set(story.id, {
    seq: nextSeq(stories),
    story: { ...story, title: story.title.slice(0, 200), updatedAt: step.event.recordedtime },
    ...(sid === undefined ? {} : { sid }),
  });
  if (stories.rows.size <= STORIES_HELD) return;
  const [oldest] = stories.rows.keys();
  if (oldest !== undefined) stories.rows.delete(oldest);
}

function nextSeq(stories: StoryState): number {
  stories.seq.last += 1;
  return stories.seq.last;
}

/** Add a step, or a new state, to a story that is still held. */
function goOn(step: Step, id: string, change: { step?: StoryStep; state?: Story['state'] }): void {
  const row = step.state.stories.rows.get(id);
  if (row === undefined) return;
  const full = row.story.steps.length >= STEPS_MAX;
  row.story = {
    ...row.story,
    ...(change.state === undefined ? {} : { state: change.state }),
    updatedAt: step.event.recordedtime,
    steps: change.step === undefined || full ? row.story.steps : [...row.story.steps, change.step],
  };
  row.seq = nextSeq(step.state.stories);
}

function stepAt(step: Step, what: Omit<StoryStep, 'at'>): StoryStep {
  return { at: step.event.recordedtime, ...what };
}

function hasStep(step: Step, id: string, name: StoryStep['step'], outcome?: string): boolean {
  const steps = step.state.stories.rows.get(id)?.story.steps ?? [];
  return steps.some((done) => done.step === name && (outcome === undefined || done.outcome === outcome));
}

const PHONE_STATE = { offered: 'open', withheld: 'withheld', rejected: 'refused' } as const;

export function openPhoneStory(step: Step, decision: PromoDecision, visit: VisitorTrack): void {
  const { offer, reason } = decision;
  const zone = step.derived.zoneNames.get(visit.zone) ?? visit.zone;
  const entered: StoryStep = {
    step: 'entered',
    at: isoOf(visit.sinceMs),
    eventId: visit.enteredId,
    outcome: 'entered',
    facts: { zone, staySeconds: Math.floor((step.nowMs - visit.sinceMs) / 1_000) },
  };
  const story: Opening = {
    id: decision.storyId,
    state: PHONE_STATE[decision.outcome],
    surface: 'phone',
    outcome: decision.outcome,
    title: titleOf(decision),
    ...offerFacts(decision),
    zone: visit.zone,
    ...(reason === undefined ? {} : { reason }),
    startedAt: isoOf(visit.sinceMs),
    steps: [entered, decidedStep(step, decision), ...besideSteps(step, visit.zone, offer === undefined)],
  };
  open(step, story, decision.sid);
}

/** What a screen of the zone that is up shows to everybody while the phone gets its own offer. */
function besideSteps(step: Step, zone: string, none: boolean): StoryStep[] {
  if (none) return [];
  const { online } = step.state.screens;
  const screen = step.derived.screens.find(
    ({ id, zone: its }) => its === zone && online.has(id) && step.state.screens.rows.get(id)?.showing != null,
  );
  const showing = screen === undefined ? undefined : step.state.screens.rows.get(screen.id)?.showing;
  if (screen === undefined || showing == null) return [];
  const facts = {
    screen: screen.name ?? screen.id,
    product: showing.offer.name,
    priceMinor: showing.offer.priceMinor,
  };
  return [stepAt(step, { step: 'shown', eventId: showing.decisionId, outcome: 'for everybody', facts })];
}

export function openScreenStory(step: Step, decision: PromoDecision, people: number): void {
  const offered = decision.outcome === 'offered';
  open(step, {
    id: decision.storyId,
    state: offered ? 'on-screen' : 'refused',
    surface: 'screen',
    outcome: decision.outcome,
    title: titleOf(decision),
    ...offerFacts(decision),
    ...(decision.zone === undefined ? {} : { zone: decision.zone }),
    ...(decision.screen === undefined ? {} : { screen: decision.screen }),
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    startedAt: step.event.recordedtime,
    steps: [{ ...decidedStep(step, decision), facts: { ...decidedStep(step, decision).facts, people } }],
  });
}

function titleOf(decision: PromoDecision): string {
  const first = decision.candidates[0];
  return decision.offer?.name ?? first?.name ?? first?.campaign ?? 'No offer';
}

function offerFacts({ offer, campaign }: PromoDecision): Partial<Story> {
  return {
    ...(campaign === undefined ? {} : { campaign }),
    ...(offer?.percent === undefined ? {} : { percent: offer.percent }),
    ...(offer === undefined ? {} : { priceMinor: offer.priceMinor }),
  };
}

function decidedStep(step: Step, decision: PromoDecision): StoryStep {
  const { offer, reason } = decision;
  return stepAt(step, {
    step: 'decided',
    eventId: decision.decisionId,
    outcome: decision.outcome,
    ...(reason === undefined ? {} : { reason }),
    facts: {
      candidates: decision.candidates.length,
      ...(offer === undefined
        ? {}
        : {
            product: offer.name,
            priceMinor: offer.priceMinor,
            wasMinor: offer.wasMinor,
            until: offer.validUntil,
          }),
    },
  });
}

/** First play of a decision; a screen plays the same thing many times. */
export function storyShown(step: Step, event: StoreEvent<'media.play'>): void {
  const { decisionId, screen } = event.data;
  if (decisionId === undefined || hasStep(step, decisionId, 'shown')) return;
  const name = step.derived.screens.find(({ id }) => id === screen)?.name ?? screen;
  const shown = stepAt(step, { step: 'shown', eventId: event.id, outcome: 'shown', facts: { screen: name } });
  goOn(step, decisionId, { step: shown });
}

export function storySent(step: Step, event: StoreEvent<'push.sent'>): void {
  const { decisionId, outcome, channel, reason } = event.data;
  if (hasStep(step, decisionId, 'sent', outcome)) return;
  const why = reason === undefined ? {} : { reason };
  const sent = stepAt(step, { step: 'sent', eventId: event.id, outcome, ...why, facts: { channel } });
  goOn(step, decisionId, { step: sent });
}

/** First time that the notification was opened; a phone may tell it again. */
export function storyClicked(step: Step, event: StoreEvent<'push.clicked'>): void {
  const { decisionId } = event.data;
  if (hasStep(step, decisionId, 'sent', 'clicked')) return;
  goOn(step, decisionId, { step: stepAt(step, { step: 'sent', eventId: event.id, outcome: 'clicked' }) });
}

export function storyRedeemed(
  step: Step,
  coupon: Pick<Coupon, 'decisionId' | 'used'> & Partial<Pick<Coupon, 'offer'>>,
  eventId: string,
): void {
  const { offer } = coupon;
  const price = offer === undefined ? {} : { priceMinor: offer.priceMinor };
  const facts = { till: coupon.used?.till ?? '', ...price };
  const redeemed = stepAt(step, { step: 'redeemed', eventId, outcome: 'taken', facts });
  goOn(step, coupon.decisionId, { step: redeemed, state: 'taken' });
}

/** The product went over the till: with the coupon for a phone story, at all for a screen story. */
export function storySold(step: Step, id: string, facts: Record<string, string | number>): void {
  if (hasStep(step, id, 'sold')) return;
  goOn(step, id, { step: stepAt(step, { step: 'sold', eventId: step.event.id, outcome: 'sold', facts }) });
}

export function storyExpired(step: Step, coupon: Coupon): void {
  goOn(step, coupon.decisionId, { state: 'expired' });
}

export function storyAccused(step: Step, couponId: string, eventId: string): void {
  const coupon = step.state.coupons.live.get(couponId);
  if (coupon === undefined) return;
  const accused = stepAt(step, { step: 'redeemed', eventId, outcome: 'taken again', reason: 'CouponUsed' });
  goOn(step, coupon.decisionId, { step: accused, state: 'fraud' });
}

/** A stop was undone: the same offer stands there again. */
export function storyBackOnScreen(step: Step, id: string): void {
  goOn(step, id, { state: 'on-screen' });
}

/** The screen went over to something else. */
export function storyOffScreen(step: Step, id: string): void {
  goOn(step, id, { state: 'expired' });
}

/** The person is gone, and with them what was told about them. */
export function forgetStories(step: Step, sid: string): void {
  const { rows } = step.state.stories;
  for (const [id, row] of rows) if (row.sid === sid) rows.delete(id);
}
