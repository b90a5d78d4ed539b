import { describe, expect, it } from 'vitest';
import { HAND_COUNT_SHELF, type StockNow } from '../../../edge/contracts/index.js';
import { COLA_SCREEN, createStore, PRODUCTS, SODA_COUPON } from '../support/store.js';

type TestStore = ReturnType<typeof createStore>;
const row = (store: TestStore, sku = 'cola'): StockNow =>
  store.views.stock(store.nowMs()).find((found) => found.sku === sku)!;
const opened = (): TestStore => {
  const store = createStore();
  store.configure([SODA_COUPON, COLA_SCREEN]);
  return store;
};
const read = (store: TestStore, shelf: string, count: number) =>
  store.say('shelf.reading', { shelf, sku: 'cola', count });

describe('the stock as staff see it', () => {
  it('says what is on the shelf, about how many are in the back, and how old that is', () => {
    const store = opened();
    expect(row(store)).toMatchObject({
      level: 30,
      feed: { count: 30 },
      shelves: [],
      campaigns: ['cola-screen', 'soda-10'],
    });
    expect(row(store).inBack).toBeUndefined();
    store.wait(60);
    store.sell([{ sku: 'cola', quantity: 4 }]);
    store.wait(60);
    read(store, 'shelf-1', 6);
    expect(row(store)).toMatchObject({
      level: 6,
      inBack: 20,
      levelAt: new Date(store.nowMs()).toISOString(),
      shelves: [{ shelf: 'shelf-1', count: 6 }],
      screens: ['screen-1'],
    });
  });

  it('says since when there is none, until there is one again', () => {
    const store = opened();
    read(store, 'shelf-1', 0);
    const since = new Date(store.nowMs()).toISOString();
    store.wait(600);
    read(store, 'shelf-1', 0);
    expect(row(store).outSince).toBe(since);
    store.restart();
    expect(row(store).outSince).toBe(since);
    read(store, 'shelf-1', 2);
    expect(row(store).outSince).toBeUndefined();
  });

  it('foresees when it is gone, from enough sales and never from a few', () => {
    const store = opened();
    store.sell([{ sku: 'cola', quantity: 3 }]);
    expect(row(store).lastsMinutes).toBeUndefined();
    store.wait(1_800);
    store.sell([{ sku: 'cola', quantity: 7 }]);
    // 20 left, 10 sold in two and a half hours looked at: five hours.
    expect(row(store)).toMatchObject({ level: 20, sold: { pieces: 10, hours: 2.5 }, lastsMinutes: 300 });
    store.wait(4 * 3_600);
    expect(row(store).lastsMinutes).toBeUndefined();
  });

  it('believes a count by hand until the next delivery, and no delivery twice', () => {
    const store = opened();
    store.wait(1);
    read(store, HAND_COUNT_SHELF, 11);
    expect(row(store).level).toBe(11);
    store.wait(1);
    store.sell([{ sku: 'cola' }]);
    expect(row(store).level).toBe(10);
    store.wait(1);
    store.say('hq.catalog', {
      products: PRODUCTS.map((product) => ({ ...product, name: `${product.name}!` })),
    });
    expect(row(store).level, 'the same list again is no delivery').toBe(10);
    store.say('hq.catalog', { products: [{ ...PRODUCTS[0]!, startStock: 48 }] });
    expect(row(store)).toMatchObject({ level: 48, shelves: [] });
  });
});
