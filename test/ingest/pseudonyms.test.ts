import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPseudonyms, PSEUDONYM_USES } from '../../edge/ingest/pseudonyms.js';
import { createVault } from '../../edge/ingest/vault.js';
import { temporaryFolder, wallClock } from './support/rim.js';

const TODAY = '2026-12-31';
const TOMORROW = '2027-01-01';

/** A vault with people, that counts how often a key is asked for: each time may cost a hash. */
function vaultWith(people: number) {
  const vault = createVault({ folder: join(temporaryFolder(), 'vault'), clock: wallClock });
  const sids = Array.from({ length: people }, () => vault.createShopper());
  const asked = { keys: 0 };
  const counted = {
    ...vault,
    keyOf(sid: string) {
      asked.keys += 1;
      return vault.keyOf(sid);
    },
  };
  return { vault, sids, asked, counted };
}

describe('names of the day', () => {
  it('lead back to whom they stand for, on every day, also who came later, and nobody else', () => {
    const { vault, sids, counted } = vaultWith(400);
    const pseudonyms = createPseudonyms(counted);
    const check = (day: string): void => {
      for (const sid of sids)
        for (const use of PSEUDONYM_USES)
          expect(pseudonyms.whoIs(pseudonyms.of(sid, use, day)!, day)).toBe(sid);
    };
    check(TODAY);
    for (let n = 0; n < 20; n += 1) sids.push(vault.createShopper());
    for (const day of [TODAY, TOMORROW, ...Array.from({ length: 9 }, (_, n) => `2026-12-0${n + 1}`)])
      check(day);
    const name = pseudonyms.of(sids[0]!, 'floor', TODAY)!;
    expect(pseudonyms.whoIs(name, TOMORROW)).toBeUndefined();
    for (const other of ['', 'x', 'AAAAAAAAAAAAAAAA', `${name.slice(0, 8)}AAAAAAAAAAAAAA`])
      expect(pseudonyms.whoIs(other, TODAY)).toBeUndefined();
    vault.erase({ receiptId: 'r', sid: sids[0]!, asked: 'desk', atMs: 1 });
    expect([pseudonyms.whoIs(name, TODAY), pseudonyms.of(sids[0]!, 'floor', TODAY)]).toEqual([
      undefined,
      undefined,
    ]);
    vault.close();
  });

  it('of today and tomorrow are made some at a time, and at midnight nothing is left to do', () => {
    const { vault, sids, asked, counted } = vaultWith(450);
    const waiting: (() => void)[] = [];
    const pseudonyms = createPseudonyms(counted, (work) => waiting.push(work));
    expect(pseudonyms.of(sids[7]!, 'till', TODAY)).toHaveLength(22);
    expect(asked.keys).toBe(1);
    let turns = 0;
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) {
      const before = asked.keys;
      work();
      turns += 1;
      expect(asked.keys - before).toBeLessThanOrEqual(100);
    }
    expect(turns).toBe(10);
    asked.keys = 0;
    const name = pseudonyms.of(sids[449]!, 'offer', TOMORROW)!;
    expect(pseudonyms.whoIs(name, TOMORROW)).toBe(sids[449]);
    expect(pseudonyms.whoIs('AAAAAAAAAAAAAAAAAAAAAA', TOMORROW)).toBeUndefined();
    expect(asked.keys).toBe(1);
    vault.close();
  });
});
