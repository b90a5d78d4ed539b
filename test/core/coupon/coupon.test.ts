import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Campaign, TopicData } from '../../../edge/contracts/index.js';
import { couponCode, eanCheckDigit } from '../../../edge/core/coupon/code.js';
import { seeded } from '../support/seed.js';
import { ANNA, createStore, ofType, SODA_COUPON } from '../support/store.js';

type Request = TopicData<'coupon.request'>;

function withCoupon(campaign: Partial<Campaign> = {}, policy = {}) {
  const store = createStore({ policy });
  store.configure([{ ...SODA_COUPON, ...campaign }]);
  store.consent(ANNA);
  const [issued] = ofType(store.enter(`s:${ANNA}`), 'coupon.issued');
  let request = 0;
  const ask = (action: Request['action'], at: Partial<Request> = {}) => {
    request += 1;
    const place = { till: 'till-1', businessDay: '2026-11-23', sequence: 5 };
    const out = store.say('coupon.request', {
      requestId: `q${request}`,
      action,
      couponId: issued!.data.couponId,
      ...place,
      ...at,
    });
    return out.filter(({ type }) => type.startsWith('coupon.') || type === 'fraud.verdict');
  };
  return { store, coupon: issued!.data, ask };
}

const stop = (active: boolean) => ({
  stopId: 's',
  scope: { campaign: 'soda-10' },
  reason: 'recall',
  active,
  by: 'staff',
});

