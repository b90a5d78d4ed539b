import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Daypart, Slide } from '../../edge/contracts/index.js';
import { runsAt } from '../../edge/core/campaign/schedule.js';
import { createZoneClock } from '../../edge/core/time.js';
import { anchorFor } from '../../edge/deliver/timeline.js';
import { bestOffset } from '../../signage-ui/player/shared-clock.js';
import { type Anchor, createTurns, showableFrom } from '../../signage-ui/player/timeline.js';
import { inHours, nextHours, wallClockOf } from '../../signage-ui/player/wall-clock.js';
import { runSeed } from '../support/promise.js';

const NOW = Date.parse('2026-06-18T13:03:00Z');
const DUBLIN = wallClockOf('Europe/Dublin');
const house = (contentId: string, seconds = 10, more: Partial<Slide> = {}): Slide => ({
  contentId,
  kind: 'house',
  seconds,
  ...more,
});
const turnAt = (slides: readonly Slide[], anchor: Anchor, atMs: number, clock = DUBLIN) =>
  createTurns(clock)(slides, anchor, atMs);
const on = (slides: readonly Slide[], atMs: number, anchor = { atMs: NOW, slide: 0 }): string | undefined => {
  const turn = turnAt(slides, anchor, atMs);
  return turn === undefined ? undefined : slides[turn.slide]!.contentId;
};

describe('turns', () => {
  const THREE = [house('a', 10), house('b', 5), house('c', 20)];

  it('go round by the seconds of each slide, for ever, from any place', () => {
    const seen = [0, 9_999, 10_000, 14_999, 15_000, 34_999, 35_000, 45_000].map((ms) => on(THREE, NOW + ms));
    expect(seen).toEqual(['a', 'a', 'b', 'b', 'c', 'c', 'a', 'b']);
    expect(on(THREE, NOW + 35_000 * 100_000 + 12_000)).toBe('b');
    expect(on(THREE, NOW, { atMs: NOW, slide: 2 })).toBe('c');
    expect(on(THREE, NOW + 20_000, { atMs: NOW, slide: 2 })).toBe('a');
  });

  it('fill all time without a gap, also before the anchor (property)', () => {
    const seed = runSeed('turns');
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 3, max: 90 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: -500_000, max: 5_000_000 }),
        (seconds, aheadMs) => {
          const slides = seconds.map((length, place) => house(`s-${place}`, length));
          const turn = turnAt(slides, { atMs: NOW, slide: 0 }, NOW + aheadMs)!;
          const after = turnAt(slides, { atMs: NOW, slide: 0 }, turn.endMs)!;
          return (
            turn.startMs <= NOW + aheadMs &&
            NOW + aheadMs < turn.endMs &&
            after.startMs === turn.endMs &&
            after.slide === (turn.slide + 1) % slides.length
          );
        },
      ),
      { seed },
    );
  });

  it('leave out what has not its hours, and begin anew at the minute in which hours change', () => {
    const morning = { dayparts: [{ from: '07:00', until: '14:05' }] };
    const slides = [house('bread', 10, morning), house('wine', 10)];
    // 14:03 and 14:05 in Dublin.
    expect(on(slides, NOW + 119_999)).toBe('wine');
    expect(on(slides, NOW + 121_000)).toBe('wine');
    const turn = turnAt(slides, { atMs: NOW, slide: 0 }, NOW + 125_000)!;
    expect(turn.startMs).toBe(NOW + 120_000);
    expect(on([house('bread', 10, morning)], NOW + 125_000)).toBeUndefined();
  });

  it('say the same to a screen that starts in the middle as to one that ran all day', () => {
    const slides = [
      house('a', 7),
      house('b', 11, { dayparts: [{ from: '14:30', until: '15:30', days: [1, 2, 3, 4] }] }),
      house('c', 13, { dayparts: [{ from: '16:00', until: '14:10' }] }),
    ];
    const anchor = { atMs: 0, slide: 0 };
    let atMs = NOW;
    const allDay = createTurns(DUBLIN);
    let running = allDay(slides, anchor, atMs)!;
    while (atMs < NOW + 3 * 3_600_000) {
      atMs = Math.min(running.endMs, (Math.floor(atMs / 60_000) + 1) * 60_000);
      const seen = allDay(slides, anchor, atMs)!;
      // Whoever ran all day sees the turn go on, a new one begin, or an edge of hours at this very minute.
      expect(seen.startMs === running.startMs || seen.startMs === atMs).toBe(true);
      const fresh = turnAt(slides, anchor, seen.startMs + 1, wallClockOf('Europe/Dublin'))!;
      expect(fresh).toEqual(seen);
      running = seen;
    }
  });

  it('give the place of what cannot be shown to the next that can', () => {
    const may = ({ contentId }: Slide): boolean => contentId !== 'b';
    expect(showableFrom(THREE, 1, may)?.contentId).toBe('c');
    expect(showableFrom(THREE, 0, may)?.contentId).toBe('a');
    expect(showableFrom(THREE, 0, () => false)).toBeUndefined();
  });
});

