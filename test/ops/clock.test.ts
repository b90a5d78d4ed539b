import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClock, createReplayClock } from '../../edge/ops/clock.js';

const START = Date.UTC(2026, 10, 23, 10);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A machine whose wall clock can be turned while its monotonic clock runs on. */
function machine(wallMs = START) {
  let monotonic = 1_000;
  let offset = wallMs - monotonic;
  let synchronised = false;
  return {
    system: {
      wallMs: () => monotonic + offset,
      monotonicMs: () => monotonic,
      synchronised: () => synchronised,
    },
    pass: (ms: number) => {
      monotonic += ms;
    },
    turn: (ms: number) => {
      offset += ms;
    },
    serverAnswers: () => {
      synchronised = true;
    },
  };
}

describe('a clock that no time server confirms', () => {
  it('is relied on for the time that is configured, is followed all the same, and is sure again by an answer', () => {
    const box = machine();
    const clock = createClock(box.system, 0, DAY);
    box.pass(DAY);
    expect(clock.untrusted()).toBeUndefined();
    box.pass(HOUR);
    expect(clock.untrusted()).toContain('25 hours');
    expect(clock.nowMs()).toBe(START + DAY + HOUR);
    box.serverAnswers();
    expect(clock.untrusted()).toBeUndefined();
  });

  it('is never doubted for that where the host sets it', () => {
    const box = machine();
    const clock = createClock(box.system, 0);
    box.pass(100 * DAY);
    expect(clock.untrusted()).toBeUndefined();
  });
});

describe('the hybrid clock', () => {
  it('follows wall time and is trusted', () => {
    const box = machine();
    const clock = createClock(box.system, 0);
    box.pass(5_000);
    expect(clock.nowMs()).toBe(START + 5_000);
    expect(clock.untrusted()).toBeUndefined();
  });

  for (const [name, jump] of [
    ['an hour back', -HOUR],
    ['a day back', -DAY],
    ['an hour ahead', HOUR],
    ['a day ahead', DAY],
    ['to 1970', -START],
    ['to 2099', Date.UTC(2099, 0, 1) - START],
  ] as const) {
    it(`turned ${name}, carries on by the monotonic clock and says it is not sure`, () => {
      const box = machine();
      const clock = createClock(box.system, 0);
      box.pass(1_000);
      const before = clock.nowMs();
      box.turn(jump);
      box.pass(2_000);
      expect(clock.nowMs() - before).toBe(2_000);
      expect(clock.untrusted()).toMatch(/the clock/);
    });
  }

  it('turned back within ten minutes, waits instead of going back', () => {
    const box = machine();
    const clock = createClock(box.system, 0);
    const before = clock.nowMs();
    box.turn(-5 * 60_000);
    box.pass(1_000);
    expect(clock.nowMs()).toBe(before);
    expect(clock.untrusted()).toBeUndefined();
  });

  it('believes a jump once a time server has answered', () => {
    const box = machine();
    const clock = createClock(box.system, 0);
    box.turn(3 * DAY);
    expect(clock.untrusted()).toBeDefined();
    box.serverAnswers();
    expect(clock.untrusted()).toBeUndefined();
    expect(clock.nowMs()).toBe(START + 3 * DAY);
  });

  it('starts in doubt on a box without a real-time clock, at the last time the journal knows', () => {
    const box = machine(0);
    const clock = createClock(box.system, START);
    expect(clock.untrusted()).toMatch(/1970/);
    box.pass(7_000);
    expect(clock.nowMs()).toBe(START + 7_000);
  });

  it('is not stopped by a change to or from summer time, which wall time in UTC does not see', () => {
    const beforeChange = Date.UTC(2027, 2, 28, 0, 59, 59);
    const box = machine(beforeChange);
    const clock = createClock(box.system, 0);
    box.pass(2_000);
    expect(clock.nowMs()).toBe(beforeChange + 2_000);
    expect(clock.untrusted()).toBeUndefined();
  });

  it('does not let small steps back add up', () => {
    const box = machine();
    const clock = createClock(box.system, 0);
    const before = clock.nowMs();
    for (let step = 0; step < 20; step++) {
      box.turn(-9 * 60_000);
      box.pass(9 * 60_000);
      clock.nowMs();
    }
    expect(clock.nowMs() - before).toBeGreaterThan(20 * 9 * 60_000 - 11 * 60_000);
  });

  it('never goes back and never falls more than ten minutes behind, whatever is done to the wall clock', () => {
    const act = fc.oneof(
      fc.record({ pass: fc.integer({ min: 0, max: HOUR }) }),
      fc.record({ turn: fc.integer({ min: -DAY, max: DAY }) }),
      fc.record({ turn: fc.integer({ min: -9 * 60_000, max: 0 }) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const box = machine();
        const clock = createClock(box.system, START);
        const begin = clock.nowMs();
        let last = begin;
        let passed = 0;
        for (const one of acts) {
          if ('pass' in one) box.pass(one.pass);
          else box.turn(one.turn);
          passed += 'pass' in one ? one.pass : 0;
          const now = clock.nowMs();
          if (now < last || now - begin < passed - 10 * 60_000 - 1) return false;
          last = now;
        }
        return true;
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the clock of a replayed file', () => {
  it('stands where the file stands, never goes back, and becomes the clock of the machine at its end', () => {
    const box = machine();
    const clock = createReplayClock(box.system, START - DAY);
    clock.set(START - 10);
    clock.set(START - 500);
    expect(clock.nowMs()).toBe(START - 10);
    clock.release();
    box.pass(3_000);
    expect(clock.nowMs()).toBe(START + 3_000);
  });
});
