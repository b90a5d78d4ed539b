import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../edge/contracts/index.js';
import { priceUnder } from '../../../edge/core/campaign/pricing.js';
import { nextEdgeMs, runsAt, windowEndMs } from '../../../edge/core/campaign/schedule.js';
import { createZoneClock, parseInstantMs } from '../../../edge/core/time.js';
import { seeded } from '../support/seed.js';
import { COLA_SCREEN, createStore, ofType, SODA_COUPON } from '../support/store.js';

describe('a price', () => {
  it('is whole, never below zero and never above the shelf, for any discount', () => {
    const discount = fc.record(
      {
        percent: fc.double({ min: 0.01, max: 100, noNaN: true }),
        amountMinor: fc.integer({ min: -1_000, max: 1_000_000 }),
        priceMinor: fc.integer({ min: -1_000, max: 1_000_000 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(discount, fc.integer({ min: -500, max: 1_000_000 }), (given, wasMinor) => {
        const { priceMinor, discountMinor } = priceUnder(given, wasMinor);
        expect(Number.isInteger(priceMinor)).toBe(true);
        expect(priceMinor).toBeGreaterThanOrEqual(0);
        expect(priceMinor).toBeLessThanOrEqual(Math.max(0, wasMinor));
        expect(discountMinor).toBeGreaterThanOrEqual(0);
        if (wasMinor >= 0) expect(priceMinor + discountMinor).toBe(wasMinor);
      }),
      seeded(500),
    );
  });

  it('is what a person would reckon', () => {
    expect(priceUnder({ percent: 10 }, 199)).toEqual({ priceMinor: 179, wasMinor: 199, discountMinor: 20 });
    expect(priceUnder({ amountMinor: 50 }, 30).priceMinor).toBe(0);
    expect(priceUnder({ priceMinor: 250 }, 300).discountMinor).toBe(50);
    expect(priceUnder({ priceMinor: 350 }, 300).priceMinor).toBe(300);
  });
});

describe('hours', () => {
  const clock = createZoneClock('Europe/Amsterdam');
  const open = (when: Campaign['when'], at: string) => {
    const ms = parseInstantMs(at);
    return runsAt(when, ms, clock.at(ms));
  };

  it('are those of the store, in winter and in summer', () => {
    const morning = { dayparts: [{ from: '09:00', until: '12:00' }] };
    expect(open(morning, '2026-01-15T08:30:00Z')).toBe(true);
    expect(open(morning, '2026-07-15T08:30:00Z')).toBe(true);
    expect(open(morning, '2026-07-15T07:30:00Z')).toBe(true);
    expect(open(morning, '2026-01-15T07:30:00Z')).toBe(false);
  });

  it('may run over midnight and belong to the day on which they start', () => {
    const friday = { dayparts: [{ from: '22:00', until: '02:00', days: [5] }] };
    expect(open(friday, '2026-11-27T22:30:00+01:00')).toBe(true);
    expect(open(friday, '2026-11-28T01:30:00+01:00')).toBe(true);
    expect(open(friday, '2026-11-27T01:30:00+01:00')).toBe(false);
    expect(open(friday, '2026-11-28T22:30:00+01:00')).toBe(false);
  });

  it('tell when to look again, never later than the next change', () => {
    const when = {
      from: '2026-03-27T00:00:00Z',
      until: '2026-04-02T00:00:00Z',
      dayparts: [
        { from: '01:30', until: '03:15' },
        { from: '20:00', until: '24:00' },
      ],
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * 24 * 60 }), (minute) => {
        // Over the night in which the clocks change.
        const atMs = parseInstantMs('2026-03-26T12:00:00Z') + minute * 60_000;
        const local = clock.at(atMs);
        const now = runsAt(when, atMs, local);
        const nextMs = nextEdgeMs(when, atMs, local);
        expect(nextMs).toBeGreaterThan(atMs);
        for (let ms = atMs; ms < Math.min(nextMs, atMs + 7_200_000); ms += 60_000) {
          expect([ms, runsAt(when, ms, clock.at(ms))]).toEqual([ms, now]);
        }
      }),
      seeded(300),
    );
  });

  it('end an offer where they end, or with the day', () => {
    const end = (when: Campaign['when']) =>
      new Date(windowEndMs(when, parseInstantMs('2026-11-23T10:10:00Z'), clock)).toISOString();
    expect(end({ dayparts: [{ from: '09:00', until: '12:00' }] })).toBe('2026-11-23T11:00:00.000Z');
    expect(end(undefined)).toBe('2026-11-23T23:00:00.000Z');
    expect(end({ until: '2026-11-23T10:30:00Z' })).toBe('2026-11-23T10:30:00.000Z');
  });
});

