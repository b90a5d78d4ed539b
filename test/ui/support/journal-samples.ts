import { type Candidate, inEnglish, type RuleCheck, type Said, said } from '../../../edge/contracts/index.js';
import type { FixtureStore } from './fixture-store.js';
import { iso } from './samples.js';

/** What the journal's routes would answer about the demo store. */

type Seen = string | Said;

const check = (rule: string, ok: boolean, saw: Seen, wants?: Seen): RuleCheck => ({
  rule,
  ok,
  value: typeof saw === 'string' ? saw : inEnglish(saw),
  ...(typeof saw === 'string' ? {} : { saw }),
  ...(wants === undefined ? {} : { needs: typeof wants === 'string' ? wants : inEnglish(wants) }),
  ...(typeof wants === 'object' ? { wants } : {}),
});
const yes = (rule: string, saw: Seen, wants?: Seen): RuleCheck => check(rule, true, saw, wants);
const no = (rule: string, saw: Seen, wants: Seen): RuleCheck => check(rule, false, saw, wants);
const START = [
  yes('stop', said('notStopped')),
  yes('consent', said('given', '2026-05-14')),
  yes('zone', 'beverages'),
];
const dwelt = (needed: number) => yes('dwell', said('seconds', 8), said('seconds', needed));
const likes = (liked: number, bought: number): RuleCheck => ({
  ...yes('likes', `${liked}, ${bought === 0 ? 'never bought' : `bought ${bought} times`}`),
  liking: { liked, bought },
});

const candidate = (more: Partial<Candidate> & Pick<Candidate, 'campaign' | 'checks'>): Candidate => ({
  campaignVersion: 1,
  name: more.campaign,
  outcome: 'rejected',
  ...more,
});

export const CANDIDATES: readonly Candidate[] = [
  candidate({
    campaign: 'favourite-drink',
    name: 'Your favourite drink',
    sku: 'DRK-1002',
    outcome: 'offered',
    score: 0.812,
    checks: [
      ...START,
      dwelt(6),
      yes('stock', said('left', 26), '6'),
      yes('caps', said('madeToday', 0, 2)),
      yes('held', said('notHeld')),
      yes('comparison group', '0.4100', said('orMore', 0.1)),
      likes(0.81, 4),
    ],
  }),
  candidate({
    campaign: 'summer-drinks',
    name: 'Summer drinks',
    sku: 'DRK-1001',
    outcome: 'outbid',
    reason: 'Outbid',
    score: 0.64,
    checks: [
      ...START,
      dwelt(5),
      yes('stock', said('left', 31), '6'),
      yes('caps', said('madeToday', 0, 2)),
      yes('held', said('notHeld')),
      yes('comparison group', '0.7700', said('orMore', 0.1)),
      likes(0.64, 0),
    ],
  }),
  candidate({
    campaign: 'ginger-beer-week',
    name: 'Ginger beer week',
    sku: 'DRK-1004',
    reason: 'StockTooLow',
    checks: [...START, dwelt(6), no('stock', said('left', 2), '6')],
  }),
  candidate({
    campaign: 'iced-coffee-to-go',
    name: 'Iced coffee to go',
    sku: 'DRK-1005',
    reason: 'FrequencyCapped',
    checks: [
      ...START,
      dwelt(6),
      yes('stock', said('left', 18), '4'),
      no('caps', said('madeToday', 2, 2), said('below', 2)),
    ],
  }),
  candidate({
    campaign: 'evening-ale',
    name: 'Evening ale',
    sku: 'DRK-1011',
    reason: 'AgeUnknown',
    checks: [yes('stop', said('notStopped')), no('consent', said('age', 'unknown'), said('adult'))],
  }),
];

const event = (id: string, atMs: number, type: string, data: unknown) => ({
  specversion: '1.0',
  id,
  source: '/store/store-014/core',
  type,
  recordedtime: iso(atMs),
  partitionkey: 'x',
  dataschema: `${type}/1`,
  data,
  offset: 2_918_440 + (Math.round(atMs / 1_000) % 100_000),
});

export function decision(atMs: number) {
  return event('d-8f31c2', atMs, 'promo.decision', {
    decisionId: 'd-8f31c2',
    storyId: 'd-8f31c2',
    outcome: 'offered',
    surface: 'phone',
    zone: 'beverages',
    sid: 's_demo000000000001',
    campaign: 'favourite-drink',
    campaignVersion: 1,
    offer: {
      sku: 'DRK-1002',
      name: 'Kolibri Zero',
      headline: 'Kolibri Zero',
      priceMinor: 179,
      wasMinor: 199,
      currency: 'EUR',
      percent: 10,
      validUntil: iso(atMs + 1_800_000),
    },
    candidates: CANDIDATES,
    inputs: {
      facts: {
        'summer-drinks': { products: [{ sku: 'DRK-1001', name: 'Elderflower' }] },
        'ginger-beer-week': { products: [{ sku: 'DRK-1004', name: 'Ginger beer' }] },
        'iced-coffee-to-go': { products: [{ sku: 'DRK-1005', name: 'Iced coffee' }] },
        'evening-ale': { products: [{ sku: 'DRK-1011', name: 'Saltgrass pale ale' }] },
      },
    },
  });
}

const DETAIL = 'shelf B3 sent a weight that is not a number';

