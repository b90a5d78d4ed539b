import { describe, expect, it } from 'vitest';
import { createStore } from '../support/store.js';

const silent = (store: ReturnType<typeof createStore>, zone = 'beverages') =>
  store.views.staff(store.nowMs()).zones.find((row) => row.zone === zone)?.silentSince;
const online = { device: 'node-1', kind: 'espresense' } as const;

describe('who was heard last', () => {
  it('is known of gateways, shelves, tills and counters, also after a restart', () => {
    const store = createStore();
    store.configure([]);
    store.hear('a:visitor-1', 'node-1');
    store.say('shelf.reading', { shelf: 'shelf-1', sku: 'cola', count: 3 });
    store.sell([{ sku: 'cola' }]);
    const traffic = { zone: 'bakery', boot: '1', in: 4, out: 1 };
    store.say('presence.traffic', traffic, { source: '/store/test-1/door-1' });
    store.say('shelf.reading', { shelf: 'by hand', sku: 'cola', count: 3 }, { source: '/store/test-1/desk' });
    store.restart();
    expect(store.views.devices().map(({ device, kind }) => `${kind} ${device}`)).toEqual([
      'node node-1',
      'shelf shelf-1',
      'till till-1',
      'counter door-1',
    ]);
  });

  it('makes a zone silent when its last listener is gone, until one speaks', () => {
    const store = createStore();
    store.configure([]);
    expect(silent(store)).toBeUndefined();
    store.hear('a:visitor-1', 'node-1');
    store.wait(3_600);
    expect(silent(store), 'nobody came near: that is no failure').toBeUndefined();
    store.say('device.offline', online);
    const since = new Date(store.nowMs()).toISOString();
    store.wait(20);
    expect(silent(store), 'it may be back in a moment').toBeUndefined();
    store.wait(40);
    expect(silent(store)).toBe(since);
    expect(silent(store, 'bakery')).toBeUndefined();
    store.hear('a:visitor-1', 'node-1');
    expect(silent(store)).toBeUndefined();
  });

  it('misses a counter that should tell by the minute and does not', () => {
    const store = createStore();
    store.configure([]);
    const traffic = { zone: 'bakery', boot: '1', in: 4, out: 1 };
    store.say('presence.traffic', traffic, { source: '/store/test-1/door-1' });
    store.wait(14 * 60);
    expect(silent(store, 'bakery')).toBeUndefined();
    store.wait(2 * 60);
    expect(silent(store, 'bakery')).toBeDefined();
  });
});
