import { describe, expect, it } from 'vitest';
import { isType, RefusalError } from '../../edge/contracts/index.js';
import { adapterNamed } from '../../edge/ingest/adapters/registry.js';
import type { Receipt } from '../../edge/ingest/receipt.js';
import type { Journal } from '../../edge/store/types.js';
import { openRim, STORE, type TestRim } from './support/rim.js';

const SALE = {
  store: STORE,
  till: 'till-2',
  businessDay: '2026-11-23',
  sequence: 1041,
  type: 'sale',
  currency: 'EUR',
  lines: [{ line: 1, sku: 'DRK-0417', quantity: 2, unitMinor: 279, totalMinor: 558, kind: 'sale' }],
  tenders: [{ type: 'card', amountMinor: 558 }],
  totalMinor: 558,
};

const post = (rim: TestRim, body: unknown): Promise<Receipt> =>
  rim.intake.receive({
    topic: '',
    bytes: Buffer.from(JSON.stringify(body)),
    channel: 'http',
    device: 'till-2',
    adapter: adapterNamed('native-pos')!,
  });

const sales = (rim: TestRim) =>
  rim.events().flatMap(({ event }) => (isType(event, 'pos.transaction') ? [event] : []));
const refusedOf = (receipt: Receipt): string =>
  receipt.outcome === 'refused' ? receipt.refusal.reason : receipt.outcome;

describe('a transaction', () => {
  it('is kept once, by whatever way and in whatever order of fields it comes', async () => {
    const rim = await openRim();
    expect((await post(rim, SALE)).outcome).toBe('kept');
    expect((await post(rim, Object.fromEntries(Object.entries(SALE).reverse()))).outcome).toBe('known');
    const till = await rim.connect('till-2', 'till');
    await till.publishAsync('endcap/v1/pos/till-2/transaction', JSON.stringify(SALE), { qos: 1 });
    expect(sales(rim)).toHaveLength(1);
    expect(sales(rim)[0]).toMatchObject({ id: 'till-2|2026-11-23|1041', partitionkey: 'till-2' });
  });

  it('is a conflict with another content, and set aside', async () => {
    const rim = await openRim();
    await post(rim, SALE);
    const receipt = await post(rim, { ...SALE, totalMinor: 559 });
    expect(receipt).toMatchObject({ outcome: 'refused', refusal: { reason: 'TransactionConflict' } });
    const aside = rim
      .events()
      .flatMap(({ event }) => (isType(event, 'quarantine.event') ? [event.data] : []));
    expect(aside).toMatchObject([{ reason: 'TransactionConflict', adapter: 'native-pos', channel: 'http' }]);
    expect(JSON.parse(aside[0]!.body)).toMatchObject({ totalMinor: 559 });
  });

  it('is kept once and conflicts once when a hundred come at the same moment', async () => {
    const rim = await openRim();
    const receipts = await Promise.all(
      Array.from({ length: 100 }, (_none, n) => post(rim, n % 2 === 0 ? SALE : { ...SALE, totalMinor: 559 })),
    );
    const outcomes = receipts.map(refusedOf);
    expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'known')).toHaveLength(49);
    expect(outcomes.filter((outcome) => outcome === 'TransactionConflict')).toHaveLength(50);
    expect(sales(rim)).toHaveLength(1);
  });

  it('is known after the store was started again', async () => {
    const rim = await openRim();
    await post(rim, SALE);
    await rim.close();
    const again = await openRim({ folder: rim.folder });
    expect((await post(again, SALE)).outcome).toBe('known');
    expect(refusedOf(await post(again, { ...SALE, totalMinor: 1 }))).toBe('TransactionConflict');
  });

  it('is new again when the journal refused it the first time', async () => {
    let full = true;
    const rim = await openRim({
      between: (journal) =>
        new Proxy(journal, {
          get: (target, name) =>
            name === 'append'
              ? (...parameters: Parameters<Journal['append']>) =>
                  full
                    ? Promise.reject(new RefusalError({ reason: 'DiskFull', detail: 'no space' }))
                    : target.append(...parameters)
              : Reflect.get(target, name),
        }),
    });
    await expect(post(rim, SALE)).rejects.toThrow('DiskFull');
    full = false;
    expect((await post(rim, SALE)).outcome).toBe('kept');
  });

  it('of another store, another till or another shape is refused by name', async () => {
    const rim = await openRim();
    expect(refusedOf(await post(rim, { ...SALE, store: 'elsewhere' }))).toBe('UnknownStore');
    expect(await post(rim, { ...SALE, lines: [{ ...SALE.lines[0], unitMinor: 2.79 }] })).toMatchObject({
      outcome: 'refused',
      refusal: { reason: 'SchemaMismatch', field: '/lines/0/unitMinor' },
    });
    expect(sales(rim)).toEqual([]);
  });

  it('keeps unknown fields, and marks a till whose clock is far off', async () => {
    const rim = await openRim();
    await post(rim, { ...SALE, time: '1970-01-01T00:00:00Z', operator: { id: 17 } });
    await post(rim, { ...SALE, sequence: 2, time: '2099-01-01T00:00:00Z' });
    await post(rim, { ...SALE, sequence: 3, time: new Date().toISOString() });
    expect(sales(rim).map((event) => event.late ?? false)).toEqual([true, true, false]);
    expect(sales(rim)[0]?.data).toMatchObject({ operator: { id: 17 } });
  });
});

describe('who bought', () => {
  const agree = (rim: TestRim, sid: string, granted: boolean) =>
    rim.people.consent({ sid, purpose: 'profile', granted, textVersion: '1', ageBand: '18+' });

  it('is known by loyalty id only to somebody who agreed, and the id is never kept', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    await rim.people.linkLoyalty(sid, { loyaltyId: 'L-4711' });
    await post(rim, { ...SALE, sequence: 1, loyaltyId: 'L-4711' });
    await agree(rim, sid, true);
    await post(rim, { ...SALE, sequence: 2, loyaltyId: 'L-4711' });
    await post(rim, { ...SALE, sequence: 3, loyaltyId: 'L-0000' });
    await agree(rim, sid, false);
    await post(rim, { ...SALE, sequence: 4, loyaltyId: 'L-4711' });
    expect(sales(rim).map((event) => event.data.sid)).toEqual([undefined, sid, undefined, undefined]);
    expect(JSON.stringify(rim.events())).not.toContain('L-4711');
    // The consent of the moment is no part of what was sold: the same sale sent again is known.
    expect((await post(rim, { ...SALE, sequence: 2, loyaltyId: 'L-4711' })).outcome).toBe('known');
  });

  it('is not believed when a till names a sid that is unknown or did not agree', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    await post(rim, { ...SALE, sequence: 1, sid });
    await post(rim, { ...SALE, sequence: 2, sid: 's_AAAAAAAAAAAAAAAA' });
    await agree(rim, sid, true);
    await post(rim, { ...SALE, sequence: 3, sid });
    expect(sales(rim).map((event) => event.data.sid)).toEqual([undefined, undefined, sid]);
  });
});
