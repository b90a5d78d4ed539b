import { describe, expect, it } from 'vitest';
import { ANNA, COLA_SCREEN, createStore, ofType, SODA_COUPON, START_MS } from './support/store.js';

describe('the one story', () => {
  it('claims no screen that is not up, and no sale from before the screen showed it', () => {
    const store = createStore();
    store.configure([SODA_COUPON, COLA_SCREEN]);
    store.consent(ANNA);
    const made = ofType(store.enter(`s:${ANNA}`), 'promo.decision');
    const phone = made.find(({ data }) => data.sid === ANNA)!;
    const steps = (id: string) => store.views.story(id)?.steps.map(({ step }) => step);
    expect(steps(phone.data.storyId)).toEqual(['entered', 'decided']);
    const screen = store.views.stories({ limit: 50 }).stories.find(({ surface }) => surface === 'screen')!;
    const early = new Date(START_MS - 3 * 86_400_000).toISOString();
    store.sell([{ sku: 'cola' }], { time: early, businessDay: '2026-11-20' });
    expect(steps(screen.id)).not.toContain('sold');
    store.sell([{ sku: 'cola' }], { sequence: 900 });
    expect(steps(screen.id)).toContain('sold');
  });

  it('goes from the aisle to the phone, the screen, the till and the shelf', () => {
    const store = createStore();
    const screens = ofType(store.configure([SODA_COUPON, COLA_SCREEN]), 'promo.decision');
    expect(screens.map(({ data }) => [data.screen, data.outcome, data.offer?.sku])).toEqual([
      ['screen-1', 'offered', 'cola'],
    ]);
    store.consent(ANNA);
    store.sell([{ sku: 'ginger' }], { sid: ANNA });
    store.sell([{ sku: 'ginger' }], { sid: ANNA });

    store.say('device.online', { device: 'screen-1', kind: 'screen' });
    const entering = store.enter(`s:${ANNA}`);
    expect(ofType(entering, 'presence.zone')[0]?.data).toMatchObject({
      zone: 'beverages',
      change: 'enter',
      sid: ANNA,
    });
    const [decision] = ofType(entering, 'promo.decision');
    expect(decision?.data).toMatchObject({
      outcome: 'offered',
      surface: 'phone',
      offer: { sku: 'ginger', priceMinor: 225, wasMinor: 250, percent: 10, why: 'You bought it 2 times' },
    });
    const [coupon] = ofType(entering, 'coupon.issued');
    expect(coupon?.data.code).toMatch(/^9[89]\d{11}$/);

    const place = { till: 'till-2', businessDay: '2026-11-23', sequence: 7 };
    const ask = { requestId: 'q1', action: 'redeem' as const, couponId: coupon!.data.couponId, ...place };
    expect(ofType(store.say('coupon.request', ask), 'coupon.redeemed')).toHaveLength(1);
    expect(store.say('coupon.request', { ...ask, till: 'till-3' })[0]?.data).toMatchObject({
      ok: false,
      reason: 'CouponUsed',
      usedAt: { till: 'till-2', sequence: 7 },
    });
    const sold = store.sell([{ sku: 'ginger', couponCode: coupon!.data.code, unitMinor: 225 }], place);
    expect(ofType(sold, 'stock.level')[0]?.data).toMatchObject({ sku: 'ginger', count: 17 });

    const story = store.views.story(decision!.data.storyId);
    expect(story?.steps.map(({ step }) => step)).toEqual(['entered', 'decided', 'shown', 'redeemed', 'sold']);
    expect(story?.state).toBe('taken');
    expect(store.views.staff(store.nowMs()).figures.find(({ id }) => id === 'taken')).toMatchObject({
      value: 1,
      of: 1,
    });
    expect(store.views.shopper(ANNA, store.nowMs()).coupons[0]?.state).toBe('taken');
    expect(store.views.signage('screen-1', store.nowMs()).slides[0]?.offer?.sku).toBe('cola');
  });
});