describe('a code', () => {
  it('is thirteen digits with a GS1 prefix and a right check digit', () => {
    expect(eanCheckDigit('400638133393')).toBe('1');
    const codes = Array.from({ length: 2_000 }, (_, index) => couponCode('salt', `${index}.1`, 0));
    for (const code of codes) {
      expect(code).toMatch(/^9[89]\d{11}$/);
      expect(eanCheckDigit(code.slice(0, 12))).toBe(code[12]);
    }
    expect(new Set(codes).size).toBe(codes.length);
    expect(couponCode('another salt', '0.1', 0)).not.toBe(codes[0]);
  });

  it('is good once', () => {
    const { coupon, ask } = withCoupon();
    expect(ask('verify')[0]?.data).toMatchObject({
      ok: true,
      discountMinor: coupon.discountMinor,
      sku: coupon.sku,
    });
    expect(ask('redeem').map(({ type }) => type)).toEqual(['coupon.redeemed']);
    const first = { till: 'till-1', businessDay: '2026-11-23', sequence: 5 };
    expect(ask('redeem').map(({ data }) => data)).toMatchObject([
      { ok: true, discountMinor: coupon.discountMinor, usedAt: first },
    ]);
    for (const elsewhere of [{ till: 'till-2' }, { sequence: 6 }, { businessDay: '2026-11-24' }]) {
      for (const action of ['verify', 'redeem'] as const) {
        expect(ask(action, elsewhere)).toMatchObject([
          { data: { ok: false, reason: 'CouponUsed', usedAt: first } },
        ]);
      }
    }
  });

  it('is refused when it is unknown, past its time or stopped', () => {
    const { store, ask } = withCoupon({ validMinutes: 10 });
    expect(ask('redeem', { couponId: 'c-none' })).toMatchObject([
      { data: { ok: false, reason: 'CouponUnknown' } },
    ]);
    store.say('promo.stop', stop(true));
    expect(ask('redeem')).toMatchObject([{ data: { ok: false, reason: 'CouponStopped' } }]);
    store.say('promo.stop', stop(false));
    expect(ask('verify')).toMatchObject([{ data: { ok: true } }]);
    store.wait(601);
    expect(ask('redeem')).toMatchObject([{ data: { ok: false, reason: 'CouponExpired' } }]);
  });

  it('is taken by the till line alone, counted once', () => {
    const { store, coupon, ask } = withCoupon();
    const place = { till: 'till-1', businessDay: '2026-11-23', sequence: 5 };
    const line = [{ sku: coupon.sku, couponCode: coupon.code, unitMinor: coupon.priceMinor }];
    expect(ofType(store.sell(line, { ...place, type: 'training' }), 'coupon.redeemed')).toEqual([]);
    expect(ofType(store.sell(line, { ...place, sequence: 6 }), 'coupon.redeemed')).toHaveLength(1);
    expect(ask('redeem', { sequence: 6 })).toMatchObject([{ data: { ok: true } }]);
    expect(store.sell(line, { ...place, sequence: 6 })).toEqual([]);
    const figures = store.views.staff(store.nowMs()).figures;
    expect(figures.find(({ id }) => id === 'taken')?.value).toBe(1);
    expect(figures.find(({ id }) => id === 'turnover')?.value).toBe(coupon.priceMinor);
  });

  it('taken twice while the tills were cut off is called out once', () => {
    const { coupon, ask, store } = withCoupon();
    expect(ask('redeem', { offline: true }).map(({ type }) => type)).toEqual(['coupon.redeemed']);
    const again = ask('redeem', { till: 'till-9', sequence: 1, offline: true });
    expect(again.map(({ type }) => type)).toEqual(['coupon.answered', 'fraud.verdict']);
    expect(again[1]?.data).toMatchObject({
      verdict: 'coupon-used-twice',
      first: { till: 'till-1', sequence: 5 },
      second: { till: 'till-9', sequence: 1 },
      amountMinor: coupon.discountMinor,
    });
    expect(ask('redeem', { till: 'till-9', sequence: 1, offline: true }).map(({ type }) => type)).toEqual([
      'coupon.answered',
    ]);
    const line = [{ sku: coupon.sku, couponCode: coupon.code }];
    const sold = store.sell(line, { till: 'till-9', sequence: 1, offline: true });
    expect(ofType(sold, 'fraud.verdict')).toEqual([]);
    expect(store.views.stories({ limit: 10, state: 'fraud' }).stories).toHaveLength(1);
  });

  it('above the offline limit is redeemed, and called out', () => {
    const { ask } = withCoupon({}, { offline: { maxValueMinor: 5 } });
    const made = ask('redeem', { offline: true });
    expect(made.map(({ type }) => type)).toEqual(['coupon.redeemed', 'fraud.verdict']);
    expect(made[1]?.data).toMatchObject({ verdict: 'coupon-over-offline-limit' });
  });

  it('invented offline is called out', () => {
    const { ask } = withCoupon();
    expect(ask('redeem', { couponId: 'c-none', offline: true })[1]?.data).toMatchObject({
      verdict: 'coupon-unknown',
    });
  });

  it('stays used for as long as it can be remembered, though little is kept of it', () => {
    const { store, ask, coupon } = withCoupon();
    ask('redeem');
    store.wait(3 * 86_400);
    store.say('tick', { at: new Date(store.nowMs()).toISOString() });
    expect(store.views.coupon(coupon.couponId)).toBeUndefined();
    expect(ask('redeem', { till: 'till-2' })).toMatchObject([{ data: { ok: false, reason: 'CouponUsed' } }]);
    expect(ask('redeem')).toMatchObject([{ data: { ok: true } }]);
  });

  it('is redeemed once and answered the same, for any tills, order, repeats and restarts', () => {
    const attempt = fc.record({
      till: fc.integer({ min: 1, max: 3 }),
      sequence: fc.integer({ min: 1, max: 2 }),
      action: fc.constantFrom('verify' as const, 'redeem' as const, 'line' as const),
      offline: fc.boolean(),
      restart: fc.boolean(),
      waitS: fc.constantFrom(0, 0, 0, 40 * 60),
    });
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 12 }), (attempts) => {
        const { store, coupon, ask } = withCoupon();
        let usedAt: string | undefined;
        const accused = new Set<string>();
        for (const { till, sequence, action, offline, restart, waitS } of attempts) {
          if (restart) store.restart();
          store.wait(waitS);
          const place = { till: `till-${till}`, businessDay: '2026-11-23', sequence };
          const key = `${till}|${sequence}`;
          const line = [{ sku: coupon.sku, couponCode: coupon.code }];
          const made = action === 'line' ? store.sell(line, place) : ask(action, { ...place, offline });
          const redeemed = made.filter(({ type }) => type === 'coupon.redeemed');
          if (redeemed.length > 0) {
            expect(usedAt).toBeUndefined();
            usedAt = key;
          }
          const [answered] = ofType(made, 'coupon.answered');
          if (answered?.data.ok === true && action === 'redeem') expect(usedAt).toBe(key);
          if (usedAt !== undefined && usedAt !== key && answered !== undefined)
            expect(answered.data.reason).toBe('CouponUsed');
          for (const verdict of ofType(made, 'fraud.verdict')) {
            if (verdict.data.verdict !== 'coupon-used-twice') continue;
            expect(accused.has(key)).toBe(false);
            accused.add(key);
          }
        }
        expect(ofType(store.outputs, 'coupon.redeemed').length).toBeLessThanOrEqual(1);
      }),
      seeded(150),
    );
  });
});
