import { describe, expect, it } from 'vitest';
import { isType, RefusalError } from '../../edge/contracts/index.js';
import type { Clock } from '../../edge/ports.js';
import { until } from '../support/until.js';
import { openRim, POLICY, PRODUCTS, type TestRim } from './support/rim.js';

const TAG = 'known:6f2a91c04be7';
const PLACE = { till: 'till-2', businessDay: '2026-11-23', sequence: 1041 };

function movingClock() {
  const clock = {
    at: Date.parse('2026-11-23T10:00:00Z'),
    doubt: undefined as string | undefined,
    nowMs: () => clock.at,
    monotonicMs: () => performance.now(),
    untrusted: () => clock.doubt,
  };
  return clock satisfies Clock;
}
type MovingClock = ReturnType<typeof movingClock>;

/** A shopper who agreed walks up to the shelf until they hold a coupon. */
async function couponIn(rim: TestRim, clock: MovingClock) {
  await rim.gate.admit([
    { type: 'hq.policy', device: 'config', data: POLICY },
    {
      type: 'hq.catalog',
      device: 'config',
      data: { products: PRODUCTS.map((product) => ({ ...product, zone: 'beverages', startStock: 20 })) },
    },
    {
      type: 'hq.campaign',
      device: 'config',
      data: {
        ...{ id: 'drink-10', version: 1, name: 'Drink', kind: 'coupon', products: { category: 'drinks' } },
        ...{ discount: { percent: 10 }, where: { zones: ['beverages'] }, validMinutes: 60 },
      },
    },
  ]);
  const { sid } = await rim.people.createShopper();
  await rim.people.linkTag(sid, { tag: TAG });
  for (const purpose of ['location', 'profile']) {
    await rim.people.consent({ sid, purpose, granted: true, textVersion: '1', ageBand: '18+' });
  }
  const issued = await until(
    async () => {
      clock.at += 1_000;
      await rim.intake.receive({
        ...{
          topic: `espresense/devices/${TAG}/node-1`,
          bytes: Buffer.from('{"rssi":-55}'),
          device: 'node-1',
        },
        channel: 'mqtt',
      });
      await rim.engine.idle();
      return rim.events().flatMap(({ event }) => (isType(event, 'coupon.issued') ? [event.data] : []))[0];
    },
    { withinMs: 20_000, what: 'a coupon' },
  );
  return { sid, issued };
}

const refused = async (work: Promise<unknown>) => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal;
    throw error;
  }
};

describe('a coupon at the till', () => {
  it('is verified, taken once, answered the same again, and refused elsewhere with where and when', async () => {
    const clock = movingClock();
    const rim = await openRim({ clock });
    const { issued } = await couponIn(rim, clock);
    const { couponId, code, sku, discountMinor } = issued;
    const verified = await rim.coupons.ask('verify', { code, ...PLACE });
    expect(verified).toMatchObject({ ok: true, couponId, sku, discountMinor, validUntil: issued.validUntil });
    const calls = Array.from({ length: 20 }, () => rim.coupons.ask('redeem', { code, ...PLACE }));
    const answers = await Promise.all(calls);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toEqual({ ok: true, action: 'redeem', couponId, sku, discountMinor, ...PLACE });
    const elsewhere = { code, ...PLACE, till: 'till-3' };
    expect(await refused(rim.coupons.ask('redeem', elsewhere))).toMatchObject({
      reason: 'CouponUsed',
      extra: { usedAt: { ...PLACE, time: expect.any(String) } },
    });
    const taken = rim.events().filter(({ event }) => event.type === 'coupon.redeemed');
    expect(taken).toHaveLength(1);
  });

  it('is good by its signed token, and not by one that was changed', async () => {
    const clock = movingClock();
    const rim = await openRim({ clock });
    const { issued } = await couponIn(rim, clock);
    const state = rim.engine.views.coupon(issued.couponId)!;
    const token = rim.signer.sign(state);
    expect(await rim.coupons.ask('redeem', { code: token, ...PLACE })).toMatchObject({
      couponId: issued.couponId,
    });
    const forged = token
      .replace(/.$/, (end) => (end === 'A' ? 'B' : 'A'))
      .replace(/\.(.)/, (_all, c) => `.${c === 'a' ? 'b' : 'a'}`);
    expect(await refused(rim.coupons.ask('redeem', { code: forged, ...PLACE }))).toMatchObject({
      reason: 'CouponSignature',
    });
  });

  it('is refused by name: unknown, malformed, past its time, by an untrusted clock', async () => {
    const clock = movingClock();
    const rim = await openRim({ clock });
    const { issued } = await couponIn(rim, clock);
    const ask = (change: object) =>
      refused(rim.coupons.ask('redeem', { code: issued.code, ...PLACE, ...change }));
    expect(await ask({ code: '9900000000004' })).toMatchObject({ reason: 'CouponUnknown' });
    expect(await ask({ sequence: 'x' })).toMatchObject({ reason: 'SchemaMismatch', field: '/sequence' });
    expect(await ask({ code: '12' })).toMatchObject({ reason: 'SchemaMismatch', field: '/code' });
    clock.doubt = 'the clock jumped';
    expect(await ask({})).toMatchObject({ reason: 'ClockUntrusted' });
    clock.doubt = undefined;
    clock.at += 2 * 3_600_000;
    expect(await ask({})).toMatchObject({ reason: 'CouponExpired' });
  });
});
