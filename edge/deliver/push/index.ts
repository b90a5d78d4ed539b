/** Messages to phones, put together: subscriptions, the hand that sends, what the rim may ask, and how it all does. */
import { isType, type JournalledEvent } from '../../contracts/index.js';
import type { Alarms, Clock, Engine, Gate, PushDesk, PushStatus } from '../../ports.js';
import type { Journal } from '../../store/types.js';
import type { OpenOffer, OpenOffers } from '../open-offers.js';
import type { Resolve } from './addresses.js';
import { createPushDesk } from './desk.js';
import { startPushHand } from './hand.js';
import { createPushHealth } from './health.js';
import type { Pace } from './pace.js';
import { composePayload } from './payload.js';
import { createPushSender, type PushAnswer } from './sender.js';
import type { PushService } from './services.js';
import { openSubscriptions, type Subscriptions } from './subscriptions.js';
import { createVapid, openVapidKeys } from './vapid.js';

export interface Push {
  readonly desk: PushDesk;
  /** Everything about one person is gone from the disk on return; safe to repeat, also for nobody. */
  forget(sid: string): void;
  /** How many phones messages of this person would go to. */
  phonesOf(sid: string): number;
  status(): PushStatus;
  close(): Promise<void>;
}

export interface PushDeps {
  /** `undefined`: this store sends no messages; what was kept can still be forgotten. */
  readonly config: { readonly contact: string; readonly services: readonly PushService[] } | undefined;
  readonly folders: { readonly keys: string; readonly vault: string };
  readonly phone: {
    readonly offers: Pick<OpenOffers, 'list' | 'note' | 'settle' | 'alone'>;
    isOpen(sid: string): boolean;
  };
  readonly engine: Pick<Engine, 'onSettled' | 'outcomeOf' | 'views'>;
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: Pick<Journal, 'readId'>;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
  readonly resolve: Resolve;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly watch?: PushWatch;
  readonly onError: (error: Error) => void;
  /** Deviations for suites; a store never sets one. */
  readonly tuning?: PushTuning;
}

/** For metrics. */
export interface PushWatch {
  answered(result: PushAnswer['result'] | 'pruned' | 'retry', seconds?: number): void;
  waiting(offers: number, phones: number): void;
}

export interface PushTuning {
  readonly timeoutMs?: number;
  readonly perHostMax?: number;
  readonly pace?: Pace;
  readonly pageMs?: number;
  readonly alarmAfterMs?: number;
}

const LOOK_MS = 1_000;
const SWEEP_MS = 3_600_000;

export function startPush(deps: PushDeps): Push {
  const subscriptions = openSubscriptions({ folder: deps.folders.vault, clock: deps.clock });
  const { tuning = {} } = deps;
  const health = createPushHealth({ ...deps, ...tuning });
  const keys = deps.config === undefined ? undefined : openVapidKeys(deps.folders.keys);
  const stopForgetting = forgetUnwanted(deps, subscriptions);
  let waiting = 0;
  const running = deps.config === undefined || keys === undefined ? undefined : startSending();

  function startSending() {
    const { contact, services } = deps.config!;
    const sender = createPushSender({
      ...deps,
      ...tuning,
      services,
      authorization: createVapid({ keys: keys!, contact, clock: deps.clock }),
      onAnswer(service, answer, seconds) {
        health.note(service, answer);
        deps.watch?.answered(answer.result, seconds);
      },
    });
    const hand = startPushHand({
      ...deps,
      ...deps.phone,
      ...tuning,
      isOpen: (sid) => deps.phone.isOpen(sid),
      subscriptions,
      sender,
      compose: composerOf(deps),
      onTurn(turn) {
        waiting = turn.waiting;
        deps.watch?.waiting(turn.waiting, subscriptions.count());
      },
      onPruned: () => deps.watch?.answered('pruned'),
      onRetry: () => deps.watch?.answered('retry'),
    });
    return { sender, hand };
  }
  const timer = setInterval(health.look, LOOK_MS);
  return {
    desk: createPushDesk({
      ...deps,
      services: deps.config?.services ?? [],
      publicKey: keys?.publicKey,
      subscriptions,
      views: deps.engine.views,
    }),
    forget: subscriptions.forget,
    phonesOf: (sid) => subscriptions.of(sid).length,
    status: () => statusOf({ on: running !== undefined, waiting, subscriptions, health }),
    async close() {
      clearInterval(timer);
      stopForgetting();
      await running?.hand.close();
      running?.sender.close();
      subscriptions.close();
    },
  };
}

function statusOf(now: {
  on: boolean;
  waiting: number;
  subscriptions: Subscriptions;
  health: ReturnType<typeof createPushHealth>;
}): PushStatus {
  const lastSentAt = now.health.lastSentAt();
  const unreachableSince = now.health.unreachableSince();
  return {
    on: now.on,
    phones: now.subscriptions.count(),
    waiting: now.waiting,
    ...(lastSentAt === undefined ? {} : { lastSentAt }),
    ...(unreachableSince === undefined ? {} : { unreachableSince }),
  };
}

function composerOf({ engine }: PushDeps): (offer: OpenOffer, locale: string) => Buffer {
  return ({ decisionId, campaign, offer }, locale) => {
    const store = engine.views.policy()?.store;
    const place = { timeZone: store?.timeZone ?? 'UTC', storeLocale: store?.locale ?? 'en' };
    return composePayload({ decisionId, campaign, offer, locale }, place);
  };
}

/** A consent that ended takes its subscriptions along: at once when it was taken back, within the hour when it ran out. */
function forgetUnwanted(deps: PushDeps, subscriptions: Subscriptions): () => void {
  const { engine, clock } = deps;
  const stop = engine.onSettled((settled) => {
    for (const journalled of settled) {
      const sid = refusedBy(journalled);
      if (sid !== undefined) subscriptions.forget(sid);
    }
  });
  const sweep = (): void => {
    const nowMs = clock.nowMs();
    for (const sid of [...subscriptions.people()]) {
      const leave = engine.views.pushLeave(sid, nowMs);
      if (!leave.ok && (leave.reason === 'NoConsent' || leave.reason === 'AgeUnknown'))
        subscriptions.forget(sid);
    }
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_MS);
  return () => {
    stop();
    clearInterval(timer);
  };
}

function refusedBy({ event }: JournalledEvent): string | undefined {
  if (isType(event, 'erasure.done')) return event.data.sid;
  if (isType(event, 'consent.withdrawn')) return event.data.purpose === 'push' ? event.data.sid : undefined;
  if (!isType(event, 'consent.receipt')) return undefined;
  const { purpose, granted, sid } = event.data;
  return purpose === 'push' && !granted ? sid : undefined;
}
