import { describe, expect, it } from 'vitest';
import { isType } from '../../edge/contracts/index.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { cardNumber, findCards, gtin, SHAPES } from './support/cards.js';
import { bytesOnDisk, NO_MASK } from './support/disk.js';
import { createRandom } from './support/random.js';
import { openRim, STORE, type TestRim } from './support/rim.js';

const CARDS = sized({ q: 5_000, n: 50_000 });
const GTINS = sized({ q: 5_000, n: 50_000 });
const CONTROL_CARDS = 1_000;
const seed = runSeed('S12');

/** A sale in which `value` may stand anywhere. */
function sale(sequence: number, extra: object, line: object = {}): object {
  return {
    store: STORE,
    till: 'till-2',
    businessDay: '2026-11-23',
    sequence,
    type: 'sale',
    currency: 'EUR',
    lines: [
      { line: 1, sku: 'DRK-0417', quantity: 1, unitMinor: 279, totalMinor: 279, kind: 'sale', ...line },
    ],
    tenders: [{ type: 'card', amountMinor: 279 }],
    totalMinor: 279,
    ...extra,
  };
}

interface Way {
  readonly topic: string;
  body(value: unknown, sequence: number): string;
}
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Every way in, each with the value in another place; some are refused, and their bodies go to quarantine. */
const WAYS: readonly Way[] = [
  { topic: 'endcap/v1/shelf/shelf-1', body: (v) => JSON.stringify({ sku: 'DRK-0417', count: 1, note: v }) },
  { topic: 'endcap/v1/shelf/shelf-1', body: (v) => JSON.stringify({ sku: v, count: 1 }) },
  { topic: 'endcap/v1/shelf/shelf-1', body: (v) => JSON.stringify({ sku: 'DRK-0417', count: v }) },
  {
    topic: 'endcap/v1/shelf/shelf-1',
    body: (v) => `{"sku":"DRK-0417","count":1,"note":${JSON.stringify(v)}`,
  },
  { topic: 'endcap/v1/shelf/shelf-1', body: (v) => JSON.stringify({ sku: 'DRK-0417', count: 1, time: v }) },
  { topic: 'endcap/v1/traffic/entrance', body: (v) => JSON.stringify({ boot: text(v), in: 1, out: 1, v }) },
  { topic: 'endcap/v1/traffic/entrance', body: (v) => text(v) },
  { topic: '', body: (v, n) => JSON.stringify(sale(n, { operator: v })) },
  { topic: '', body: (v, n) => JSON.stringify(sale(n, {}, { description: text(v) })) },
  { topic: '', body: (v, n) => JSON.stringify(sale(n, {}, { couponCode: text(v).slice(0, 128) })) },
  { topic: '', body: (v, n) => JSON.stringify(sale(n, { tenders: [{ type: text(v), amountMinor: 1 }] })) },
  { topic: '', body: (v, n) => JSON.stringify(sale(n, { till: text(v) })) },
  { topic: '', body: (v, n) => JSON.stringify(sale(n, { totalMinor: v })) },
  { topic: '', body: (v, n) => JSON.stringify(sale(n, { store: text(v) })) },
  {
    topic: 'endcap/v1/pos/till-2/transaction',
    body: (v, n) => JSON.stringify(sale(n, { loyaltyId: text(v) })),
  },
  {
    topic: 'espresense/devices/known:6f2a91c04be7/node-1',
    body: (v) => JSON.stringify({ rssi: -70, name: v }),
  },
  { topic: 'espresense/devices/known:6f2a91c04be7/node-1', body: (v) => `{"rssi":${text(v)},` },
  { topic: 'espresense/rooms/node-1/status', body: (v) => text(v) },
  { topic: 'no/such/topic', body: (v) => text(v) },
];

/** Sends each card in some shape by some way; tells which shape each had. */
async function send(rim: TestRim, seedNow: number, count: number): Promise<Map<string, string>> {
  const random = createRandom(seedNow);
  const shapes = Object.keys(SHAPES);
  const sent = new Map(Array.from({ length: count }, () => [cardNumber(random), random.pick(shapes)]));
  const { adapterNamed } = await import('../../edge/ingest/adapters/registry.js');
  await Promise.all(
    [...sent].map(([card, shape], index) => {
      const way = random.pick(WAYS);
      const value = SHAPES[shape]!(card);
      // Now and then the topic itself carries the number.
      const topic = random.below(20) === 0 && way.topic !== '' ? `endcap/v1/shelf/${card}` : way.topic;
      return rim.intake.receive({
        topic,
        bytes: Buffer.from(way.body(value, index)),
        channel: way.topic === '' ? 'http' : 'mqtt',
        device: random.below(20) === 0 ? `till ${card}` : 'till-2',
        ...(way.topic === '' ? { adapter: adapterNamed('native-pos')! } : {}),
      });
    }),
  );
  return sent;
}

