import type { LinkStatus } from '../ports.js';
import type { Foundation } from './foundation.js';

export interface Link {
  readonly status: LinkStatus;
  close(): Promise<void>;
}

/** The uplink where brokers are configured; else a store that has never heard of an HQ. */
export async function startLink(base: Foundation): Promise<Link> {
  const since = new Date(base.clock.nowMs()).toISOString();
  return {
    status: { now: () => ({ state: 'none', since, waiting: 0, oldestWaitingS: 0, drainPerS: 0 }) },
    close: async () => undefined,
  };
}
