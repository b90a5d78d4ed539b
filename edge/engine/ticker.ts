import type { StoreEvent } from '../contracts/index.js';
import type { Clock } from '../ports.js';
import type { Journal } from '../store/types.js';
import type { DecisionCore } from './recovery.js';

const CHECK_MS = 200;

/** Appends a `tick` when the core has asked for one and nothing else has told it the time. */
export function startTicker(deps: {
  journal: Journal;
  clock: Clock;
  core: () => DecisionCore;
  busy: () => boolean;
}): () => void {
  let appending = false;
  const timer = setInterval(() => {
    const due = deps.core().nextTickMs();
    if (appending || deps.busy() || due === undefined || due > deps.clock.nowMs()) return;
    appending = true;
    deps.journal
      .append([tickEvent(deps.core(), deps.clock)])
      // A journal in trouble says so itself; the timer asks again in a moment.
      .then(
        () => false,
        () => false,
      )
      .then((still) => {
        appending = still;
      });
  }, CHECK_MS);
  return () => clearInterval(timer);
}

function tickEvent(core: DecisionCore, clock: Clock): StoreEvent<'tick'> {
  const at = new Date(clock.nowMs()).toISOString();
  return {
    specversion: '1.0',
    id: `tick-${at}`,
    source: `/store/${core.views.policy()?.store.id ?? 'unnamed'}/clock`,
    type: 'tick',
    recordedtime: at,
    partitionkey: 'clock',
    dataschema: 'tick/1',
    data: { at },
  };
}
