import { describe, expect, it } from 'vitest';
import type { TopicData } from '../../../edge/contracts/index.js';
import { transactionHash, transactionKey } from '../../../edge/contracts/index.js';
import { ANNA, createStore, ofType, SODA_COUPON, transactionOf } from '../support/store.js';

function opened() {
  const store = createStore();
  store.configure([SODA_COUPON]);
  return store;
}
const figure = (store: ReturnType<typeof createStore>, id: string) =>
  store.views.staff(store.nowMs()).figures.find((row) => row.id === id)?.value;
const stock = (store: ReturnType<typeof createStore>, sku: string) => {
  const levels = ofType(store.outputs, 'stock.level').filter(({ data }) => data.sku === sku);
  return levels[levels.length - 1]?.data.count;
};

describe('a transaction', () => {
  it('counts once in figures, stock and favourites', () => {
    const store = opened();
    const sold = transactionOf([{ sku: 'cola', quantity: 3, unitMinor: 200 }], { sequence: 9 });
    for (const repeat of [1, 2, 3])
      expect(store.say('pos.transaction', sold).length).toBe(repeat === 1 ? 1 : 0);
    expect([figure(store, 'sales'), figure(store, 'receipts'), stock(store, 'cola')]).toEqual([600, 1, 27]);
    expect(store.views.transactionHash(transactionKey(sold))).toBe(transactionHash(sold));
    expect(store.views.transactionHash('till-1|2026-11-23|10')).toBeUndefined();
  });

  it('is known for four hundred days, also after it was put away', () => {
    const store = opened();
    const sold = transactionOf([{ sku: 'cola' }], { till: 'till|1 a', sequence: 12 });
    const other = transactionOf([{ sku: 'cola' }], { till: 'till|1 a', sequence: 2 });
    store.say('pos.transaction', sold);
    const dayLater = (days: number) => {
      store.wait(days * 86_400);
      store.say('tick', { at: new Date(store.nowMs()).toISOString() });
    };
    for (const days of [1, 3, 30, 360]) {
      dayLater(days);
      if (days === 30) store.restart();
      expect(store.views.transactionHash(transactionKey(sold))).toBe(transactionHash(sold));
      expect(store.views.transactionHash(transactionKey(other))).toBeUndefined();
      expect(ofType(store.say('pos.transaction', sold), 'stock.level')).toEqual([]);
    }
    dayLater(10);
    expect(store.views.transactionHash(transactionKey(sold))).toBeUndefined();
  });

  it('never counts when it was a training or was cancelled', () => {
    const store = opened();
    for (const type of ['training', 'cancelled'] as const) {
      store.sell([{ sku: 'cola' }], { type, sid: ANNA });
    }
    expect([figure(store, 'sales'), figure(store, 'receipts'), stock(store, 'cola')]).toEqual([0, 0, 30]);
  });

  it('is taken back by a void, once, whichever of the two arrives first', () => {
    const sale = { sequence: 1, till: 'till-1' };
    const undo = { sequence: 2, till: 'till-1', type: 'void' as const, voids: 1 };
    for (const order of [
      [sale, undo],
      [undo, sale],
      [sale, undo, undo],
      [undo, undo, sale, sale],
    ]) {
      const store = opened();
      for (const extra of order) store.sell([{ sku: 'cola', quantity: 2 }], extra);
      expect([figure(store, 'sales'), figure(store, 'receipts'), stock(store, 'cola')]).toEqual([0, 0, 30]);
    }
  });

  it('takes its turnover through offers with it when it is voided', () => {
    const store = opened();
    store.consent(ANNA);
    const [coupon] = ofType(store.enter(`s:${ANNA}`), 'coupon.issued');
    const { code, sku, priceMinor } = coupon!.data;
    store.sell([{ sku, couponCode: code, unitMinor: priceMinor }, { sku: 'rye' }], { sequence: 50 });
    expect(figure(store, 'turnover')).toBe(priceMinor);
    store.sell([], { type: 'void', voids: 50, sequence: 51 });
    expect([figure(store, 'turnover'), figure(store, 'sales')]).toEqual([0, 0]);
  });

  it('brings returned pieces back, whether the till writes them with a minus or not', () => {
    for (const quantity of [2, -2]) {
      const store = opened();
      store.sell([{ sku: 'cola', quantity: 5, unitMinor: 200 }]);
      const back = transactionOf([{ sku: 'cola', quantity, unitMinor: 200 }], {
        type: 'return',
        sequence: 77,
        totalMinor: -400,
      });
      store.say('pos.transaction', back);
      expect([figure(store, 'sales'), stock(store, 'cola')]).toEqual([600, 27]);
    }
  });

  it('leaves out lines that were struck, and follows a line that takes back an earlier one', () => {
    const store = opened();
    const lines = transactionOf([{ sku: 'cola' }, { sku: 'ginger' }, { sku: 'rye', quantity: -1 }]).lines;
    const struck: TopicData<'pos.transaction'>['lines'] = [
      lines[0]!,
      { ...lines[1]!, kind: 'void' },
      { ...lines[2]!, kind: 'void' },
    ];
    store.say('pos.transaction', { ...transactionOf([]), lines: struck, sequence: 3 });
    expect([stock(store, 'cola'), stock(store, 'ginger'), stock(store, 'rye')]).toEqual([29, 20, 13]);
  });

  it('stands on its own business day and half hour, however late it comes', () => {
    const store = opened();
    const yesterday = { businessDay: '2026-11-22', time: '2026-11-22T18:10:00+01:00', sequence: 4 };
    store.sell([{ sku: 'cola', unitMinor: 500 }], yesterday);
    expect(figure(store, 'sales')).toBe(0);
    store.sell([{ sku: 'cola', unitMinor: 300 }], { time: '2026-11-23T09:40:00+01:00' });
    const today = store.views.staff(store.nowMs()).figures.find(({ id }) => id === 'sales');
    expect(today?.halfHours[19]).toBe(300);
    expect(today?.value).toBe(300);
  });

  it('compares today with the same weekdays before', () => {
    const store = opened();
    for (const [day, total] of [
      ['2026-11-16', 400],
      ['2026-11-09', 200],
      ['2026-11-22', 9_000],
    ] as const) {
      store.sell([{ sku: 'cola', unitMinor: total }], { businessDay: day, time: `${day}T10:10:00+01:00` });
    }
    const sales = store.views.staff(store.nowMs()).figures.find(({ id }) => id === 'sales');
    expect(sales?.usual?.[20]).toBe(300);
    expect(sales?.usual).toHaveLength(48);
    expect(sales?.halfHours).toHaveLength(29);
  });

  it('makes favourites only of people who allow it', () => {
    const store = opened();
    store.sell([{ sku: 'ginger' }], { sid: ANNA });
    store.consent(ANNA);
    const [decision] = ofType(store.enter(`s:${ANNA}`), 'promo.decision');
    expect(decision?.data.offer).toMatchObject({ sku: 'cola', why: 'It is near you, in Beverages' });
  });

  it('weighs what was bought lately more than what was bought long ago', () => {
    const store = opened();
    store.consent(ANNA);
    const longAgo = { time: '2026-06-01T10:00:00Z', businessDay: '2026-06-01' };
    for (let times = 0; times < 3; times += 1) store.sell([{ sku: 'ginger' }], { sid: ANNA, ...longAgo });
    store.sell([{ sku: 'cola-zero' }], { sid: ANNA });
    const [decision] = ofType(store.enter(`s:${ANNA}`), 'promo.decision');
    expect(decision?.data.offer?.sku).toBe('cola-zero');
    expect(decision?.data.inputs['facts']).toMatchObject({
      'soda-10': { products: [{ sku: 'cola-zero', bought: 1 }] },
    });
  });
});
