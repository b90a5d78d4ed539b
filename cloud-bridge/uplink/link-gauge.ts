import type { LinkNow } from '../../edge/contracts/index.js';
import type { Clock, LinkStatus } from '../../edge/ports.js';
import type { KafkaFailure } from '../kafka.js';

const WINDOW_S = 10;
/** A healthy link is never quite empty; younger than this counts as in step. */
const IN_STEP_S = 3;

export interface LinkFacts {
  readonly waiting: number;
  /** Receipt of the oldest event that HQ does not have, epoch ms. */
  readonly oldestMs?: number | undefined;
  readonly failure?: KafkaFailure | undefined;
  /** When HQ is asked again, on the monotonic clock. */
  readonly retryAtMs?: number | undefined;
  /** False until HQ has answered for the first time. */
  readonly reached: boolean;
}

/** Turns what the uplink knows into what people are shown: state, lag, drain rate, time to go. */
export interface LinkGauge {
  drained(records: number): void;
  read(facts: LinkFacts): LinkNow;
}

export function createLinkGauge(clock: Clock): LinkGauge {
  const drainedBySecond = new Map<number, number>();
  const waitingBySecond = new Map<number, number>();
  let state: LinkNow['state'] = 'offline';
  let since = new Date(clock.nowMs()).toISOString();
  const startedS = clock.monotonicMs() / 1000;

  const secondNow = () => Math.floor(clock.monotonicMs() / 1000);
  const forget = (seconds: Map<number, number>) => {
    for (const second of seconds.keys()) if (second <= secondNow() - WINDOW_S) seconds.delete(second);
  };

  return {
    drained(records) {
      forget(drainedBySecond);
      drainedBySecond.set(secondNow(), (drainedBySecond.get(secondNow()) ?? 0) + records);
    },
    read({ waiting, oldestMs, failure, reached, retryAtMs }) {
      forget(drainedBySecond);
      forget(waitingBySecond);
      if (!waitingBySecond.has(secondNow())) waitingBySecond.set(secondNow(), waiting);
      const nowMs = clock.nowMs();
      const oldestWaitingS = oldestMs === undefined ? 0 : Math.max(0, (nowMs - oldestMs) / 1000);
      const next = stateOf({ failed: failure !== undefined || !reached, waiting, oldestWaitingS });
      if (next !== state) {
        state = next;
        since = new Date(nowMs).toISOString();
      }
      const windowS = Math.max(1, Math.min(WINDOW_S, clock.monotonicMs() / 1000 - startedS));
      const drained = [...drainedBySecond.values()].reduce((sum, count) => sum + count, 0);
      const etaS = state === 'catching-up' ? timeToGo(waitingBySecond, waiting) : undefined;
      return {
        state,
        since,
        waiting,
        oldestWaitingS: Math.round(oldestWaitingS),
        drainPerS: Math.round(drained / windowS),
        ...(etaS === undefined ? {} : { etaS }),
        ...(state === 'offline' ? { ...reasonOf(failure), ...nextTry(clock, retryAtMs) } : {}),
      };
    },
  };
}

function stateOf(now: { failed: boolean; waiting: number; oldestWaitingS: number }): LinkNow['state'] {
  if (now.failed) return 'offline';
  return now.waiting === 0 || now.oldestWaitingS < IN_STEP_S ? 'in-step' : 'catching-up';
}

function reasonOf(failure: KafkaFailure | undefined): Pick<LinkNow, 'code' | 'detail'> {
  return failure === undefined ? { code: 'NotReachedYet' } : { code: failure.code, detail: failure.message };
}

/** Nothing to say while an attempt is under way. */
function nextTry(clock: Clock, retryAtMs: number | undefined): Pick<LinkNow, 'nextTryAt'> {
  const inMs = (retryAtMs ?? 0) - clock.monotonicMs();
  return inMs > 0 && Number.isFinite(inMs) ? { nextTryAt: new Date(clock.nowMs() + inMs).toISOString() } : {};
}

/** By how fast the backlog really shrinks, new events included; nothing to say while it grows. */
function timeToGo(waitingBySecond: ReadonlyMap<number, number>, waiting: number): number | undefined {
  const [first] = waitingBySecond;
  if (first === undefined) return undefined;
  const last = [...waitingBySecond.keys()].at(-1) as number;
  const shrunk = first[1] - waiting;
  const perSecond = shrunk / Math.max(1, last - first[0]);
  return perSecond > 0 ? Math.ceil(waiting / perSecond) : undefined;
}

/** For a store without HQ. */
export function noLink(clock: Clock): LinkStatus {
  const since = new Date(clock.nowMs()).toISOString();
  return { now: () => ({ state: 'none', since, waiting: 0, oldestWaitingS: 0, drainPerS: 0 }) };
}
