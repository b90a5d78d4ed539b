import { describe, expect, it } from 'vitest';
import type { JournalledEvent } from '../../edge/contracts/index.js';
import { createTail } from '../../edge/store/tail.js';

const events = (from: number, count: number): JournalledEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    offset: from + n,
    event: { id: `e-${from + n}`, recordedtime: '2026-11-23T10:00:00.000Z' } as JournalledEvent['event'],
  }));
const everything = { limit: 100_000, wanted: () => true };

/** Events pushed fifty at a time; `handledUpTo` says how far the loop is after each. */
function fill(count: number, handledUpTo: (pushed: number) => number) {
  const tail = createTail(0);
  for (let at = 1; at <= count; at += 50) {
    tail.push(events(at, 50));
    tail.handled(handledUpTo(at + 49));
  }
  return tail;
}

describe('the newest events in memory', () => {
  it('are few where the loop keeps up', () => {
    const tail = fill(20_000, (pushed) => pushed);
    expect(20_000 - tail.from()).toBeLessThan(1_100);
    expect(tail.after(tail.from(), everything)).toHaveLength(20_000 - tail.from());
  });

  it('are all that a loop which lags by some seconds still needs', () => {
    const tail = fill(20_000, (pushed) => Math.max(0, pushed - 5_000));
    expect(tail.from()).toBeLessThanOrEqual(15_000);
    expect(tail.after(15_000, everything).map(({ offset }) => offset)).toEqual(
      events(15_001, 5_000).map(({ offset }) => offset),
    );
  });

  it('are bounded all the same where it does not get on at all', () => {
    const tail = fill(40_000, () => 0);
    expect(40_000 - tail.from()).toBeLessThan(9_300);
    expect(tail.withId('e-40000')?.offset).toBe(40_000);
  });
});
