import { describe, expect, it } from 'vitest';
import { createStore, ofType } from '../support/store.js';

function opened() {
  const store = createStore();
  const made = store.configure(
    [],
    [
      { sku: 'cola', name: 'Cola', category: 'soda', priceMinor: 200, startStock: 10 },
      { sku: 'apples', name: 'Apples', category: 'fruit', priceMinor: 99, weightG: 150 },
    ],
  );
  const levels = (events = store.outputs) =>
    ofType(events, 'stock.level').map(({ data }) => [data.sku, data.count, data.source]);
  const read = (
    reading: { sku: string; count?: number; weight_g?: number; shelf?: string },
    secondsAgo = 0,
  ) =>
    levels(
      store.say(
        'shelf.reading',
        { shelf: 'shelf-1', ...reading },
        { time: new Date(store.nowMs() - secondsAgo * 1_000).toISOString() },
      ),
    );
  return { store, made, levels, read };
}

describe('stock', () => {
  it('begins with the feed and follows the till', () => {
    const { store, levels, made } = opened();
    expect(levels(made)).toEqual([['cola', 10, 'feed']]);
    expect(levels(store.sell([{ sku: 'cola', quantity: 3 }]))).toEqual([['cola', 7, 'till']]);
    expect(levels(store.sell([{ sku: 'nobody counts this' }]))).toEqual([]);
  });

  it('believes the shelf, by pieces or by weight', () => {
    const { read } = opened();
    expect(read({ sku: 'cola', count: 4 })).toEqual([['cola', 4, 'shelf']]);
    expect(read({ sku: 'apples', weight_g: 1_540 })).toEqual([['apples', 10, 'shelf']]);
    expect(read({ sku: 'apples', weight_g: 1_490 })).toEqual([]);
    expect(read({ sku: 'cola', weight_g: 1_000 })).toEqual([]);
  });

  it('tells a level only when it changes, and when the last one is gone', () => {
    const { read, store } = opened();
    read({ sku: 'cola', count: 1 });
    expect(read({ sku: 'cola', count: 1 })).toEqual([]);
    store.wait(1);
    const [gone] = ofType(store.sell([{ sku: 'cola' }]), 'stock.level');
    expect(gone?.data).toEqual({ sku: 'cola', count: 0, source: 'till', soldOut: true });
    expect(store.views.staff(store.nowMs()).figures.find(({ id }) => id === 'out-of-stock')?.value).toBe(1);
    expect(ofType(store.sell([{ sku: 'cola' }]), 'stock.level')[0]?.data.count).toBe(-1);
  });

  it('is still out the next morning', () => {
    const { read, store } = opened();
    read({ sku: 'cola', count: 0 });
    store.wait(86_400);
    store.say('tick', { at: new Date(store.nowMs()).toISOString() });
    const out = store.views.staff(store.nowMs()).figures.find(({ id }) => id === 'out-of-stock');
    expect([out?.value, out?.halfHours[out.halfHours.length - 1]]).toEqual([1, 1]);
  });

  it('is the same whichever of a reading and a sale arrives first', () => {
    const settled = (order: readonly ('reading' | 'before' | 'after')[]) => {
      const { store, read, levels } = opened();
      store.wait(100);
      const at = (secondsAgo: number) => ({
        time: new Date(store.nowMs() - secondsAgo * 1_000).toISOString(),
      });
      for (const what of order) {
        if (what === 'reading') read({ sku: 'cola', count: 8 }, 50);
        else
          store.sell([{ sku: 'cola', quantity: 2 }], {
            ...at(what === 'before' ? 60 : 40),
            sequence: what === 'before' ? 1 : 2,
          });
      }
      const all = levels();
      return all[all.length - 1]?.[1];
    };
    expect(settled(['before', 'reading', 'after'])).toBe(6);
    expect(settled(['after', 'before', 'reading'])).toBe(6);
    expect(settled(['reading', 'after', 'before'])).toBe(6);
  });

  it('adds up the shelves of one product, and ignores a reading older than what is known', () => {
    const { store, read } = opened();
    store.wait(100);
    read({ sku: 'cola', count: 5 });
    expect(read({ sku: 'cola', count: 3, shelf: 'shelf-2' })).toEqual([['cola', 8, 'shelf']]);
    expect(read({ sku: 'cola', count: 50 }, 90)).toEqual([]);
  });

  it('takes a feed again only when it says something new', () => {
    const { store, levels } = opened();
    store.wait(1);
    store.sell([{ sku: 'cola', quantity: 3 }]);
    const feed = (startStock: number) =>
      levels(
        store.say('hq.catalog', {
          products: [{ sku: 'cola', name: 'Cola', category: 'soda', priceMinor: 200, startStock }],
        }),
      );
    expect(feed(10)).toEqual([]);
    store.wait(1);
    expect(feed(40)).toEqual([['cola', 40, 'feed']]);
  });
});
