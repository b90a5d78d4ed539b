import type { LinkStatus } from '../ports.js';
import type { Brain } from './brain.js';
import type { Foundation } from './foundation.js';

const LOOK_EVERY_MS = 1_000;

/** Turns what the journal, the clock and the link say into alarms and gauges, once a second. */
export function watchHealth(base: Foundation, brain: Brain, link: LinkStatus): () => void {
  const raised = new Set<string>();
  const look = (): void => {
    const stats = base.journal.stats();
    base.metrics.journalBytes.set(stats.bytes);
    for (const [why, count] of Object.entries(brain.engine.views.ignored()))
      base.metrics.ignored.set({ why }, count);
    const now = link.now();
    base.metrics.linkWaiting.set(now.waiting);
    base.metrics.linkOldest.set(now.oldestWaitingS);
    const doubt = base.clock.untrusted();
    const troubles = new Map(stats.alarms.map((alarm) => [alarm.code, alarm.text]));
    if (doubt !== undefined)
      troubles.set('ClockUntrusted', `Coupons are off until the clock is sure: ${doubt}`);
    for (const [code, text] of troubles) {
      base.alarms.raise(code, text);
      raised.add(code);
    }
    for (const code of [...raised].filter((known) => !troubles.has(known))) {
      base.alarms.clear(code);
      raised.delete(code);
    }
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
