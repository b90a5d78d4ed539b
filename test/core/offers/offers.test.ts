import { describe, expect, it } from 'vitest';
import type { Campaign, OfferNow } from '../../../edge/contracts/index.js';
import { ANNA, BERT, COLA_SCREEN, createStore, ofType, SODA_COUPON } from '../support/store.js';

type TestStore = ReturnType<typeof createStore>;
const offer = (store: TestStore, id: string): OfferNow => {
  const found = store.views.offers(store.nowMs()).find(({ campaign }) => campaign.id === id);
  if (found === undefined) throw new Error(`no campaign ${id}`);
  return found;
};
const opened = (change: Partial<Campaign> = {}): TestStore => {
  const store = createStore();
  store.configure([{ ...SODA_COUPON, ...change }, COLA_SCREEN]);
  return store;
};

describe('the offers of the store', () => {
  it('count what was made, taken, given and turned over, and what is still out', () => {
    const store = opened();
    for (const sid of [ANNA, BERT]) {
      store.consent(sid);
      store.enter(`s:${sid}`);
    }
    const [first] = ofType(store.outputs, 'coupon.issued');
    expect(offer(store, 'soda-10').couponsOut).toBe(2);
    const { code, sku, priceMinor, discountMinor } = first!.data;
    const place = { sequence: 9_000 };
    store.sell([{ sku, couponCode: code, unitMinor: priceMinor }, { sku: 'rye' }], place);
    expect(offer(store, 'soda-10')).toMatchObject({
      state: 'running',
      today: { made: 2, taken: 1, withheld: 0, turnoverMinor: priceMinor, discountMinor },
      couponsOut: 1,
    });
    store.restart();
    expect(offer(store, 'soda-10').today.taken).toBe(1);
    store.sell([], { type: 'void', voids: 9_000, sequence: 9_001 });
    expect(offer(store, 'soda-10').today.turnoverMinor).toBe(0);
  });

  it('say why not, most frequent first, and begin anew with the day', () => {
    const store = opened({ inventory: { minStock: 99 } });
    for (const sid of [ANNA, BERT]) {
      store.consent(sid);
      store.enter(`s:${sid}`);
    }
    const { today } = offer(store, 'soda-10');
    expect(today.made).toBe(0);
    expect(today.refused).toBe(2);
    expect(today.reasons).toEqual([['StockTooLow', 2]]);
    store.wait(86_400);
    store.say('tick', { at: new Date(store.nowMs()).toISOString() });
    expect(offer(store, 'soda-10').today.refused).toBe(0);
  });

  it('know whether they run, wait, are stopped, over or taken back, and when that changes', () => {
    const state = (change: Partial<Campaign>) => {
      const { state, changesAt } = offer(opened(change), 'soda-10');
      return [state, changesAt];
    };
    // 14:00 in Amsterdam is 13:00 in UTC.
    expect(state({})).toEqual(['running', undefined]);
    expect(state({ when: { until: '2026-11-30T12:00:00Z' } })).toEqual([
      'running',
      '2026-11-30T12:00:00.000Z',
    ]);
    expect(state({ when: { dayparts: [{ from: '09:00', until: '18:00' }] } })).toEqual([
      'running',
      '2026-11-23T17:00:00.000Z',
    ]);
    expect(state({ when: { dayparts: [{ from: '09:00', until: '12:00', days: [3] }] } })).toEqual([
      'waiting',
      '2026-11-25T08:00:00.000Z',
    ]);
    expect(state({ when: { until: '2026-11-01T00:00:00Z' } })[0]).toBe('ended');
    expect(state({ withdrawn: true })[0]).toBe('withdrawn');
    const store = opened();
    store.say('promo.stop', { stopId: 's', scope: 'all', reason: 'r', by: 'b', active: true });
    expect(offer(store, 'soda-10')).toMatchObject({ state: 'stopped', stops: [{ stopId: 's' }] });
  });

  it('name their products with the price under the offer, and the screens that show them', () => {
    const store = opened();
    expect(offer(store, 'cola-screen')).toMatchObject({
      productCount: 1,
      products: [{ sku: 'cola', wasMinor: 200, priceMinor: 150, left: 30, leftAt: expect.any(String) }],
      screens: ['screen-1'],
      today: { made: 1 },
    });
  });
});