describe('hours on the wall of the store', () => {
  it('are the hours that the store itself reckons with, in any zone and over every change of clocks (property)', () => {
    const seed = runSeed('hours');
    const minute = fc.integer({ min: 0, max: 1_439 });
    const hhmm = minute.map(
      (value) => `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`,
    );
    const part: fc.Arbitrary<Daypart> = fc.record(
      { from: hhmm, until: hhmm, days: fc.uniqueArray(fc.integer({ min: 1, max: 7 })) },
      { requiredKeys: ['from', 'until'] },
    );
    const zones = ['Europe/Dublin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'];
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...zones),
        fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-12-31T00:00:00Z') }),
        (dayparts, zone, atMs) => {
          const local = createZoneClock(zone).at(atMs);
          return inHours(dayparts, wallClockOf(zone)(atMs)) === runsAt({ dayparts }, atMs, local);
        },
      ),
      { seed, numRuns: 2_000 },
    );
  });

  it('end and begin by the wall on the days on which the clocks change', () => {
    const night = [{ from: '21:00', until: '07:00' }];
    const lit = [{ from: '07:00', until: '21:00' }];
    // Dublin went back an hour on 2026-10-25: 07:00 was 07:00 UTC, the day before 06:00 UTC.
    expect(nextHours(lit, Date.parse('2026-10-24T23:00:00Z'), DUBLIN)).toBe(
      Date.parse('2026-10-25T07:00:00Z'),
    );
    expect(nextHours(lit, Date.parse('2026-10-23T23:00:00Z'), DUBLIN)).toBe(
      Date.parse('2026-10-24T06:00:00Z'),
    );
    expect(nextHours(lit, Date.parse('2027-03-27T23:00:00Z'), DUBLIN)).toBe(
      Date.parse('2027-03-28T06:00:00Z'),
    );
    expect(inHours(night, DUBLIN(Date.parse('2026-10-25T06:59:00Z')))).toBe(true);
    expect(inHours(night, DUBLIN(Date.parse('2026-10-25T07:00:00Z')))).toBe(false);
    expect(nextHours([{ from: '07:00', until: '08:00', days: [] }], NOW, DUBLIN)).toBeUndefined();
  });
});

describe('the anchor that the store gives', () => {
  const slides = [house('a', 10), house('b', 10), house('c', 10)];
  const before = { anchor: { atMs: NOW, slide: 0 }, slides };
  const moment = (ms: number, grouped = false) => ({ nowMs: NOW + ms, grouped });

  it('stays while the rotation does, whatever is left of a product', () => {
    const same = slides.map((slide) => ({ ...slide, headline: 'other words' }));
    expect(anchorFor(before, same, moment(99_000))).toBe(before.anchor);
  });

  it('begins what is new at once', () => {
    expect(anchorFor(before, [...slides, house('d')], moment(12_000))).toEqual({
      atMs: NOW + 12_000,
      slide: 3,
    });
  });

  it('lets what is on go on, and begins the next one where it has gone', () => {
    expect(anchorFor(before, [slides[2]!, slides[1]!], moment(12_000))).toEqual({
      atMs: NOW + 10_000,
      slide: 1,
    });
    expect(anchorFor(before, [slides[0]!, slides[2]!], moment(12_000))).toEqual({
      atMs: NOW + 12_000,
      slide: 1,
    });
  });

  it('is the same for a whole group, whenever its screens meet the store', () => {
    expect(anchorFor(undefined, slides, moment(33, true))).toEqual(
      anchorFor(before, slides, moment(77, true)),
    );
    expect(anchorFor(undefined, slides, moment(0))).not.toEqual(anchorFor(undefined, slides, moment(77)));
  });
});

describe('the distance of the clocks', () => {
  it('is told best by the shortest round trip, which can be wrong by half of itself', () => {
    const seed = runSeed('clocks');
    const way = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 12 }),
        (offsetMs, ways) => {
          const samples = ways.map(([there, back]) => ({
            offsetMs: offsetMs + (there - back) / 2,
            roundTripMs: there + back,
          }));
          const shortest = Math.min(...samples.map(({ roundTripMs }) => roundTripMs));
          return Math.abs(bestOffset(samples)! - offsetMs) <= shortest / 2;
        },
      ),
      { seed },
    );
    expect(bestOffset([])).toBeUndefined();
  });
});
