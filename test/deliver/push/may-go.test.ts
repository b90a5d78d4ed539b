import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OpenOffer } from '../../../edge/deliver/open-offers.js';
import { type MayGoDeps, mayGo } from '../../../edge/deliver/push/may-go.js';
import { seeded } from '../../core/support/seed.js';

const NOW_MS = Date.UTC(2026, 11, 1, 12);

/** A person who may be reached: only the two times are of interest. */
const reachable = (stayMs: number): MayGoDeps =>
  ({
    isOpen: () => false,
    engine: {
      views: {
        coupon: () => undefined,
        consented: () => true,
        pushLeave: () => ({ ok: true, stayMs }),
      },
    },
    subscriptions: { of: () => [{ endpoint: 'https://push.example/1' }], remove: () => undefined },
    sender: { free: () => true, send: () => Promise.reject(new Error('nothing is sent here')) },
  }) as unknown as MayGoDeps;

const turnOf = (stayMs: number, goodForMs: number) =>
  mayGo(
    reachable(stayMs),
    { sid: 's_1', deadlineMs: NOW_MS + goodForMs, offer: {} } as unknown as OpenOffer,
    { nowMs: NOW_MS, track: { tries: 0 } },
  );

it('is kept by a push service in whole seconds, never longer than the stay or the offer, and never below one (property)', () => {
  const timeMs = fc.oneof(
    fc.integer({ min: -5_000, max: 5_000 }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
  );
  fc.assert(
    fc.property(timeMs, timeMs, (stayMs, goodForMs) => {
      const turn = turnOf(stayMs, goodForMs);
      if ('wait' in turn) {
        expect(Math.min(stayMs, goodForMs)).toBeLessThan(1_000);
        return;
      }
      expect(Number.isInteger(turn.ttlS)).toBe(true);
      expect(turn.ttlS).toBeGreaterThanOrEqual(1);
      expect(turn.ttlS * 1_000).toBeLessThanOrEqual(stayMs);
      expect(turn.ttlS * 1_000).toBeLessThanOrEqual(goodForMs);
    }),
    seeded(500),
  );
});

it('says what was too short', () => {
  expect(turnOf(60_000, 999)).toEqual({ wait: 'DeadlinePassed' });
  expect(turnOf(60_000, 1_000)).toMatchObject({ ttlS: 1 });
});
