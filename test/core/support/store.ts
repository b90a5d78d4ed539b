import {
  type Campaign,
  checkData,
  dataschemaOf,
  type JournalledEvent,
  type Product,
  type StoreEvent,
  type StorePolicy,
  TOPICS,
  type TopicData,
  type TopicName,
} from '../../../edge/contracts/index.js';
import { newCore } from './core.js';

/** A small store whose events are made by hand: Monday 23 November 2026, 14:00 in Amsterdam. */
export const START_MS = Date.UTC(2026, 10, 23, 13, 0, 0);
export const ANNA = 's_anna000000000';
export const BERT = 's_bert000000000';

export const POLICY: StorePolicy = {
  store: { id: 'test-1', name: 'Test Store', timeZone: 'Europe/Amsterdam', currency: 'EUR', locale: 'en-IE' },
  zones: [
    { id: 'beverages', name: 'Beverages' },
    { id: 'bakery', name: 'Bakery' },
  ],
  nodes: [
    { id: 'node-1', zone: 'beverages' },
    { id: 'node-2', zone: 'bakery' },
  ],
  screens: [
    { id: 'screen-1', name: 'Screen 1', zone: 'beverages' },
    { id: 'screen-2', name: 'Screen 2', zone: 'bakery' },
  ],
  shelves: [{ id: 'shelf-1', zone: 'beverages' }],
  presence: { confirmS: 2, forgetS: 45, hysteresisDb: 4, smoothingS: 3, minRssi: -95 },
  consentDays: 365,
  offline: { maxValueMinor: 500 },
};

export const PRODUCTS: Product[] = [
  { sku: 'cola', name: 'Cola', category: 'soda', zone: 'beverages', priceMinor: 200, startStock: 30 },
  {
    sku: 'cola-zero',
    name: 'Cola Zero',
    category: 'soda',
    zone: 'beverages',
    priceMinor: 199,
    startStock: 26,
  },
  {
    sku: 'ginger',
    name: 'Ginger Beer',
    category: 'soda',
    zone: 'beverages',
    priceMinor: 250,
    startStock: 20,
  },
  { sku: 'rye', name: 'Rye Bread', category: 'bread', zone: 'bakery', priceMinor: 380, startStock: 12 },
];

export const SODA_COUPON: Campaign = {
  id: 'soda-10',
  version: 1,
  name: 'Favourite soda',
  kind: 'coupon',
  products: { category: 'soda', choose: 'favourite' },
  discount: { percent: 10 },
  where: { zones: ['beverages'] },
  validMinutes: 60,
};
export const COLA_SCREEN: Campaign = {
  id: 'cola-screen',
  version: 1,
  name: 'Cola for everybody',
  kind: 'display',
  products: { skus: ['cola'] },
  discount: { amountMinor: 50 },
  where: { zones: ['beverages'] },
};