describe('instants', () => {
  it('are read as the platform reads them, in any offset', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -6e13, max: 2e14 }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (ms, offsetMinutes) => {
          const utc = new Date(ms).toISOString();
          fc.pre(/^\d{4}-/.test(utc));
          expect(parseInstantMs(utc)).toBe(ms);
          const local = new Date(ms + offsetMinutes * 60_000).toISOString();
          fc.pre(/^\d{4}-/.test(local));
          const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
          const sign = offsetMinutes < 0 ? '-' : '+';
          const size = Math.abs(offsetMinutes);
          expect(parseInstantMs(`${local.slice(0, -1)}${sign}${two(size / 60)}:${two(size % 60)}`)).toBe(ms);
        },
      ),
      seeded(500),
    );
    expect(parseInstantMs('2026-11-23T10:00:00.123456789Z')).toBe(Date.UTC(2026, 10, 23, 10, 0, 0, 123));
    expect(parseInstantMs('2026-11-23T10:00:00Z')).toBe(Date.UTC(2026, 10, 23, 10));
  });
});

describe('a version of a campaign', () => {
  const priceNow = (store: ReturnType<typeof createStore>) =>
    store.views.signage('screen-1', store.nowMs()).slides[0]?.offer?.priceMinor;

  it('may change until something was promised under it, then only by a higher version', () => {
    const store = createStore();
    store.configure([SODA_COUPON]);
    const percent = (value: number, version = 1) =>
      store.say('hq.campaign', { ...SODA_COUPON, version, discount: { percent: value }, validMinutes: 1 });
    percent(20);
    const offered = (sid: string) => {
      store.consent(sid);
      return ofType(store.enter(`s:${sid}`), 'promo.decision')[0]?.data.offer?.percent;
    };
    expect(offered('s_first000000000')).toBe(20);
    percent(50);
    expect(offered('s_second00000000')).toBe(20);
    percent(50, 2);
    expect(offered('s_third000000000')).toBe(50);
    percent(20, 1);
    expect(offered('s_fourth00000000')).toBe(50);
  });

  it('can be taken back at any time', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    expect(priceNow(store)).toBe(150);
    store.say('hq.campaign', { ...COLA_SCREEN, withdrawn: true });
    expect(priceNow(store)).toBeUndefined();
  });

  it('shows a changed shelf price at once', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    store.say('hq.catalog', {
      products: [{ sku: 'cola', name: 'Cola', category: 'soda', priceMinor: 300, startStock: 30 }],
    });
    expect(priceNow(store)).toBe(250);
  });
});

describe('caps', () => {
  it('hold for any order of visitors, days and restarts', () => {
    const visit = fc.record({ who: fc.nat(3), waitM: fc.constantFrom(1, 5, 600), restart: fc.boolean() });
    fc.assert(
      fc.property(fc.array(visit, { minLength: 5, maxLength: 25 }), (visits) => {
        const store = createStore();
        const caps = { perShopperDay: 2, perShopper: 3, perStoreDay: 4, perStore: 9 };
        store.configure([
          { ...SODA_COUPON, caps, validMinutes: 0.1, experiment: { holdout: 0.3, seed: 'caps' } },
        ]);
        for (const { who, waitM, restart } of visits) {
          if (restart) store.restart();
          const sid = `s_capped00000000${who}`;
          store.consent(sid);
          store.wait(waitM * 60);
          store.enter(`s:${sid}`);
        }
        const made = ofType(store.outputs, 'promo.decision').filter(
          ({ data }) => data.outcome !== 'rejected',
        );
        const most = (key: (decision: (typeof made)[number]) => string) => {
          const counts = new Map<string, number>();
          for (const decision of made) counts.set(key(decision), (counts.get(key(decision)) ?? 0) + 1);
          return Math.max(0, ...counts.values());
        };
        const day = ({ data }: (typeof made)[number]) => String(data.inputs['day']);
        expect(most((decision) => `${decision.data.sid} ${day(decision)}`)).toBeLessThanOrEqual(
          caps.perShopperDay,
        );
        expect(most(({ data }) => String(data.sid))).toBeLessThanOrEqual(caps.perShopper);
        expect(most(day)).toBeLessThanOrEqual(caps.perStoreDay);
        expect(made.length).toBeLessThanOrEqual(caps.perStore);
      }),
      seeded(60),
    );
  });
});
