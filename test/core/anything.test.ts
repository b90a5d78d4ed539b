import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkData, type TopicData, type TopicName } from '../../edge/contracts/index.js';
import { seeded } from './support/seed.js';
import {
  COLA_SCREEN,
  createStore,
  eventOf,
  POLICY,
  PRODUCTS,
  SODA_COUPON,
  transactionOf,
} from './support/store.js';

/** Whatever fits a schema may come, in any order: extreme numbers, the first and last days, names of the language. */
const word = fc.constantFrom(
  'cola',
  'ginger',
  'node-1',
  'node-2',
  'till-1',
  'x|y',
  '__proto__',
  'constructor',
  ' ',
  '🙂',
);
const sid = fc.constantFrom('s_anna000000000', 's_bert000000000');
const zone = fc.constantFrom('beverages', 'bakery', 'nowhere');
const instant = fc.constantFrom(
  '2026-11-23T13:00:00Z',
  '0000-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59.999999999-23:59',
  '2026-11-23T14:00:00+01:00',
  '2027-01-01T00:00:00Z',
);
const day = fc.constantFrom('2026-11-23', '2028-02-29', '0000-01-01', '9999-12-31', '2026-11-22');
const minor = fc.constantFrom(0, 1, -1, 199, 1_000_000_000_000, -1_000_000_000_000);
const count = fc.constantFrom(0, 1, 2, 1_000_000_000);
const purpose = fc.constantFrom(
  'location' as const,
  'profile' as const,
  'push' as const,
  'measurement' as const,
);
const place = { till: word, businessDay: day, sequence: fc.constantFrom(0, 1, 2, 1e12) };

const line = fc.record({
  line: fc.integer({ min: 1, max: 9 }),
  sku: word,
  quantity: fc.constantFrom(1, -1, 0, 0.35, 1_000_000, -1_000_000),
  unitMinor: minor,
  totalMinor: minor,
  couponCode: fc.constantFrom('9800000000000', 'c-4.1', '__proto__'),
  kind: fc.constantFrom('sale' as const, 'return' as const, 'void' as const),
});
const data: { readonly [T in TopicName]?: fc.Arbitrary<TopicData<T>> } = {
  'presence.sighting': fc.record(
    {
      visitor: fc.oneof(
        sid.map((id) => `s:${id}`),
        fc.constant('a:guest-000001'),
      ),
      node: word,
      rssi: fc.constantFrom(-130, -95, -60, -50, 20),
      seq: fc.constantFrom(0, 1, 5_000_000),
    },
    { requiredKeys: ['visitor', 'node', 'rssi'] },
  ),
  'presence.traffic': fc.record({ zone, boot: word, in: count, out: count }),
  'shelf.reading': fc.record(
    {
      shelf: word,
      sku: word,
      count: fc.constantFrom(0, 1, 1_000_000),
      weight_g: fc.constantFrom(0, 0.1, 10_000_000),
    },
    { requiredKeys: ['shelf', 'sku'] },
  ),
  'pos.transaction': fc.record(
    {
      store: word,
      ...place,
      type: fc.constantFrom(
        'sale' as const,
        'return' as const,
        'void' as const,
        'training' as const,
        'cancelled' as const,
      ),
      time: instant,
      currency: fc.constant('EUR'),
      sid,
      offline: fc.boolean(),
      voids: count,
      lines: fc.array(line, { maxLength: 4 }),
      tenders: fc.constant([]),
      totalMinor: minor,
    },
    {
      requiredKeys: [
        'store',
        'till',
        'businessDay',
        'sequence',
        'type',
        'currency',
        'lines',
        'tenders',
        'totalMinor',
      ],
    },
  ),
  'coupon.request': fc.record({
    requestId: word,
    action: fc.constantFrom('verify' as const, 'redeem' as const),
    couponId: fc.constantFrom('c-4.1', 'c-9.2', '__proto__'),
    ...place,
    offline: fc.boolean(),
  }),
  'consent.receipt': fc.record({
    receiptId: word,
    sid,
    purpose,
    granted: fc.boolean(),
    textVersion: word,
    ageBand: fc.constantFrom('18+' as const, '16-17' as const, 'unknown' as const),
    validMs: fc.constantFrom(1, 1_000, Number.MAX_SAFE_INTEGER),
  }),
  'consent.withdrawn': fc.record({ receiptId: word, sid, purpose }),
  'loyalty.profile': fc.record({ sid, change: fc.constantFrom('created' as const, 'tag-linked' as const) }),
  'promo.stop': fc.record({
    stopId: word,
    scope: fc.oneof(fc.constant('all' as const), fc.record({ campaign: word })),
    reason: word,
    active: fc.boolean(),
    by: word,
  }),
  'media.play': fc.record({
    screen: word,
    decisionId: fc.constantFrom('3.1', '4.1'),
    contentId: word,
    shownAt: instant,
  }),
  'push.sent': fc.record({
    decisionId: fc.constantFrom('3.1', '4.1'),
    sid,
    channel: fc.constant('socket' as const),
    outcome: fc.constantFrom('sent' as const, 'failed' as const),
  }),
  'push.clicked': fc.record({
    decisionId: fc.constantFrom('3.1', '4.1'),
    sid,
    action: fc.constantFrom('open' as const, 'code' as const),
  }),
  'device.online': fc.record({ device: word, kind: fc.constantFrom('screen', 'node') }),
  'device.offline': fc.record({ device: word, kind: fc.constantFrom('screen', 'node') }),
  tick: fc.record({ at: instant }),
  'hq.policy': fc.constantFrom(
    POLICY,
    { ...POLICY, store: { ...POLICY.store, timeZone: 'No/Where' } },
    { ...POLICY, zones: [], nodes: [], screens: [] },
  ),
  'hq.catalog': fc.record({
    products: fc.array(
      fc.record({
        sku: word,
        name: word,
        category: fc.constantFrom('soda', '__proto__'),
        priceMinor: minor,
        startStock: count,
        weightG: fc.constantFrom(0.000_1, 150),
      }),
      { maxLength: 3 },
    ),
  }),
  'hq.campaign': fc.record(
    {
      id: word,
      version: fc.integer({ min: 1, max: 3 }),
      name: word,
      kind: fc.constantFrom('coupon' as const, 'display' as const),
      products: fc.record(
        {
          skus: fc.array(word, { minLength: 1, maxLength: 3 }),
          category: fc.constantFrom('soda', '__proto__'),
          choose: fc.constantFrom('favourite' as const, 'first' as const, 'best-stocked' as const),
        },
        { requiredKeys: [] },
      ),
      discount: fc.record(
        { percent: fc.constantFrom(0.001, 10, 100), amountMinor: minor, priceMinor: minor },
        { requiredKeys: [] },
      ),
      where: fc.record(
        { zones: fc.array(zone), screens: fc.array(fc.constantFrom('screen-1', 'screen-9')) },
        { requiredKeys: [] },
      ),
      when: fc.record(
        {
          from: instant,
          until: instant,
          dayparts: fc.constantFrom(
            [],
            [{ from: '00:00', until: '24:00' }],
            [{ from: '23:00', until: '23:00', days: [1, 7] }],
          ),
        },
        { requiredKeys: [] },
      ),
      caps: fc.constantFrom({ perShopper: 1 }, {}),
      inventory: fc.record({ minStock: fc.constantFrom(0, 5), substitute: fc.boolean() }),
      experiment: fc.record({ holdout: fc.constantFrom(0, 0.5, 1), seed: word }),
      validMinutes: fc.constantFrom(0.000_1, 525_600),
      withdrawn: fc.boolean(),
    },
    { requiredKeys: ['id', 'version', 'name', 'kind', 'products', 'discount', 'where'] },
  ),
};