/** A core with a clock of its own: each call advances, speaks, and hands back what came out. */
export function createStore(
  options: { policy?: Partial<StorePolicy>; core?: ReturnType<typeof newCore> } = {},
) {
  let core = options.core ?? newCore();
  let nowMs = START_MS;
  let offset = 0;
  const journal: JournalledEvent[] = [];
  const outputs: StoreEvent[] = [];

  const store = {
    journal,
    outputs,
    get core() {
      return core;
    },
    get views() {
      return core.views;
    },
    nowMs: () => nowMs,
    /** Seconds pass; ticks come as the core asks for them. */
    wait(seconds: number): StoreEvent[] {
      const untilMs = nowMs + seconds * 1_000;
      const made: StoreEvent[] = [];
      for (;;) {
        const due = core.nextTickMs();
        if (due === undefined || due > untilMs) break;
        nowMs = Math.max(nowMs, due);
        made.push(...store.say('tick', { at: new Date(nowMs).toISOString() }));
      }
      nowMs = untilMs;
      return made;
    },
    say<T extends TopicName>(
      type: T,
      data: TopicData<T>,
      extra: Partial<Pick<StoreEvent, 'time' | 'late' | 'source' | 'id' | 'recordedtime'>> = {},
    ): StoreEvent[] {
      offset += 1;
      const event = eventOf(type, data, {
        recordedtime: new Date(nowMs).toISOString(),
        id: `e${offset}`,
        ...extra,
      });
      return store.step({ offset, event });
    },
    step(journalled: JournalledEvent): StoreEvent[] {
      journal.push(journalled);
      const made = [...core.step(journalled).outputs];
      outputs.push(...made);
      for (const output of made) {
        if (!checkData(output.type, output.data))
          throw new Error(`output does not fit: ${JSON.stringify(output)}`);
      }
      return made;
    },
    /** Stop and start again from a checkpoint. */
    restart(): void {
      core = newCore(core.serialise());
    },
    configure(campaigns: readonly Campaign[], products: readonly Product[] = PRODUCTS): StoreEvent[] {
      return [
        ...store.say('hq.policy', { ...POLICY, ...options.policy }),
        ...store.say('hq.catalog', { products: [...products] }),
        ...campaigns.flatMap((campaign) => store.say('hq.campaign', campaign)),
      ];
    },
    consent(sid: string, given: Partial<TopicData<'consent.receipt'>> = {}): void {
      for (const purpose of ['location', 'profile'] as const) {
        store.say('consent.receipt', {
          receiptId: `r-${sid}-${purpose}-${offset}`,
          sid,
          purpose,
          granted: true,
          textVersion: '1',
          ageBand: '18+',
          validMs: 30 * 86_400_000,
          ...given,
        });
      }
    },
    hear(visitor: string, node = 'node-1', rssi = -60): StoreEvent[] {
      return store.say('presence.sighting', { visitor, node, rssi });
    },
    /** A visitor walks up to a node and stays long enough to be taken as there. */
    enter(visitor: string, node = 'node-1'): StoreEvent[] {
      const made = store.hear(visitor, node, -50);
      for (let second = 0; second < 8; second += 1) {
        made.push(...store.wait(1), ...store.hear(visitor, node, -50));
      }
      return made;
    },
    sell(
      lines: readonly { sku: string; quantity?: number; unitMinor?: number; couponCode?: string }[],
      extra: Partial<TopicData<'pos.transaction'>> = {},
    ): StoreEvent[] {
      return store.say('pos.transaction', transactionOf(lines, { sequence: offset + 1, ...extra }));
    },
  };
  return store;
}

export function transactionOf(
  lines: readonly { sku: string; quantity?: number; unitMinor?: number; couponCode?: string }[],
  extra: Partial<TopicData<'pos.transaction'>> = {},
): TopicData<'pos.transaction'> {
  const rows = lines.map(({ sku, quantity = 1, unitMinor = 200, couponCode }, index) => ({
    line: index + 1,
    sku,
    quantity,
    unitMinor,
    totalMinor: Math.round(quantity * unitMinor),
    kind: 'sale' as const,
    ...(couponCode === undefined ? {} : { couponCode }),
  }));
  const totalMinor = rows.reduce((sum, row) => sum + row.totalMinor, 0);
  return {
    store: 'test-1',
    till: 'till-1',
    businessDay: '2026-11-23',
    sequence: 1,
    type: 'sale',
    currency: 'EUR',
    lines: rows,
    tenders: [{ type: 'card', amountMinor: totalMinor }],
    totalMinor,
    ...extra,
  };
}

export function eventOf<T extends TopicName>(
  type: T,
  data: TopicData<T>,
  extra: Pick<StoreEvent, 'recordedtime' | 'id'> & Partial<StoreEvent>,
): StoreEvent<T> {
  return {
    specversion: '1.0',
    source: '/store/test-1/rim',
    partitionkey: String((data as Record<string, unknown>)[TOPICS[type].key]),
    dataschema: dataschemaOf(type),
    ...extra,
    type,
    data,
  };
}

export function ofType<T extends TopicName>(events: readonly StoreEvent[], type: T): StoreEvent<T>[] {
  return events.filter((event): event is StoreEvent<T> => event.type === type);
}
