import type { Alarm } from '../contracts/index.js';
import type { Alarms, Clock } from '../ports.js';

/** What staff must know: one row a code, kept until whoever raised it clears it. */
export function createAlarms(deps: { clock: Clock; onRaise: (alarm: Alarm) => void }): Alarms {
  const raised = new Map<string, Alarm>();
  return {
    raise(code, text, facts) {
      const before = raised.get(code);
      if (before?.text === text) return;
      const since = before?.since ?? new Date(deps.clock.nowMs()).toISOString();
      const alarm: Alarm = { code, text, since, ...(facts === undefined ? {} : { facts }) };
      raised.set(code, alarm);
      deps.onRaise(alarm);
    },
    clear: (code) => {
      raised.delete(code);
    },
    list: () => [...raised.values()],
  };
}