const types = Object.keys(data) as TopicName[];
const something = fc.constantFrom(...types).chain((type) =>
  fc.record({
    type: fc.constant(type),
    data: data[type] as fc.Arbitrary<TopicData<TopicName>>,
    time: fc.option(instant, { nil: undefined }),
    waitS: fc.constantFrom(0, 0, 1, 3, 60, 100_000),
    restart: fc.boolean(),
    scene: fc.constantFrom('', '', '', 'consent', 'enter', 'a stranger enters'),
  }),
);

describe('anything that fits a schema', () => {
  it('never makes the core throw, stall, or say what does not fit a schema', () => {
    const said = new Set<string>();
    fc.assert(
      fc.property(fc.array(something, { minLength: 1, maxLength: 40 }), (events) => {
        const store = createStore();
        store.configure([SODA_COUPON, COLA_SCREEN], PRODUCTS);
        for (const event of events) {
          expect(checkData(event.type, event.data)).toBe(true);
          store.wait(Math.min(event.waitS, 200));
          const time = event.time === undefined ? {} : { time: event.time };
          // `step` of the store checks every output against its schema.
          store.say(event.type, event.data, time);
          const due = store.core.nextTickMs();
          expect(due === undefined || due > store.nowMs()).toBe(true);
          if (event.restart) store.restart();
          if (event.scene === 'consent') store.consent('s_anna000000000');
          if (event.scene === 'enter') store.enter('s:s_anna000000000');
          if (event.scene === 'a stranger enters') store.enter('a:guest-000002', 'node-2');
        }
        for (const { type } of store.outputs) said.add(type);
        store.views.staff(store.nowMs());
        for (const sku of ['screen-1', '__proto__']) store.views.signage(sku, store.nowMs());
        store.views.shopper('s_anna000000000', store.nowMs());
      }),
      seeded(150),
    );
    const expected = ['stock.level', 'promo.decision', 'presence.zone', 'coupon.answered', 'coupon.issued'];
    expect([...said]).toEqual(expect.arrayContaining(expected));
  });

  it('nor do days and moments that do not exist, which an earlier version let into the journal', () => {
    const store = createStore();
    store.configure([SODA_COUPON, COLA_SCREEN], PRODUCTS);
    const at = { till: 'till-1', sequence: 1 };
    for (const businessDay of ['2026-13-45', '0000-00-00', '9999-99-99']) {
      const time = `${businessDay}T99:99:99.999999999+99:99`;
      const ask = { requestId: 'r', action: 'redeem', couponId: 'c-none', ...at, businessDay } as const;
      for (const [type, data] of [
        ['pos.transaction', transactionOf([{ sku: 'cola' }], { ...at, businessDay, time })],
        ['coupon.request', ask],
        ['tick', { at: time }],
      ] as const) {
        const offset = store.journal.length + 1_000;
        const recordedtime = new Date(store.nowMs()).toISOString();
        const event = eventOf(type, data, { id: `e${offset}`, recordedtime, time });
        // Straight to the core: what it puts out names the day as it was told, and is checked by nobody.
        store.journal.push({ offset, event });
        store.core.step({ offset, event });
      }
    }
    expect(store.core.nextTickMs() ?? store.nowMs() + 1).toBeGreaterThan(store.nowMs());
    expect(JSON.parse(store.core.serialise())).toBeDefined();
  });
});
