import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RefusalError } from '../../edge/contracts/index.js';
import { createErasures, type ErasureDeps } from '../../edge/ingest/erasure.js';
import { createSeal } from '../../edge/ingest/seal.js';
import { createVault } from '../../edge/ingest/vault.js';
import { until } from '../support/until.js';
import { openRim, type TestRim, wallClock } from './support/rim.js';

const SALE = {
  ...{
    store: 'harbour-street',
    till: 'till-1',
    businessDay: '2026-11-23',
    sequence: 1,
    type: 'sale' as const,
  },
  ...{ currency: 'EUR', tenders: [], totalMinor: 279 },
  lines: [{ line: 1, sku: 'DRK-0417', quantity: 1, unitMinor: 279, totalMinor: 279, kind: 'sale' as const }],
};

async function buyer(rim: TestRim): Promise<string> {
  const { sid } = await rim.people.createShopper();
  await rim.people.linkLoyalty(sid, { loyaltyId: 'L-4711' });
  await rim.people.consent({ sid, purpose: 'profile', granted: true, textVersion: '1', ageBand: '18+' });
  await rim.tills.accept({
    type: 'pos.transaction',
    device: 'till-1',
    data: { ...SALE, loyaltyId: 'L-4711' },
  });
  await rim.engine.idle();
  return sid;
}

function erasuresOf(rim: TestRim, broken: Partial<ErasureDeps> = {}) {
  let ids = 0;
  return createErasures({
    ...rim,
    clock: wallClock,
    newId: () => {
      ids += 1;
      return `receipt-${ids}`;
    },
    ...broken,
  });
}

/** Fails once, like a disk that is full for a moment. */
function failsOnce<T>(work: () => Promise<T>): () => Promise<T> {
  let failed = false;
  return async () => {
    if (failed) return work();
    failed = true;
    throw new RefusalError({ reason: 'DiskFull', detail: 'no room' });
  };
}