export function events(atMs: number) {
  const place = { till: 'till-2', businessDay: '2026-06-18', sequence: 1 };
  const coupon = { couponId: 'c-1', campaign: 'favourite-drink', decisionId: 'd-8f31c2', sku: 'DRK-1002' };
  const refused = {
    decisionId: 'd-2',
    storyId: 'd-2',
    outcome: 'rejected',
    surface: 'phone',
    reason: 'StockTooLow',
    zone: 'beverages',
    candidates: [CANDIDATES[2]],
    inputs: {},
  };
  const withheld = {
    ...refused,
    decisionId: 'd-3',
    outcome: 'withheld',
    reason: 'Withheld',
    candidates: [CANDIDATES[3]],
  };
  return [
    event('e-1', atMs - 36_204, 'coupon.redeemed', {
      ...coupon,
      ...place,
      discountMinor: 20,
      requestId: 'r',
    }),
    event('d-3', atMs - 75_093, 'promo.decision', withheld),
    event('d-2', atMs - 100_630, 'promo.decision', refused),
    event('e-4', atMs - 117_002, 'media.play', {
      screen: 'screen-3',
      contentId: 'x',
      sku: 'Elderflower',
      shownAt: iso(atMs),
    }),
    event('e-5', atMs - 135_430, 'push.sent', {
      decisionId: 'd-8f31c2',
      sid: 's_demo000000000001',
      channel: 'socket',
      outcome: 'sent',
    }),
    decision(atMs - 135_582),
    event('e-6', atMs - 135_589, 'presence.zone', {
      visitor: 'a:abcdefgh',
      zone: 'beverages',
      change: 'dwell',
      dwellMs: 8_000,
      confidence: 0.9,
      nodes: [],
    }),
    event('e-7', atMs - 138_885, 'stock.level', {
      sku: 'DRK-1002',
      count: 26,
      source: 'till',
      soldOut: false,
    }),
    event('e-8', atMs - 177_440, 'pos.transaction', {
      ...place,
      till: 'till-1',
      store: 's',
      type: 'sale',
      currency: 'EUR',
      totalMinor: 3415,
      lines: Array.from({ length: 11 }, () => ({})),
      tenders: [],
    }),
    event('e-9', atMs - 301_256, 'consent.receipt', {
      receiptId: 'r',
      sid: 's',
      purpose: 'location',
      granted: true,
      textVersion: '1',
      ageBand: '18+',
      validMs: 1,
    }),
    event('e-10', atMs - 990_118, 'quarantine.event', { ...record(atMs), recordedtime: undefined }),
  ];
}

export function record(atMs: number) {
  return {
    quarantineId: 'q-1',
    reason: 'SchemaMismatch',
    detail: DETAIL,
    channel: 'mqtt',
    topic: 'endcap/v1/shelf/B3',
    device: 'shelf-b3',
    body: '{"sku":"DRK-1004","weight_g": "1,2 kg"}',
    encoding: 'utf8',
    cut: false,
    bytes: 39,
    recordedtime: iso(atMs - 990_118),
  };
}

export const CAMPAIGN = {
  id: 'favourite-drink',
  version: 1,
  name: 'Your favourite drink',
  kind: 'coupon',
  products: { category: 'drinks', choose: 'favourite' },
  discount: { percent: 10 },
  where: { zones: ['beverages'] },
  trigger: { dwellS: 8 },
  inventory: { minStock: 2 },
  experiment: { holdout: 0.1, seed: 'a' },
};

/** Makes the fixture answer the journal's routes. */
export function serveJournal(store: FixtureStore, atMs: number): void {
  const list = events(atMs);
  store.answer('GET', /^\/v1\/journal\?/, ({ url }) => {
    const query = new URL(url, 'http://x').searchParams;
    const word = query.get('q')?.toLowerCase() ?? '';
    const found = list.filter((one) => JSON.stringify(one).toLowerCase().includes(word));
    return { events: found, total: 61_204 };
  });
  store.answer('GET', /^\/v1\/journal\/d-8f31c2$/, () => decision(atMs - 135_582));
  store.answer('GET', /^\/v1\/topics\/hq.campaign\/events/, () => ({
    events: [{ data: CAMPAIGN }],
    next: 'x',
  }));
  store.answer('GET', /^\/v1\/topics\/hq.catalog\/events/, () => ({
    events: [{ data: { products: [{ sku: 'DRK-1002', name: 'Kolibri Zero' }] } }],
    next: 'x',
  }));
  store.answer('GET', /^\/v1\/quarantine\?/, () => ({ records: [record(atMs)], total: 1 }));
  store.answer('GET', /^\/v1\/quarantine\/q-1$/, () => record(atMs));
  store.answer('POST', /^\/v1\/simulate$/, () => ({
    events: 4_812,
    before: { offered: 41, withheld: 5, rejected: 77 },
    after: { offered: 52, withheld: 6, rejected: 65 },
    differences: 12,
    shown: [
      {
        at: iso(atMs - 100_000),
        offset: 2_918_000,
        surface: 'phone',
        zone: 'beverages',
        before: { outcome: 'rejected', reason: 'DwellTooShort' },
        after: { outcome: 'offered', sku: 'DRK-1002', priceMinor: 169 },
      },
    ],
    heldFrom: iso(atMs - 86_400_000),
  }));
}
