import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Refusal } from '../../contracts/index.js';

const WINDOW_S = 60;

export interface TooMany extends Refusal {
  readonly retryAfterS: number;
  /** True for the first one that is refused. */
  readonly first: boolean;
}

export interface Attempts {
  /** Counts one try before it is looked at; the refusal once there were too many. */
  take(key: string): Promise<TooMany | undefined>;
  /** The try was right: it does not count. */
  giveBack(key: string): Promise<void>;
}

/** At most so many wrong tries a minute for each key. Tries that run at the same time count before they end. */
export function createAttempts(perMinute: number): Attempts {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_S });
  return {
    take: async (key) => {
      try {
        await limiter.consume(key);
        return undefined;
      } catch (rejected) {
        const { msBeforeNext, consumedPoints } = rejected as RateLimiterRes;
        const waitMs = msBeforeNext ?? WINDOW_S * 1_000;
        return {
          reason: 'TooManyRequests',
          detail: `more than ${perMinute} wrong tries in a minute`,
          first: consumedPoints === perMinute + 1,
          retryAfterS: Math.max(1, Math.ceil(waitMs / 1_000)),
        };
      }
    },
    giveBack: async (key) => {
      await limiter.reward(key);
    },
  };
}
