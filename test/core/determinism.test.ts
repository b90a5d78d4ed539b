import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalledEvent, StoreEvent } from '../../edge/contracts/index.js';
import { buildDay, type DayOptions } from '../replay/day-builder.js';
import { newCore } from './support/core.js';
import { seeded } from './support/seed.js';
import { COLA_SCREEN, createStore, eventOf, ofType, SODA_COUPON, START_MS } from './support/store.js';

const dayOf = (seed: number): DayOptions => ({
  seed,
  openMs: START_MS,
  hours: 0.3,
  shoppers: 6,
  strangers: 3,
  heardEveryS: 3,
  tickEveryS: 10,
  trips: 1,
  trouble: false,
});

function replay(
  events: readonly JournalledEvent[],
  restartAt: number,
): { outputs: StoreEvent[]; state: string } {
  let core = newCore();
  const outputs = events.flatMap((event, index) => {
    if (index === restartAt) core = newCore(core.serialise());
    return core.step(event).outputs;
  });
  return { outputs, state: core.serialise() };
}

describe('the same events', () => {
  it('give the same outputs and the same state, wherever the core was put away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, share) => {
          const { events, outputs } = buildDay(newCore(), dayOf(seed));
          const whole = replay(events, -1);
          expect(whole.outputs).toEqual(outputs);
          expect(replay(events, Math.floor(share * events.length))).toEqual(whole);
        },
      ),
      seeded(12),
    );
  });

  it('are stepped once: the same offset again, and what the core itself said, change nothing', () => {
    const { events, outputs } = buildDay(newCore(), dayOf(5));
    const core = newCore();
    const made = events.flatMap((event) => {
      const first = core.step(event).outputs;
      expect(core.step(event).outputs).toEqual([]);
      for (const output of first) {
        expect(core.step({ offset: event.offset + 0.5, cause: event.offset, event: output }).outputs).toEqual(
          [],
        );
      }
      return first;
    });
    expect(made).toEqual(outputs);
  });

  it('carry ids, source and time of what caused them', () => {
    const { events, outputs } = buildDay(newCore(), dayOf(6));
    const recorded = new Map(events.map(({ offset, event }) => [offset, event.recordedtime]));
    expect(new Set(outputs.map(({ id }) => id)).size).toBe(outputs.length);
    for (const output of outputs) {
      const [offset] = output.id.split('.');
      expect(output.recordedtime).toBe(recorded.get(Number(offset)));
      expect(output).toMatchObject({ source: '/store/day-store/core', dataschema: `${output.type}/1` });
      expect(output.partitionkey).not.toBe('undefined');
    }
  });
});

describe('a core that is asked for nothing sensible', () => {
  it('does not throw before it is configured', () => {
    const store = createStore();
    store.hear('a:guest-000001');
    store.sell([{ sku: 'cola', couponCode: '9800000000000' }], { sid: 's_nobody00000000' });
    store.say('coupon.request', {
      requestId: 'q',
      action: 'redeem',
      couponId: '__proto__',
      till: 't',
      businessDay: '2026-11-23',
      sequence: 0,
    });
    store.wait(100);
    expect(store.views.signage('any', 0).slides).toHaveLength(1);
    expect(store.views.stories({ limit: 5 })).toEqual({ stories: [], next: 's0' });
  });

  it('takes names that mean something to the language', () => {
    const store = createStore();
    const evil = {
      sku: '__proto__',
      name: 'constructor',
      category: 'toString',
      priceMinor: 100,
      startStock: 3,
    };
    store.configure([{ ...SODA_COUPON, id: '__proto__', products: { skus: ['__proto__'] } }], [evil]);
    store.consent('s_anna000000000');
    expect(ofType(store.enter('s:s_anna000000000'), 'promo.decision')[0]?.data).toMatchObject({
      outcome: 'offered',
      campaign: '__proto__',
    });
    store.restart();
    expect(store.sell([{ sku: '__proto__' }])[0]?.data).toMatchObject({ count: 2 });
  });

  it('lives through any clock: no stall, no consent or coupon that lasts longer', () => {
    const jumps = fc.array(
      fc.constantFrom(
        -86_400_000,
        -3_600_000,
        -1,
        0,
        1,
        999,
        3_600_000,
        86_400_000,
        -Date.UTC(2026, 10, 23),
        Date.UTC(2099, 0, 1) - START_MS,
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(jumps, (steps) => {
        const core = newCore();
        const prepared = createStore({ core });
        prepared.configure([{ ...SODA_COUPON, validMinutes: 30 }, COLA_SCREEN]);
        prepared.consent('s_anna000000000', { validMs: 3_600_000 });
        prepared.enter('s:s_anna000000000');
        let nowMs = prepared.nowMs();
        let highestMs = nowMs;
        steps.forEach((jumpMs, index) => {
          nowMs = Math.max(nowMs + jumpMs, 0);
          highestMs = Math.max(highestMs, nowMs);
          const recordedtime = new Date(nowMs).toISOString();
          const sighting = { visitor: 's:s_anna000000000', node: 'node-1', rssi: -50 };
          core.step({
            offset: 1_000 + index,
            event: eventOf('presence.sighting', sighting, { recordedtime, id: `${index}` }),
          });
          const due = core.nextTickMs();
          expect(due === undefined || due > highestMs).toBe(true);
          if (highestMs >= START_MS + 3_600_000)
            expect(core.views.consented('s_anna000000000', 'profile', highestMs)).toBe(false);
        });
        const [coupon] = ofType(prepared.outputs, 'coupon.issued');
        const stateNow = core.views.coupon(coupon!.data.couponId)?.state;
        if (highestMs >= Date.parse(coupon!.data.validUntil))
          expect(stateNow === undefined || stateNow === 'expired').toBe(true);
      }),
      seeded(200),
    );
  });
});
