import type {
  Campaign,
  HealthNow,
  OfferNow,
  OfferProduct,
  OfferTally,
  StockNow,
} from '../../../edge/contracts/index.js';
import type { FixtureStore } from './fixture-store.js';
import { decision } from './journal-samples.js';
import { iso } from './samples.js';
import { staffNow } from './staff-samples.js';

/** Answers of the staff tabs about the demo store, at a moment of the day. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const tally = (more: Partial<OfferTally>): OfferTally => ({
  ...{ made: 0, taken: 0, withheld: 0, refused: 0, reasons: [], turnoverMinor: 0, discountMinor: 0 },
  ...more,
});
const product = (sku: string, name: string, prices: readonly [number, number], more = {}): OfferProduct => ({
  ...{ sku, name, wasMinor: prices[0], priceMinor: prices[1] },
  ...more,
});
const campaign = (id: string, name: string, more: Partial<Campaign>): Campaign => ({
  ...{ id, name, version: 3, kind: 'coupon', products: {}, discount: { percent: 10 }, where: {} },
  ...more,
});
const offer = (of: Campaign, more: Partial<OfferNow>): OfferNow => ({
  ...{ campaign: of, state: 'running', stops: [], products: [], productCount: 1, screens: [] },
  ...{ today: tally({}), couponsOut: 0, couponsOutMinor: 0 },
  ...more,
});

const KOLIBRI = product('DRK-1002', 'Kolibri Zero', [199, 179], { art: 'bottle-kolibri', left: 26 });
const ELDER = product('DRK-1001', 'Elderflower pressé', [349, 279], { art: 'bottle-elderflower', left: 31 });
const GINGER = product('DRK-1005', 'Ginger beer', [249, 212], { left: 2 });

export function offersNow(atMs: number): OfferNow[] {
  const kolibri = campaign('kolibri-zero-near', 'Kolibri Zero −10 %', {
    products: { skus: ['DRK-1002', 'DRK-1001', 'DRK-1005'], choose: 'favourite' },
    where: { zones: ['beverages'] },
    when: {
      dayparts: [{ from: '11:00', until: '20:00', days: [1, 2, 3, 4, 5] }],
      until: iso(atMs + 24 * 24 * HOUR),
    },
    trigger: { dwellS: 6 },
    caps: { perShopperDay: 2, perStoreDay: 400 },
    inventory: { minStock: 6, substitute: true },
    experiment: { holdout: 0.1, seed: 's' },
    validMinutes: 60,
  });
  const today = tally({
    ...{ made: 96, taken: 28, withheld: 11, refused: 64, turnoverMinor: 14_380, discountMinor: 1_120 },
    reasons: [
      ['DwellTooShort', 31],
      ['FrequencyCapped', 18],
      ['NoConsent', 9],
      ['StockTooLow', 6],
    ],
  });
  const rye = tally({
    ...{ made: 52, taken: 13, withheld: 5, refused: 12, turnoverMinor: 7_080, discountMinor: 741 },
    reasons: [['StockTooLow', 12]],
  });
  return [
    offer(kolibri, {
      ...{ today, couponsOut: 9, couponsOutMinor: 378, productCount: 3, changesAt: iso(atMs + 6 * HOUR) },
      products: [KOLIBRI, ELDER, GINGER].map((one) => ({ ...one, leftAt: iso(atMs - 4 * MINUTE) })),
    }),
    offer(
      campaign('elderflower-all', 'Elderflower for everybody', {
        kind: 'display',
        where: { screens: ['screen-3', 'screen-7'] },
      }),
      {
        ...{ products: [ELDER], screens: ['screen-3', 'screen-7'], today: tally({ made: 14 }) },
      },
    ),
    offer(
      campaign('rye-evening', 'Rye sourdough, evenings', {
        discount: { percent: 15 },
        where: { zones: ['bakery'] },
      }),
      {
        ...{ today: rye, couponsOut: 4, couponsOutMinor: 228 },
        products: [product('BAK-3001', 'Rye sourdough', [380, 323], { left: 12 })],
      },
    ),
    offer(
      campaign('strawberries-250', 'Wexford strawberries €2.50', {
        kind: 'display',
        discount: { priceMinor: 250 },
      }),
      {
        ...{ screens: ['screen-2'], today: tally({ made: 6 }), changesAt: iso(atMs + 7 * HOUR) },
        products: [product('PRO-2001', 'Wexford strawberries', [350, 250], { left: 17 })],
      },
    ),
    offer(campaign('oat-drink', 'Havra oat drink −€0.50', { discount: { amountMinor: 50 } }), {
      state: 'stopped',
      stops: [
        {
          stopId: 'stop-9',
          scope: { campaign: 'oat-drink' },
          reason: 'wrong price',
          at: iso(atMs - 47 * MINUTE),
        },
      ],
      today: tally({
        made: 7,
        taken: 1,
        refused: 22,
        reasons: [
          ['Stopped', 15],
          ['Outbid', 7],
        ],
        turnoverMinor: 219,
        discountMinor: 50,
      }),
      ...{ couponsOut: 3, couponsOutMinor: 150 },
    }),
    offer(campaign('breakfast', 'Croissants before nine', {}), {
      ...{ state: 'waiting', changesAt: iso(atMs + 17 * HOUR) },
    }),
    offer(campaign('summer-rose', 'Summer rosé', {}), {
      ...{ state: 'ended', changesAt: iso(atMs - 48 * HOUR) },
    }),
  ];
}

const stockRow = (row: Pick<StockNow, 'sku' | 'name' | 'priceMinor'> & Partial<StockNow>): StockNow => ({
  ...{ category: 'drinks', shelves: [], campaigns: [], screens: [] },
  ...row,
});

export function stockNow(atMs: number): StockNow[] {
  const at = (minutes: number): string => iso(atMs - minutes * MINUTE);
  const shelf = (count: number, minutes: number) => [{ shelf: 'shelf-b2', count, at: at(minutes) }];
  return [
    stockRow({
      ...{ sku: 'DRK-1005', name: 'Ginger beer', size: '330 ml', priceMinor: 249, level: 0, levelAt: at(2) },
      ...{ shelves: shelf(0, 2), outSince: at(38), inBack: 14, feed: { count: 48, at: at(7 * 60) } },
      ...{ campaigns: ['kolibri-zero-near'], sold: { pieces: 11, hours: 2.6 } },
    }),
    stockRow({
      ...{
        sku: 'DRK-1002',
        name: 'Kolibri Zero',
        size: '1.25 l',
        priceMinor: 199,
        level: 26,
        levelAt: at(0.4),
      },
      ...{ shelves: shelf(26, 0.4), inBack: 22, feed: { count: 96, at: at(7 * 60) }, art: 'bottle-kolibri' },
      ...{ sold: { pieces: 41, hours: 2.6 }, lastsMinutes: 99, campaigns: ['kolibri-zero-near'] },
    }),
    stockRow({
      ...{
        sku: 'DRK-1001',
        name: 'Elderflower pressé',
        size: '750 ml',
        priceMinor: 349,
        level: 31,
        levelAt: at(4),
      },
      ...{ shelves: shelf(31, 4), feed: { count: 48, at: at(7 * 60) }, inBack: 0, art: 'bottle-elderflower' },
      ...{ sold: { pieces: 9, hours: 2.6 }, lastsMinutes: 537 },
      ...{ campaigns: ['kolibri-zero-near', 'elderflower-all'], screens: ['screen-3', 'screen-7'] },
    }),
    stockRow({
      ...{
        sku: 'BAK-3001',
        name: 'Rye sourdough',
        priceMinor: 380,
        level: 12,
        levelAt: at(14 * 60),
        category: 'bread',
      },
      ...{ shelves: [{ shelf: 'counted-by-hand', count: 12, at: at(14 * 60) }], campaigns: ['rye-evening'] },
    }),
    stockRow({
      ...{
        sku: 'PRO-2001',
        name: 'Wexford strawberries',
        size: '400 g',
        priceMinor: 350,
        level: 17,
        levelAt: at(11),
      },
      ...{
        feed: { count: 24, at: at(6 * 60) },
        category: 'fruit',
        art: 'strawberries',
        sold: { pieces: 2, hours: 2.6 },
      },
      ...{ campaigns: ['strawberries-250'], screens: ['screen-2'] },
    }),
    stockRow({ sku: 'HOU-9001', name: 'Beeswax candle', priceMinor: 690, category: 'house' }),
    stockRow({
      ...{ sku: 'DRK-1012', name: 'Oat drink', size: '1 l', priceMinor: 219, level: 18, levelAt: at(31) },
      shelves: [
        { shelf: 'shelf-b2', count: 8, at: at(31) },
        { shelf: 'shelf-b4', count: 10, at: at(40) },
      ],
    }),
  ];
}

export function equipmentNow(atMs: number) {
  const { screens } = staffNow(atMs);
  const device = (id: string, kind: string, more = {}) => ({
    ...{
      id,
      name: id,
      kind,
      planned: true,
      registered: true,
      revoked: false,
      heardAt: iso(atMs - 4_000),
      up: true,
    },
    ...more,
  });
  return {
    at: iso(atMs),
    screens: screens.map((screen, index) => ({
      ...screen,
      ...(screen.up ? { showing: index % 2 === 0 ? 'Elderflower pressé' : 'Wexford strawberries' } : {}),
      ...(screen.up ? { lastPlay: iso(atMs - index * 3_000), player: '0.1.0' } : {}),
    })),
    devices: [
      device('beverages-1', 'gateway', { zone: 'beverages', rssi: -58 }),
      device('produce-1', 'gateway', {
        zone: 'produce',
        up: false,
        upSince: iso(atMs - 38 * MINUTE),
        heardAt: iso(atMs - 39 * MINUTE),
      }),
      device('shelf-b2', 'shelf', { zone: 'beverages', batteryPercent: 81, rssi: -61 }),
      device('till-2', 'till', { planned: false, heardAt: iso(atMs - 36_000), up: undefined }),
      device('door-counter', 'counter', {
        name: 'door counter',
        zone: 'entrance',
        planned: false,
        heardAt: iso(atMs - 52_000),
        up: undefined,
      }),
      device('bakery-1', 'gateway', { zone: 'bakery', registered: false, heardAt: undefined, up: undefined }),
      device('old-scale', 'shelf', {
        planned: false,
        registered: false,
        revoked: true,
        heardAt: iso(atMs - 9 * 24 * HOUR),
        up: undefined,
      }),
    ],
  };
}

export function healthNow(atMs: number, more: Partial<HealthNow> = {}): HealthNow {
  const lane = (name: string, held: number, shed = 0) => ({ lane: name, held, shed });
  return {
    at: iso(atMs),
    version: '0.1.0',
    startedAt: iso(atMs - 31 * HOUR),
    journal: {
      ...{ bytes: 1_240_000_000, quotaBytes: 8_000_000_000, segments: 41, events: 2_918_440 },
      ...{ bytesPerHour: 97_000_000, roomS: 69 * 3_600 },
      classes: [lane('P0', 12_480), lane('P1', 48_211), lane('P2', 91_002, 1_200), lane('P3', 402_118)],
    },
    disk: { freeBytes: 41_200_000_000, totalBytes: 64_000_000_000 },
    memory: { residentBytes: 182_000_000, machineFreeBytes: 1_900_000_000, machineTotalBytes: 4_000_000_000 },
    load: 0.42,
    clock: {},
    engine: { waiting: 0 },
    refusals: [
      { reason: 'SchemaMismatch', channel: 'mqtt', count: 12 },
      { reason: 'NotAuthenticated', channel: 'http', count: 3 },
    ],
    connections: { mqtt: 14, pages: 9 },
    gaps: [
      { at: iso(atMs - 5 * HOUR), eventId: 'gap-1', lane: 'P2', from: 90_001, to: 91_200, reason: 'quota' },
    ],
    starts: [
      { at: iso(atMs - 31 * HOUR), version: '0.1.0', before: 'cut off' },
      { at: iso(atMs - 80 * HOUR), version: '0.1.0', before: 'stopped' },
      { at: iso(atMs - 200 * HOUR), version: '0.1.0' },
    ],
    backups: [{ name: '2026-06-17T02-00-00-000Z', at: iso(atMs - 35 * HOUR), bytes: 1_180_000_000 }],
    ...more,
  };
}

export interface DeskAnswers {
  readonly offers?: readonly OfferNow[];
  readonly stock?: readonly StockNow[];
  readonly health?: HealthNow;
  readonly role?: string;
}

const certificate = (kind: string, subject: string, notAfter: string, state: string) => ({
  ...{ kind, serial: `${kind}-1`, subject, notAfter, state },
});

/** Have the fixture store answer every call of the tabs. */
export function serveDesk(store: FixtureStore, atMs: number, answers: DeskAnswers = {}): void {
  const { offers = offersNow(atMs), stock = stockNow(atMs), role = 'admin' } = answers;
  store.answer('GET', /^\/v1\/session/, () => ({ role, subject: 'maeve' }));
  store.answer('GET', /^\/v1\/offers/, () => ({ at: iso(atMs), offers }));
  store.answer('GET', /^\/v1\/stock/, ({ url }) => {
    const { searchParams } = new URL(url, 'http://store');
    const word = (searchParams.get('q') ?? '').toLowerCase();
    const limit = Number(searchParams.get('limit') ?? 100);
    const found = stock.filter(({ name }) => name.toLowerCase().includes(word));
    const counts = { all: stock.length, out: 1, low: 1, offered: 5, uncounted: 1 };
    const skip = Number(searchParams.get('skip') ?? 0);
    return { at: iso(atMs), total: found.length, counts, products: found.slice(skip, skip + limit) };
  });
  store.answer('GET', /^\/v1\/journal\?.*campaign/, () => ({ events: [decision(atMs - 135_582)] }));
  store.answer('GET', /^\/v1\/equipment/, () => equipmentNow(atMs));
  store.answer('GET', /^\/v1\/health/, () => answers.health ?? healthNow(atMs));
  store.answer('GET', /^\/v1\/certificates/, () => ({
    certificates: [
      certificate('pages', 'linden-014.local', iso(atMs + 21 * 24 * HOUR), 'ending'),
      certificate('root', 'Linden Grocer', iso(atMs + 3_000 * 24 * HOUR), 'good'),
      certificate('device', 'shelf-b2', iso(atMs + 300 * 24 * HOUR), 'good'),
    ],
  }));
}
