import type { JournalledEvent, Outcome } from '../contracts/index.js';
import type { Metrics } from '../ops/metrics.js';

/** Counts what was settled since the process started, from the very first step on. */
export interface Tally {
  readonly decisions: Readonly<Record<Outcome, number>>;
  note(settled: readonly JournalledEvent[]): void;
}

export function createTally(metrics: Pick<Metrics, 'events' | 'late' | 'decisions'>): Tally {
  const decisions = { offered: 0, withheld: 0, rejected: 0 };
  // There from the start: a rate over a series that begins with its first count misses that count.
  for (const outcome of Object.keys(decisions)) metrics.decisions.inc({ outcome }, 0);
  return {
    decisions,
    note(settled) {
      // Counted here and told once: each telling looks a label up, and there are thousands of events a second.
      const types = new Map<string, number>();
      for (const { event } of settled) {
        types.set(event.type, (types.get(event.type) ?? 0) + 1);
        if (event.late) metrics.late.inc({ type: event.type });
        if (event.type !== 'promo.decision') continue;
        const { outcome } = event.data as { outcome: Outcome };
        decisions[outcome] += 1;
        metrics.decisions.inc({ outcome });
      }
      for (const [type, count] of types) metrics.events.inc({ type }, count);
    },
  };
}
