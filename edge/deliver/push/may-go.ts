/** May a message go out now? Every no has its reason, which is the offer's own should its time run out. */
import type { Engine } from '../../ports.js';
import type { OpenOffer } from '../open-offers.js';
import type { PushSender } from './sender.js';
import type { Subscription, Subscriptions } from './subscriptions.js';

export interface MayGoDeps {
  /** A page of this person is connected. */
  readonly isOpen: (sid: string) => boolean;
  readonly engine: { readonly views: Pick<Engine['views'], 'pushLeave' | 'coupon' | 'consented'> };
  readonly subscriptions: Pick<Subscriptions, 'of' | 'remove'>;
  readonly sender: Pick<PushSender, 'free' | 'send'>;
  /** How long an open page may take to show the offer before a message goes out all the same. */
  readonly pageMs?: number;
}

export interface Moment {
  readonly nowMs: number;
  /** Since when its person has had a page open; kept here between two looks. */
  readonly track: { pageSinceMs?: number; readonly tries: number };
}

const PAGE_MS = 4_000;
const PERSONAL = ['location', 'profile'] as const;
const WORDS = { taken: 'Taken', expired: 'DeadlinePassed', stopped: 'Stopped' } as const;

export type Turn = { readonly wait: string } | { readonly subscription: Subscription; readonly ttlS: number };

/** `ttlS`: no longer than the offer is good, and than its person is likely to be there. */
export function mayGo(deps: MayGoDeps, offer: OpenOffer, { nowMs, track }: Moment): Turn {
  if (!deps.isOpen(offer.sid)) delete track.pageSinceMs;
  else {
    track.pageSinceMs ??= nowMs;
    if (nowMs - track.pageSinceMs < (deps.pageMs ?? PAGE_MS)) return { wait: 'PageOpen' };
  }
  const { couponId } = offer.offer;
  const state = couponId === undefined ? undefined : deps.engine.views.coupon(couponId)?.state;
  if (state !== undefined && state !== 'good') return { wait: WORDS[state] };
  // What it rests on may have been taken back while it waited.
  if (!PERSONAL.every((purpose) => deps.engine.views.consented(offer.sid, purpose, nowMs)))
    return { wait: 'NoConsent' };
  const leave = deps.engine.views.pushLeave(offer.sid, nowMs);
  if (!leave.ok) return { wait: leave.reason };
  const ttlS = Math.floor(Math.min(offer.deadlineMs - nowMs, leave.stayMs) / 1_000);
  if (ttlS < 1) return { wait: 'DeadlinePassed' };
  const [subscription] = deps.subscriptions.of(offer.sid);
  if (subscription === undefined) return { wait: 'SubscriptionGone' };
  if (!deps.sender.free(subscription.endpoint)) return { wait: 'PushBusy' };
  return { subscription, ttlS };
}