describe('S12: no card data', () => {
  it(`keeps none of ${CARDS} card numbers, in whatever shape and by whatever way they came`, async () => {
    const rim = await openRim();
    const cards = await send(rim, seed, CARDS);
    const { sid } = await rim.people.createShopper();
    const [card = ''] = cards.keys();
    await rim.people.consent({ sid, purpose: 'profile', granted: true, textVersion: card, ageBand: '18+' });
    await rim.close();
    const disk = bytesOnDisk(rim.folder);
    expect(findCards(disk, cards)).toEqual([]);
    expect(disk).toContain('[card number]');

    const control = await openRim({ masker: () => NO_MASK });
    const unmasked = await send(control, seed, CONTROL_CARDS);
    await control.close();
    const found = findCards(bytesOnDisk(control.folder), unmasked);
    expect(found.length).toBeGreaterThan(CONTROL_CARDS / 2);
    expect(new Set(found.map((number) => unmasked.get(number)))).toEqual(new Set(Object.keys(SHAPES)));
    keptPromise({
      promise: 'S12',
      what: `${CARDS} card numbers in ${Object.keys(SHAPES).length} shapes by ${WAYS.length} ways`,
      figure: '0 found on the disk',
      control: `masker off: ${found.length} of ${CONTROL_CARDS} found`,
      seed,
    });
  }, 120_000);

  it('keeps none that is written so long that something might cut it in two', async () => {
    const rim = await openRim();
    const card = '38177110272053';
    const written = SHAPES['as references']!(card);
    for (const field of ['time', 'sku', 'count']) {
      await rim.intake.receive({
        topic: 'endcap/v1/shelf/shelf-1',
        bytes: Buffer.from(
          JSON.stringify({ sku: 'DRK-0417', count: 1, [field]: `${String(written)} ${String(written)}` }),
        ),
        channel: 'mqtt',
        device: 'till-2',
      });
    }
    await rim.intake.receive({
      topic: 'endcap/v1/shelf/shelf-1',
      bytes: Buffer.from(JSON.stringify({ sku: 'DRK-0417', count: 1, time: written })),
      channel: 'mqtt',
      device: 'till-2',
    });
    await rim.close();
    expect(findCards(bytesOnDisk(rim.folder), new Map([[card, 1]]))).toEqual([]);
  });

  it(`leaves ${GTINS} product numbers of the catalogue as they are`, async () => {
    const random = createRandom(seed);
    const gtins = Array.from({ length: GTINS }, () => gtin(random));
    const known = new Set(gtins);
    const rim = await openRim({ isProduct: (code) => known.has(code) });
    const adapter = (await import('../../edge/ingest/adapters/registry.js')).adapterNamed('native-pos')!;
    const perSale = 50;
    const wanted: string[] = [];
    for (let at = 0; at < gtins.length; at += perSale) {
      const codes = gtins.slice(at, at + perSale);
      wanted.push(...codes);
      const lines = codes.map((code, index) => ({
        ...{ line: index + 1, sku: code, gtin: code, quantity: 1, unitMinor: 1, totalMinor: 1, kind: 'sale' },
      }));
      const bytes = Buffer.from(JSON.stringify(sale(at, { lines })));
      const receipt = await rim.intake.receive({
        topic: '',
        bytes,
        channel: 'http',
        device: 'till-2',
        adapter,
      });
      expect(receipt.outcome).toBe('kept');
    }
    const kept = rim
      .events()
      .flatMap(({ event }) => (isType(event, 'pos.transaction') ? event.data.lines : []));
    expect(kept.map((line) => line.gtin)).toEqual(wanted);
    expect(kept.map((line) => line.sku)).toEqual(wanted);
  }, 120_000);

  it('masks a number with a product’s check digit that is no product', async () => {
    const rim = await openRim();
    // Right check digit of a GTIN-14 and right Luhn digit of a card, in the field of a product number.
    const both = '36000000000081';
    expect(rim.masker.data({ gtin: both })).toEqual({ gtin: '[card number]' });
    expect(rim.masker.data({ gtin: '4006381333931' })).toEqual({ gtin: '4006381333931' });
  });
});
