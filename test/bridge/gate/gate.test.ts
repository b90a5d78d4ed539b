import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGate, type GateRow } from '../../../cloud-bridge/gate/gate.js';
import { gateSql } from '../../../cloud-bridge/gate/sql.js';
import { ordOf } from '../../../cloud-bridge/ord.js';
import { CLEAN_TYPES, cleanTopic } from '../../../cloud-bridge/topics.js';
import { runSeed, sized } from '../../support/promise.js';

const row = (
  sequence: number,
  more: { epoch?: number; jid?: string; gapTo?: number; store?: string } = {},
): GateRow => {
  const { epoch = 1, jid = 'journal', store = 'store' } = more;
  return {
    ...{
      store,
      class: 'P0',
      jid,
      epoch: BigInt(epoch),
      sequence: BigInt(sequence),
      ord: ordOf(epoch, sequence),
    },
    ...(more.gapTo === undefined ? {} : { gapTo: ordOf(epoch, more.gapTo) }),
  };
};
const judge = (rows: readonly GateRow[]) => {
  const gate = createGate();
  return rows.map((one) => gate.judge(one));
};
const outcomes = (rows: readonly GateRow[]) => judge(rows).map(({ outcome }) => outcome);

describe('the gate', () => {
  test('a range that is sent again passes once', () => {
    expect(outcomes([row(1), row(2), row(1), row(2), row(3)])).toEqual([
      ...['pass', 'pass', 'duplicate', 'duplicate', 'pass'],
    ]);
  });

  test('lanes do not know one another', () => {
    expect(outcomes([row(1), row(1, { store: 'other' }), { ...row(1), class: 'P1' }])).toEqual([
      'pass',
      'pass',
      'pass',
    ]);
  });

  test('a hole that nobody declared is named, at the beginning too', () => {
    expect(judge([row(3), row(4), row(7)])).toEqual([
      { outcome: 'pass', hole: { from: 1n, to: 2n } },
      { outcome: 'pass' },
      { outcome: 'pass', hole: { from: 5n, to: 6n } },
    ]);
  });

  test('a declared gap fills its hole, and what was inside it does not come later', () => {
    expect(judge([row(1), row(2, { gapTo: 9 }), row(5), row(10)])).toEqual([
      { outcome: 'pass' },
      { outcome: 'pass' },
      { outcome: 'duplicate' },
      { outcome: 'pass' },
    ]);
  });

  test('a higher epoch goes on, and the older one is set aside from then on', () => {
    expect(judge([row(1), row(2), row(3, { epoch: 2, jid: 'new' }), row(3), row(1)])).toEqual([
      { outcome: 'pass' },
      { outcome: 'pass' },
      { outcome: 'pass' },
      { outcome: 'quarantine', reason: 'StaleEpoch' },
      { outcome: 'quarantine', reason: 'StaleEpoch' },
    ]);
  });

  test('a second journal in the same epoch is set aside, never taken for a duplicate', () => {
    expect(judge([row(1), row(2), row(1, { jid: 'copy' }), row(3, { jid: 'copy' }), row(3)])).toEqual([
      { outcome: 'pass' },
      { outcome: 'pass' },
      { outcome: 'quarantine', reason: 'ForeignJournal' },
      { outcome: 'quarantine', reason: 'ForeignJournal' },
      { outcome: 'pass' },
    ]);
  });

  test('whatever is sent again and wherever sending resumes, each sequence passes once and in order', () => {
    const resumes = fc.array(fc.tuple(fc.nat({ max: 12 }), fc.integer({ min: 1, max: 12 })), {
      maxLength: 40,
    });
    const seed = runSeed('gate');
    fc.assert(
      fc.property(resumes, (steps) => {
        const sent: GateRow[] = [];
        let head = 0;
        for (const [back, forward] of steps) {
          const from = Math.max(1, head - back + 1);
          for (let at = from; at <= head + forward; at += 1) sent.push(row(at));
          head += forward;
        }
        const gate = createGate();
        const passed = sent
          .filter((one) => gate.judge(one).outcome === 'pass')
          .map(({ sequence }) => Number(sequence));
        expect(passed).toEqual(Array.from({ length: head }, (_, index) => index + 1));
      }),
      { seed, numRuns: sized({ q: 300, n: 20_000 }) },
    );
  });
});

describe('the gate as SQL', () => {
  test('every name is filled in, and every clean type has its topic in the sink', () => {
    const sql = gateSql({ brokers: ['hq-1:9092', 'hq-2:9092'] });
    expect(sql).not.toContain('${');
    expect(sql).toContain("'hq-1:9092,hq-2:9092'");
    for (const type of CLEAN_TYPES) expect(sql).toContain(cleanTopic(type));
    expect(sql).toContain("'sink.delivery-guarantee' = 'exactly-once'");
  });
});
