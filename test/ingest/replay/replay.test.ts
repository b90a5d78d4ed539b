import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { misfit, PosTransaction, RefusalError, type RefusalReason } from '../../../edge/contracts/index.js';
import { createReplay, type ReplayOptions } from '../../../edge/ingest/replay/create-replay.js';
import { describeFigures } from '../../../edge/ingest/replay/figures.js';
import { surveyFile } from '../../../edge/ingest/replay/survey.js';
import type { Rejection } from '../../../edge/ports.js';

const sample = (name: string) => fileURLToPath(new URL(`../../adapters/file/${name}`, import.meta.url));
const END_MS = Date.parse('2026-06-18T12:00:00Z');

/** A store that keeps what it is given, with the clock it was given it at. */
function recorder(submit: (transaction: PosTransaction) => Promise<unknown> = async () => undefined) {
  const kept: { transaction: PosTransaction; clockMs: number }[] = [];
  const setAside: Rejection[] = [];
  const waits: number[] = [];
  let clockMs = 0;
  let monotonicMs = 0;
  const replay = createReplay({
    submit: (transaction) => {
      kept.push({ transaction, clockMs });
      return submit(transaction);
    },
    refuse: async (rejection) => setAside.push(rejection),
    clock: { set: (ms) => (clockMs = ms) },
    monotonicMs: () => monotonicMs,
    sleep: async (ms) => {
      waits.push(ms);
      monotonicMs += ms;
    },
    progress: { begin: () => undefined, advance: () => undefined, end: () => undefined },
  });
  const run = (path: string, more: Partial<ReplayOptions> = {}) =>
    replay.run({ path, speed: 'max', store: 'store-014', timeZone: 'Europe/Dublin', endMs: END_MS, ...more });
  return { run, kept, setAside, waits };
}

