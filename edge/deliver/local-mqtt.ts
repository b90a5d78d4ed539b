/**
 * Public decisions for any local listener: `endcap/v1/decision/<zone>`. Personal ones never come this way. That an offer is
 * gone is told like the offer itself: sold out, stopped, out of its hours, replaced.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isType, type JournalledEvent } from '../contracts/index.js';
import type { Clock, Engine } from '../ports.js';
import type { Journal } from '../store/types.js';
import { createProgress, type ProgressJournal } from './progress.js';
import {
  broughtBack,
  type Decision,
  endsMs,
  isPublicDecision,
  publicDecision,
  type ScreensNow,
  showingOn,
} from './public-decision.js';

export interface LocalMqttDeps {
  readonly engine: Pick<Engine, 'onSettled'> & { readonly views: ScreensNow['views'] };
  readonly journal: ProgressJournal & Pick<Journal, 'readId'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** QoS 1, not retained; resolves when the broker has it. */
  readonly publish: (topic: string, payload: string) => Promise<void>;
  readonly onEffect?: (outcome: 'sent' | 'expired' | 'failed') => void;
  readonly onError: (error: Error) => void;
}

const TOPIC = 'endcap/v1/decision/';
const WRITE_MS = 1_000;
const RETRY_MS = 500;

export function startLocalMqtt(deps: LocalMqttDeps): { close(): Promise<void> } {
  const progress = createProgress({ ...deps, name: 'local-mqtt', writeMs: WRITE_MS });
  const stopped = new AbortController();
  const now: ScreensNow = { ...deps, views: deps.engine.views, nowMs: deps.clock.nowMs };
  let working: Promise<void> = Promise.resolve();
  let newest = 0;

  /** Tries until it is sent or no longer true; a hand that was stopped meanwhile has not done it. */
  const tell = async (decision: Decision): Promise<boolean> => {
    while (!stopped.signal.aborted) {
      const late = endsMs(decision) <= deps.clock.nowMs();
      const sent = !late && (await attempt(decision));
      if (sent || late) {
        deps.onEffect?.(sent ? 'sent' : 'expired');
        return true;
      }
      await pause(RETRY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
    return false;
  };
  const attempt = async (decision: Decision): Promise<boolean> => {
    const { zone, screen } = decision.data;
    try {
      await deps.publish(TOPIC + zone, JSON.stringify(publicDecision(decision, showingOn(screen, now))));
      return true;
    } catch (error) {
      deps.onError(error as Error);
      return false;
    }
  };
  const tellAll = async (decisions: readonly Decision[]): Promise<boolean> => {
    for (const decision of decisions) if (!(await tell(decision))) return false;
    return true;
  };
  const inTurn = (work: () => Promise<unknown>): void => {
    working = working.then(work).then(() => undefined, deps.onError);
  };
  const take = (journalled: JournalledEvent): void => {
    const { offset, event } = journalled;
    // Without a mark of its own: what is told again until the next decision is true all the same.
    if (isUndo(journalled)) inTurn(() => tellAll(broughtBack(journalled, now)));
    if (offset <= newest || !isPublicDecision(event)) return;
    newest = offset;
    inTurn(async () => {
      if (await tellAll([event])) progress.done(offset);
    });
  };

  for (const journalled of progress.unfinished(['promo.decision', 'promo.stop'])) take(journalled);
  const stop = deps.engine.onSettled((settled) => {
    for (const journalled of settled) take(journalled);
  });
  return {
    async close() {
      stop();
      stopped.abort();
      await working;
      await progress.close();
    },
  };
}

const isUndo = (journalled: JournalledEvent): journalled is JournalledEvent<'promo.stop'> =>
  isType(journalled.event, 'promo.stop') && !journalled.event.data.active;
