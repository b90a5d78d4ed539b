import type { StoreStatus } from '../contracts/index.js';
import type { LinkStatus, PushStatus } from '../ports.js';
import type { Brain } from './brain.js';
import type { Foundation } from './foundation.js';

export interface StatusDeps {
  readonly base: Foundation;
  readonly brain: Brain;
  readonly link: LinkStatus;
  readonly version: string;
  readonly rimOut: { readonly push: { status(): PushStatus } };
}

/** How the store is doing, in one object, and whether it takes events. */
export function createStatus(deps: StatusDeps) {
  const { base, brain, link, version } = deps;
  const startedMs = base.clock.monotonicMs();
  const ready = (): Readonly<Record<string, string | undefined>> => ({
    journal: base.journal.stats().trouble,
    configuration: brain.engine.views.policy() === undefined ? 'no configuration yet' : undefined,
  });
  const now = (): StoreStatus => {
    const { jid, bytes, quotaBytes, segments, lastOffset, shed, trouble } = base.journal.stats();
    return {
      store: base.config.policy.store.id,
      version,
      upS: Math.round((base.clock.monotonicMs() - startedMs) / 1000),
      ready: Object.values(ready()).every((problem) => problem === undefined),
      journal: {
        jid,
        bytes,
        quotaBytes,
        segments,
        lastOffset,
        shed,
        ...(trouble === undefined ? {} : { trouble }),
      },
      decisions: { ...brain.tally.decisions },
      push: deps.rimOut.push.status(),
      link: link.now(),
      toMend: brain.engine.views.quarantined().length,
      alarms: base.alarms.list(),
    };
  };
  return { now, ready };
}
