import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { misfit, PosTransaction } from '../../../edge/contracts/index.js';
import { thousandthsToMinor, toThousandths, wallTimeMs } from '../../../edge/ingest/adapters-file/fields.js';
import { adapterFor, FILE_ADAPTERS } from '../../../edge/ingest/adapters-file/registry.js';
import { runSeed } from '../../support/promise.js';

const meta = { store: 'store-014', shiftMs: 0, businessDay: () => '2026-06-18' };

describe('fields of files', () => {
  it('reads decimals exactly and rounds half away from zero', () => {
    const read: [string, number | undefined][] = [
      ['2.55', 2550],
      ['0.0005', 1],
      ['-0.0005', -1],
      ['0.00049999', 0],
      ['1.9996', 2000],
      ['-0', 0],
      ['4.440892e-16', 0],
      ['', undefined],
      ['1,5', undefined],
      ['NaN', undefined],
      ['1e5', undefined],
    ];
    for (const [text, thousandths] of read) expect(toThousandths(text), text).toBe(thousandths);
    expect([5, -5, 4, 1015, -1015].map(thousandthsToMinor)).toEqual([1, -1, 0, 102, -102]);
  });

  it('knows which moments exist', () => {
    expect(wallTimeMs('2011-02-28 23:59:59')).toBe(Date.UTC(2011, 1, 28, 23, 59, 59));
    for (const none of [
      '2011-02-29 00:00',
      '2011-13-01 00:00',
      '2011-01-01 24:00',
      '2011-01-01 10:60',
      'x',
    ]) {
      expect(wallTimeMs(none), none).toBeUndefined();
    }
  });

  it('recognises a file by its header and nothing else', () => {
    for (const adapter of FILE_ADAPTERS) expect(adapterFor(adapter.columns)).toBe(adapter);
    expect(adapterFor(['InvoiceNo'])).toBeUndefined();
    expect(adapterFor([...FILE_ADAPTERS[0]!.columns, 'more'])).toBeUndefined();
  });

  it('makes of any rows a transaction that fits, or a refusal, and never throws', () => {
    const seed = runSeed('file adapters');
    const cell = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('1', '-3', '2.55', '0', '2011-03-01 08:26:00', '999999999999', '536365', 'C536365', ''),
    );
    const good: Readonly<Record<string, readonly string[]>> = {
      'online-retail': ['536365', '85123A', 'BOWL', '6', '2011-03-01 08:26:00', '2.55', '17850', 'Ireland'],
      'complete-journey': '906,319,311,1075,1.0,1.5,0.29,0.0,0.0,1,2017-01-01 12:30:27'.split(','),
    };
    let fitting = 0;
    for (const adapter of FILE_ADAPTERS) {
      // Good rows with some cells replaced, so that both outcomes are common.
      const cells = good[adapter.name]!.map((value) =>
        fc.oneof({ weight: 12, arbitrary: fc.constant(value) }, cell),
      );
      const row = fc.oneof({ weight: 12, arbitrary: fc.tuple(...cells) }, fc.array(cell, { maxLength: 12 }));
      const group = fc.record({
        rows: fc.array(row, { minLength: 1, maxLength: 4 }),
        key: fc.constantFrom('536365', 'C1', 'x', ''),
      });
      fc.assert(
        fc.property(group, ({ rows, key }) => {
          const decoded = adapter.decode({ key, rows, at: rows.map((_, index) => index + 2) }, meta);
          if (!decoded.ok) {
            expect(decoded.refusal.detail).toMatch(/^line \d+: /);
            return;
          }
          fitting += 1;
          // What the contract refuses beyond that (a control character in a code) the store's gate sets aside.
          const problem = misfit(PosTransaction, decoded.transaction);
          if (problem) expect(problem.field).toMatch(/sku|loyaltyId|Minor|quantity/);
        }),
        { seed, numRuns: 2_000 },
      );
    }
    expect(fitting).toBeGreaterThan(400);
    console.log(`${fitting} of ${2_000 * FILE_ADAPTERS.length} were transactions`);
  });
});
