/**
 * The hand that reaches a phone whose page is closed. It looks at the ledger of open offers and sends each at most
 * once: one message at a time a person, so many a push service, none that is too late, unwanted or too much. What
 * cannot go now stays in the ledger with the reason; the ledger ends it when its time is over.
 */
import { type JournalledEvent, RefusalError } from '../../contracts/index.js';
import type { Clock, Engine } from '../../ports.js';
import type { OpenOffer, OpenOffers, PushOutcome } from '../open-offers.js';
import { type MayGoDeps, mayGo } from './may-go.js';
import { DEFAULT_PACE, type Pace, retryInMs } from './pace.js';
import { topicOf } from './payload.js';
import type { PushAnswer, PushMessage, PushSender } from './sender.js';
import type { Subscription, Subscriptions } from './subscriptions.js';

export interface PushHandDeps extends MayGoDeps {
  readonly offers: Pick<OpenOffers, 'list' | 'note' | 'settle' | 'alone'>;
  readonly engine: Pick<Engine, 'onSettled' | 'outcomeOf'> & MayGoDeps['engine'];
  readonly subscriptions: Pick<Subscriptions, 'of' | 'remove'>;
  readonly sender: Pick<PushSender, 'free' | 'send'>;
  readonly compose: (offer: OpenOffer, locale: string) => Buffer;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly pace?: Pace;
  readonly onTurn?: (turn: { waiting: number }) => void;
  readonly onPruned?: () => void;
  readonly onRetry?: () => void;
  readonly onError: (error: Error) => void;
}

export interface PushHand {
  /** Resolves when nothing is on its way any more. */
  close(): Promise<void>;
}

/** What is known of an offer between two looks; gone with the offer. */
interface Track {
  tries: number;
  notBeforeMs: number;
  /** Since when its person has had a page open. */
  pageSinceMs?: number;
  /** The push service has answered for good; only the journal does not know yet. */
  outcome?: PushOutcome;
}

const LOOK_MS = 500;
/** More than these wait for their turn in the ledger, without being looked at. */
const QUEUE_MAX = 2_000;
const UNDERWAY_MAX = 64;
const SETTLE_MS = 2_000;
const RECORD_AGAIN_MS = 1_000;

export function startPushHand(deps: PushHandDeps): PushHand {
  const tracks = new Map<string, Track>();
  const people = new Set<string>();
  const underway = new Set<Promise<void>>();
  let closed = false;

  const begin = (offer: OpenOffer, track: Track, work: () => Promise<void>): void => {
    people.add(offer.sid);
    // A page that shows it meanwhile waits; one that has shown it already leaves nothing to send.
    const run = deps.offers
      .alone(offer.decisionId, work)
      .catch((error: unknown) => {
        if (!(error instanceof RefusalError)) deps.onError(error as Error);
        track.notBeforeMs = deps.clock.nowMs() + RECORD_AGAIN_MS;
      })
      .finally(() => {
        people.delete(offer.sid);
        underway.delete(run);
      });
    underway.add(run);
  };
  const look = (): void => {
    const nowMs = deps.clock.nowMs();
    const seen = new Set<string>();
    let whole = true;
    for (const offer of deps.offers.list()) {
      if (seen.size >= QUEUE_MAX || underway.size >= UNDERWAY_MAX) {
        whole = false;
        break;
      }
      if (offer.failed) continue;
      const settled = tracks.get(offer.decisionId)?.outcome !== undefined;
      if (!settled && deps.subscriptions.of(offer.sid).length === 0) {
        deps.offers.note(offer.decisionId, undefined);
        continue;
      }
      seen.add(offer.decisionId);
      const track = trackOf(tracks, offer.decisionId);
      if (people.has(offer.sid) || track.notBeforeMs > nowMs || offer.deadlineMs <= nowMs) continue;
      if (track.outcome !== undefined) begin(offer, track, () => record(deps, offer, track));
      else takeTurn(deps, offer, { track, nowMs, begin });
    }
    // What was not looked at may have been sent already: forgotten, it would be sent again.
    if (whole) for (const decisionId of tracks.keys()) if (!seen.has(decisionId)) tracks.delete(decisionId);
    deps.onTurn?.({ waiting: seen.size });
  };
  const lookSafely = (): void => {
    if (closed) return;
    try {
      look();
    } catch (error) {
      deps.onError(error as Error);
    }
  };
  const stop = deps.engine.onSettled((settled) => {
    if (settled.some(isPhoneOffer)) setImmediate(lookSafely);
  });
  const timer = setInterval(lookSafely, LOOK_MS);
  return {
    async close() {
      closed = true;
      stop();
      clearInterval(timer);
      await Promise.all(underway);
    },
  };
}

function isPhoneOffer({ event }: JournalledEvent): boolean {
  return event.type === 'promo.decision' && (event.data as { surface?: string }).surface === 'phone';
}

function trackOf(tracks: Map<string, Track>, decisionId: string): Track {
  const held = tracks.get(decisionId) ?? { tries: 0, notBeforeMs: 0 };
  tracks.set(decisionId, held);
  return held;
}

interface Turn {
  readonly track: Track;
  readonly nowMs: number;
  begin(offer: OpenOffer, track: Track, work: () => Promise<void>): void;
}

function takeTurn(deps: PushHandDeps, offer: OpenOffer, { track, nowMs, begin }: Turn): void {
  const turn = mayGo(deps, offer, { track, nowMs });
  if ('wait' in turn) {
    deps.offers.note(offer.decisionId, turn.wait);
    return;
  }
  const { subscription, ttlS } = turn;
  begin(offer, track, async () => {
    const payload = deps.compose(offer, subscription.locale);
    const message: PushMessage = { payload, ttlS, topic: topicOf(offer.campaign) };
    const answer = await deps.sender.send(subscription, message);
    judge(deps, { offer, track, subscription, answer });
    if (track.outcome !== undefined) await record(deps, offer, track);
  });
}

interface Answered {
  readonly offer: OpenOffer;
  readonly track: Track;
  readonly subscription: Subscription;
  readonly answer: PushAnswer;
}

function judge(deps: PushHandDeps, { offer, track, subscription, answer }: Answered): void {
  switch (answer.result) {
    case 'sent':
      track.outcome = { outcome: 'sent' };
      return;
    case 'refused':
      track.outcome = { outcome: 'failed', reason: answer.reason };
      return;
    case 'gone':
      deps.subscriptions.remove(subscription.sid, subscription.id);
      deps.onPruned?.();
      // Another phone of theirs is tried with the next look.
      if (deps.subscriptions.of(offer.sid).length === 0)
        track.outcome = { outcome: 'failed', reason: 'SubscriptionGone' };
      return;
    case 'busy':
    case 'unreachable': {
      track.tries += 1;
      const nowMs = deps.clock.nowMs();
      const retryAfter = answer.result === 'busy' ? answer.retryAfter : undefined;
      const failure = { tries: track.tries, nowMs, ...(retryAfter === undefined ? {} : { retryAfter }) };
      track.notBeforeMs = nowMs + retryInMs(failure, deps.pace ?? DEFAULT_PACE, deps.random);
      deps.offers.note(offer.decisionId, answer.result === 'busy' ? 'PushBusy' : answer.reason);
      deps.onRetry?.();
    }
  }
}

/** The person's next message waits until the core has counted this one; a journal that refuses is asked again. */
async function record(deps: PushHandDeps, offer: OpenOffer, track: Track): Promise<void> {
  const place = await deps.offers.settle(offer, track.outcome!);
  if (place !== undefined) await deps.engine.outcomeOf(place.offset, SETTLE_MS);
}