describe('an erasure', () => {
  it('takes the key first, whatever becomes of the rest, and ends with nothing open', async () => {
    const rim = await openRim();
    const sid = await buyer(rim);
    const erasures = erasuresOf(rim);
    const gone: string[] = [];
    erasures.onErased((who) => gone.push(who));
    const { receiptId } = await erasures.erase(sid, 'shopper');
    expect([rim.vault.knows(sid), rim.vault.sidOfLoyalty('L-4711')]).toEqual([false, undefined]);
    expect(rim.engine.views.knowsShopper(sid)).toBe(false);
    expect(rim.vault.erasureOf(sid)).toMatchObject({ receiptId, open: false });
    expect(gone).toEqual([sid]);
    expect(rim.journal.readId(receiptId)?.event.data).toEqual({ receiptId, sid, asked: 'shopper' });
    const { slices } = JSON.parse(rim.journal.loadCheckpoint()!.state);
    expect(slices.consent.erased).toEqual([[sid, expect.any(Number)]]);
    slices.consent.erased = [];
    expect(JSON.stringify(slices)).not.toContain(sid);
    expect(await erasures.erase(sid, 'desk')).toMatchObject({ receiptId });
    await expect(erasures.erase('s_neverwasheard0000', 'desk')).rejects.toThrow(/no shopper/);
  });

  it.each(['the journal', 'the state'] as const)(
    'that %s holds up is refused, tells its alarm, and is taken up again by itself',
    async (what) => {
      const rim = await openRim();
      const sid = await buyer(rim);
      const first = failsOnce(async () => undefined);
      const erasures = erasuresOf(
        rim,
        what === 'the journal'
          ? { gate: { admit: (drafts) => first().then(() => rim.gate.admit(drafts)) } }
          : { engine: { ...rim.engine, renewCheckpoint: () => first().then(rim.engine.renewCheckpoint) } },
      );
      await expect(erasures.erase(sid, 'desk')).rejects.toBeInstanceOf(RefusalError);
      expect([rim.vault.knows(sid), rim.vault.erasureOf(sid)?.open]).toEqual([false, true]);
      await erasures.start();
      erasures.close();
      expect(rim.vault.erasureOf(sid)?.open).toBe(false);
      expect(rim.engine.views.knowsShopper(sid)).toBe(false);
      expect(rim.events().filter(({ event }) => event.type === 'erasure.done')).toHaveLength(1);
    },
  );

  it('asked for twice at once is one erasure with one number', async () => {
    const rim = await openRim();
    const sid = await buyer(rim);
    const erasures = erasuresOf(rim);
    const both = await Promise.all([erasures.erase(sid, 'shopper'), erasures.erase(sid, 'desk')]);
    expect(both[0]).toEqual(both[1]);
    expect(rim.events().filter(({ event }) => event.type === 'erasure.done')).toHaveLength(1);
  });

  it('that is still open at the start holds it up for a second at most, and ends sessions before that', async () => {
    const rim = await openRim();
    const sids = [await buyer(rim), (await rim.people.createShopper()).sid];
    for (const sid of sids) rim.vault.erase({ receiptId: `r-${sid}`, sid, asked: 'desk', atMs: 1 });
    let free: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => {
      free = resolve;
    });
    const outcomeOf: ErasureDeps['engine']['outcomeOf'] = async (offset, waitMs) => {
      await stuck;
      return rim.engine.outcomeOf(offset, waitMs);
    };
    const erasures = erasuresOf(rim, { engine: { ...rim.engine, outcomeOf } });
    const gone: string[] = [];
    erasures.onErased((sid) => gone.push(sid));
    const before = performance.now();
    await erasures.start();
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(gone).toEqual(sids);
    expect(sids.map((sid) => rim.vault.erasureOf(sid)?.open)).toEqual([true, true]);
    free();
    await until(() => sids.every((sid) => rim.vault.erasureOf(sid)?.open === false), {
      withinMs: 10_000,
      what: 'both to be done in the background',
    });
    erasures.close();
  });

  it('is made again at the start where an older copy of the vault brought the key back', async () => {
    const rim = await openRim();
    const sid = await buyer(rim);
    const stays = (await rim.people.createShopper()).sid;
    const copy = join(rim.folder, 'copy');
    cpSync(join(rim.folder, 'vault'), copy, { recursive: true });
    const { receiptId } = await erasuresOf(rim).erase(sid, 'shopper');
    const older = createVault({ folder: copy, clock: wallClock });
    expect(older.knows(sid)).toBe(true);
    const again = erasuresOf(rim, { vault: older, newId: () => 'another' });
    await again.start();
    again.close();
    expect([older.knows(sid), older.sidOfLoyalty('L-4711'), older.knows(stays)]).toEqual([
      false,
      undefined,
      true,
    ]);
    // It is the same erasure, with the number that the person holds.
    expect(older.erasureOf(sid)).toMatchObject({ receiptId, asked: 'shopper', open: false });
    expect(rim.events().filter(({ event }) => event.type === 'erasure.done')).toHaveLength(1);
    older.close();
  });

  it('leaves no event in memory that the seal no longer opens', async () => {
    // The rim makes its vault after its journal; a store makes it before.
    let seal: ReturnType<typeof createSeal> | undefined;
    const late = {
      seal: (event: Parameters<ReturnType<typeof createSeal>['seal']>[0]) => seal?.seal(event) ?? event,
      open: (event: Parameters<ReturnType<typeof createSeal>['open']>[0]) => seal?.open(event) ?? event,
    };
    const rim = await openRim({ journal: { seal: late } });
    seal = createSeal({ vault: rim.vault });
    const sid = await buyer(rim);
    const buyers = () =>
      rim.journal
        .read({ after: 0, limit: 100, types: ['pos.transaction'] })
        .map(({ event }) => (event.data as { sid?: string }).sid);
    expect(buyers()).toEqual([sid]);
    await erasuresOf(rim).erase(sid, 'shopper');
    expect(buyers()).not.toContain(sid);
  });
});