describe('replay of till lines', () => {
  it('makes native transactions of Online Retail rows', async () => {
    const { run, kept, setAside } = recorder();
    const figures = await run(sample('online-retail.csv'));
    expect(
      kept.map(({ transaction: t }) => [t.till, t.sequence, t.type, t.lines.length, t.totalMinor]),
    ).toEqual([
      ['invoices', 700001, 'sale', 3, 1550],
      ['invoices', 700002, 'sale', 1, 24],
      ['credit-notes', 700003, 'return', 1, -255],
      ['adjustments', 700004, 'sale', 1, -11006],
      ['invoices', 700005, 'return', 1, 0],
      ['invoices', 700008, 'sale', 1, 125],
    ]);
    for (const { transaction } of kept) expect(misfit(PosTransaction, transaction)).toBeUndefined();
    expect(kept.map(({ transaction }) => transaction.loyaltyId)).toEqual([
      '40001',
      undefined,
      '40001',
      undefined,
      undefined,
      '40002',
    ]);
    expect(kept[0]?.transaction.lines[0]).toMatchObject({ sku: '11111A', description: 'BLUE BOWL, LARGE' });
    expect(JSON.stringify(kept)).not.toContain('-0,');
    expect(setAside.map(({ refusal }) => refusal.detail)).toEqual([
      'line 9: UnitPrice needs a decimal price, got nothing',
      'line 11: InvoiceDate needs a date and time, got nothing',
    ]);
    expect(figures).toMatchObject({ rows: 11, transactions: 6, lines: 8, returns: 2, setAside: 2 });
    expect(describeFigures(figures, 'en-IE')).toContain('returns             2, £2.55');
  });

  it('makes native transactions of Complete Journey rows', async () => {
    const { run, kept, setAside } = recorder();
    await run(sample('complete-journey.csv'));
    expect(kept.map(({ transaction }) => transaction.totalMinor)).toEqual([355, 2000, 199]);
    expect(kept[0]?.transaction.lines).toEqual([
      { line: 1, sku: '501', quantity: 2, unitMinor: 289, totalMinor: 355, discountMinor: 223, kind: 'sale' },
      { line: 2, sku: '502', quantity: 0, unitMinor: 0, totalMinor: 0, kind: 'sale' },
    ]);
    expect(setAside.map(({ refusal }) => refusal.field)).toEqual(['/product_id']);
  });

  it('shifts the file to end now and moves the clock along with it', async () => {
    const { run, kept } = recorder();
    await run(sample('online-retail.csv'));
    for (const { transaction, clockMs } of kept) expect(Date.parse(transaction.time!)).toBe(clockMs);
    expect(kept.at(-1)).toMatchObject({ clockMs: END_MS });
    expect(kept.at(-1)?.transaction.businessDay).toBe('2026-06-18');
    expect(END_MS - kept[0]!.clockMs).toBe((39 * 3600 + 32 * 60 + 59) * 1000);
    const order = kept.map(({ clockMs }) => clockMs);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('waits as the speed says, and not at all at max', async () => {
    const slow = recorder();
    await slow.run(sample('online-retail.csv'), { speed: 3600 });
    const total = slow.waits.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeCloseTo((39 * 3600_000 + 33 * 60_000 + 59_000) / 3600, 3);
    const fast = recorder();
    await fast.run(sample('online-retail.csv'));
    expect(fast.waits).toEqual([]);
  });

  it('counts what the store refuses and stops when the store itself is in trouble', async () => {
    const failWith = (reason: RefusalReason) => async (transaction: PosTransaction) => {
      if (transaction.sequence === 700003) throw new RefusalError({ reason, detail: 'test' });
    };
    const conflict = recorder(failWith('TransactionConflict'));
    const figures = await conflict.run(sample('online-retail.csv'));
    expect(figures).toMatchObject({ refused: 1, transactions: 5 });
    expect(conflict.setAside.map(({ refusal }) => refusal.reason)).toContain('TransactionConflict');
    await expect(recorder(failWith('DiskFull')).run(sample('online-retail.csv'))).rejects.toThrow('DiskFull');
  });

  it('reads gzip by content, and says what it cannot read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'endcap-replay-'));
    const write = (name: string, body: Buffer | string) => {
      writeFileSync(join(folder, name), body);
      return join(folder, name);
    };
    const packed = gzipSync(await readFile(sample('online-retail.csv')));
    expect(await surveyFile(write('packed', packed))).toMatchObject({ rows: 11 });
    await expect(surveyFile(write('cut.gz', packed.subarray(0, 200)))).rejects.toThrow(
      'unexpected end of file',
    );
    await expect(surveyFile(write('empty.csv', ''))).rejects.toThrow('the file is empty');
    await expect(surveyFile(write('other.csv', 'a,b\n1,2\n'))).rejects.toThrow(
      'unknown header "a,b"; known are',
    );
    await expect(surveyFile(join(folder, 'missing'))).rejects.toThrow('ENOENT');
  });
});

const SHARED = process.env['ENDCAP_SHARED'] ?? '';
const wholeFile = join(SHARED, 'data/pos/online_retail.csv.gz');
const baskets = join(SHARED, 'data/grocery/transactions.csv.gz');

describe.skipIf(!existsSync(wholeFile))('replay of the whole files (needs ENDCAP_SHARED)', () => {
  it('finds 25,900 transactions with 541,909 lines in Online Retail', async () => {
    const { run, kept } = recorder();
    const figures = await run(wholeFile);
    expect(figures).toMatchObject({ transactions: 25_900, lines: 541_909, rows: 541_909, setAside: 0 });
    const places = new Set(kept.map(({ transaction: t }) => `${t.till}|${t.businessDay}|${t.sequence}`));
    expect(places.size).toBe(25_900);
    const unfit = kept.filter(({ transaction }) => misfit(PosTransaction, transaction) !== undefined);
    expect(unfit).toEqual([]);
  });

  it('finds 56,625 baskets with 100,000 lines in Complete Journey', async () => {
    const { run, kept } = recorder();
    expect(await run(baskets)).toMatchObject({ transactions: 56_625, lines: 100_000, setAside: 0 });
    const unfit = kept.filter(({ transaction }) => misfit(PosTransaction, transaction) !== undefined);
    expect(unfit).toEqual([]);
  });
});
