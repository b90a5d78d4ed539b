import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StoreJournal } from '../../edge/store/journal.js';
import { audit, online, openJournal, temporaryDirectory, tick } from './journal-support.js';

const QUOTA = { quotaBytes: 8_000_000, ballastBytes: 100_000 };
const filling = 'x'.repeat(8_000);

const bulky = (journal: StoreJournal, count: number) =>
  journal.append(Array.from({ length: count }, () => online(`d-${filling}`)));

describe('quota', () => {
  test('readings are shed oldest first, each hole declared exactly, before anything else suffers', async () => {
    const journal = await openJournal({ directory: temporaryDirectory(), inProcess: true, ...QUOTA });
    const [kept] = await journal.append([audit('kept')]);
    for (let round = 0; round < 60; round += 1) {
      await bulky(journal, 25);
      await journal.append([tick()]);
    }
    const stats = journal.stats();
    expect(stats.bytes).toBeLessThan(QUOTA.quotaBytes);
    expect(stats.shed['P2']).toBeGreaterThan(0);
    expect(stats.alarms.map((alarm) => alarm.code)).toContain('Shedding');
    const records = readLane(journal, 'P2');
    const gaps = records.filter((record) => record.kind === 'gap');
    const declared = gaps.reduce((sum, gap) => sum + (gap.gapTo ?? 0) - gap.sequence + 1, 0);
    expect(declared).toBe(stats.shed['P2']);
    expect(declared + records.filter((record) => record.kind === 'event').length).toBe(1_500);
    chainHolds(records);
    expect(journal.readOffset(kept!.offset)).toBeDefined();
  });

  test('P0 is refused only when no reading is left, steps later still, and all is well once space is back', async () => {
    const directory = temporaryDirectory();
    const journal = await openJournal({ directory, inProcess: true, ...QUOTA });
    await bulky(journal, 100);
    let taken = 0;
    const refusal = await (async () => {
      for (;;) {
        try {
          await journal.append(Array.from({ length: 10 }, () => audit(filling)));
          taken += 10;
        } catch (error) {
          return error;
        }
      }
    })();
    expect(refusal).toMatchObject({ refusal: { reason: 'QuotaReached' } });
    expect(journal.stats().trouble).toBe('QuotaReached');
    expect(journal.stats().shed).toEqual({ P2: 100 });
    const [reading] = await journal.append([online('still taken')]);
    await journal.step({ cursor: reading!.offset, outputs: [audit('step')], causes: [reading!.offset] });
    expect(readLane(journal, 'P0').filter((record) => record.kind === 'event')).toHaveLength(taken + 1);
    await journal.close();
    const roomy = await openJournal({ directory, inProcess: true, ...QUOTA, quotaBytes: 16_000_000 });
    await roomy.append([audit('again')]);
    expect(roomy.stats().trouble).toBeUndefined();
    expect(roomy.stats().shed).toEqual({ P2: 100 });
  });

  test('a step over the quota is refused whole: no output, no cursor, nothing heard', async () => {
    const directory = temporaryDirectory();
    const journal = await openJournal({ directory, inProcess: true, ...QUOTA });
    const outputs = Array.from({ length: 10 }, () => audit(filling));
    let cursor = 0;
    const heard: number[] = [];
    journal.onCommitted((events) => heard.push(...events.map((one) => one.offset)));
    const refusal = await (async () => {
      for (;;) {
        try {
          await journal.step({ cursor: cursor + 1, outputs, causes: outputs.map(() => cursor + 1) });
          cursor += 1;
        } catch (error) {
          return error;
        }
      }
    })();
    expect(refusal).toMatchObject({ refusal: { reason: 'QuotaReached' } });
    expect(journal.cursor()).toBe(cursor);
    expect(heard).toHaveLength(cursor * 10);
    await journal.mark('after', 'refusal');
    await journal.close();
    const again = await openJournal({ directory, inProcess: true, ...QUOTA });
    expect(again.cursor()).toBe(cursor);
    expect(again.marks().get('after')).toBe('refusal');
  });

  test('the ballast is there, and counted', async () => {
    const directory = temporaryDirectory();
    await openJournal({ directory, inProcess: true, ...QUOTA });
    expect(existsSync(join(directory, 'ballast'))).toBe(true);
  });
});

function readLane(journal: StoreJournal, lane: 'P0' | 'P2') {
  const all = [];
  for (let after = 0; ; ) {
    const page = journal.readLane(lane, after, 100, 1e9);
    if (page.length === 0) return all;
    all.push(...page);
    const last = page.at(-1);
    after = last?.gapTo ?? last?.sequence ?? after;
  }
}

function chainHolds(records: readonly { prevCrc: number; crc: number }[]): void {
  expect(records.slice(1).map((record) => record.prevCrc)).toEqual(
    records.slice(0, -1).map((record) => record.crc),
  );
}
