import type { AlarmCode } from '../contracts/index.js';
import type { LinkStatus } from '../ports.js';
import type { Brain } from './brain.js';
import type { Foundation } from './foundation.js';

const LOOK_EVERY_MS = 1_000;

/** Turns what the journal, the clock and the link say into alarms and gauges, once a second. */
export function watchHealth(base: Foundation, brain: Brain, link: LinkStatus): () => void {
  const raised = new Set<AlarmCode>();
  const tellClock = createClockTeller(base, brain);
  const look = (): void => {
    const stats = base.journal.stats();
    base.metrics.journalBytes.set(stats.bytes);
    for (const [why, count] of Object.entries(brain.engine.views.ignored()))
      base.metrics.ignored.set({ why }, count);
    const now = link.now();
    base.metrics.linkWaiting.set(now.waiting);
    base.metrics.linkOldest.set(now.oldestWaitingS);
    const doubt = base.clock.untrusted();
    tellClock(doubt === undefined);
    const troubles = new Map(stats.alarms.map(({ code, text, facts }) => [code, { text, facts }]));
    if (doubt !== undefined)
      troubles.set('ClockUntrusted', {
        text: `Coupons and offers that run at certain hours are off until the clock is sure: ${doubt}`,
        facts: undefined,
      });
    for (const [code, { text, facts }] of troubles) {
      base.alarms.raise(code, text, facts);
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

/** The core knows the clock by events alone: it is told when the clock becomes sure or unsure, and again if that was refused. */
function createClockTeller(base: Foundation, brain: Brain): (sure: boolean) => void {
  let telling = false;
  return (sure) => {
    if (telling || brain.engine.views.clockSure() === sure) return;
    telling = true;
    const at = new Date(base.clock.nowMs()).toISOString();
    const end = (): void => {
      telling = false;
    };
    brain.gate
      .admit([{ type: 'tick', device: 'clock', data: { at, clock: sure ? 'sure' : 'unsure' } }])
      .then(end, end);
  };
}
