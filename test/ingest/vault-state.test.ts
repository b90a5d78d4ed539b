import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault } from '../../edge/ingest/vault.js';
import { createStateSeal } from '../../edge/ingest/vault-state.js';
import { newCore } from '../core/support/core.js';
import { createStore, ofType, SODA_COUPON } from '../core/support/store.js';
import { runSeed } from '../support/promise.js';
import { temporaryFolder, wallClock } from './support/rim.js';

const seed = runSeed('vault-state');
const erasure = (sid: string) => ({ receiptId: `r-${sid}`, sid, asked: 'shopper' as const, atMs: 1 });

function openVault() {
  const folder = join(temporaryFolder(), 'vault');
  const vault = createVault({ folder, clock: wallClock });
  const strangers: number[] = [];
  const made = createStateSeal({ vault, onStrangers: (count) => strangers.push(count) });
  const seal = { open: made.open, seal: async (state: string) => (await made.seal(state)).join('') };
  return { vault, strangers, seal };
}

/** Two people who agree, walk, buy and hold a coupon, in a store that also sells to guests. */
function lived(sids: readonly string[]) {
  const store = createStore();
  store.configure([SODA_COUPON]);
  store.sell([{ sku: 'rye' }]);
  for (const sid of sids) {
    store.say('loyalty.profile', { sid, change: 'created' });
    store.consent(sid);
    store.sell([{ sku: 'ginger', quantity: 3 }], { sid });
    store.enter(`s:${sid}`);
    store.say('push.sent', { decisionId: `d-${sid}`, sid, channel: 'push', outcome: 'sent' });
  }
  expect(ofType(store.outputs, 'coupon.issued')).toHaveLength(sids.length);
  return store;
}

type Tables = Record<string, Record<string, unknown>>;
const slicesOf = (state: string): Tables => (JSON.parse(state) as { slices: Tables }).slices;

/** The state without the tables that only say that a sid exists, or is gone. */
function besideProofs(text: string): string {
  return text.replace(/"(shoppers|erased)":\[(\[[^\]]*\],?)*\]/g, '');
}

describe('a state between memory and disk', () => {
  it('reads as it was, byte for byte, and names nobody on the disk', async () => {
    const { vault, seal } = openVault();
    const sids = [vault.createShopper(), vault.createShopper()];
    const state = lived(sids).core.serialise();
    const sealed = await seal.seal(state);
    expect(seal.open(sealed) === state).toBe(true);
    for (const sid of sids) {
      expect(besideProofs(state).includes(sid)).toBe(true);
      expect(besideProofs(sealed).includes(sid)).toBe(false);
    }
    // Neither what they like, nor why they got an offer, nor what they agreed to.
    const { favourites, consent, stories, coupons } = slicesOf(sealed.slice(sealed.indexOf('{"version"')));
    const [liked] = slicesOf(state)['favourites']!['bySid'] as [string, unknown][];
    expect(JSON.stringify(liked)).toContain('ginger');
    expect(JSON.stringify(favourites)).not.toContain('ginger');
    expect(JSON.stringify(consent!['consents'])).not.toContain('18+');
    expect(/"why"/.test(state)).toBe(true);
    expect(JSON.stringify([stories, coupons])).not.toMatch(/"(why|because|staySeconds)"/);
  });

  it('has other names in each sealing', async () => {
    const { vault, seal } = openVault();
    const state = lived([vault.createShopper()]).core.serialise();
    const names = async (): Promise<ReadonlySet<string>> =>
      new Set(besideProofs(await seal.seal(state)).match(/\bs_[\w-]{16}\b/g));
    const [first, second] = [await names(), await names()];
    expect(first.size).toBeGreaterThan(0);
    expect([...first].filter((name) => second.has(name))).toEqual([]);
  });

  it('keeps what is the store’s of who was erased since, and nothing that leads to them', async () => {
    const { vault, seal, strangers } = openVault();
    const [gone, stays] = [vault.createShopper(), vault.createShopper()] as const;
    const store = lived([gone, stays]);
    const state = store.core.serialise();
    const sealed = await seal.seal(state);
    vault.erase(erasure(gone));
    const opened = seal.open(sealed);
    expect(strangers).toEqual([]);
    expect(besideProofs(opened).includes(gone)).toBe(false);
    const { core } = createStore({ core: newCore(opened) });
    const atMs = store.nowMs();
    expect(core.views.shopper(stays, atMs)).toEqual(store.views.shopper(stays, atMs));
    expect(core.views.shopper(gone, atMs)).toMatchObject({ coupons: [], consents: { profile: 'unasked' } });
    // The erasure is taken up again: the core still says that there was such a sid.
    expect(core.views.knowsShopper(gone)).toBe(true);
    const { tills, coupons, figures } = slicesOf(opened);
    expect(figures).toEqual(slicesOf(state)['figures']);
    expect(tills!['recent']).toEqual(slicesOf(state)['tills']!['recent']);
    expect(tills!['counted']).toHaveLength(3);
    expect(coupons!['live']).toHaveLength(2);
    const issued = ofType(store.outputs, 'coupon.issued').find(({ data }) => data.sid === gone)!;
    expect(core.views.coupon(issued.data.couponId)).toMatchObject({ state: 'good' });
  });

  it('leaves out who is being erased while it is sealed, before the core knows', async () => {
    const { vault, seal } = openVault();
    const [gone, stays] = [vault.createShopper(), vault.createShopper()] as const;
    const state = lived([gone, stays]).core.serialise();
    vault.erase(erasure(gone));
    const sealed = await seal.seal(state);
    expect(besideProofs(sealed).includes(gone)).toBe(false);
    const { favourites } = slicesOf(seal.open(sealed));
    expect((favourites!['bySid'] as [string, unknown][]).map(([sid]) => sid)).toEqual([stays]);
    // So long that sealing lets others have their turn, in one of which the second person is erased.
    const filler = JSON.stringify(Array.from({ length: 5 }, (_, n) => [`${n}`, 'x'.repeat(300_000)]));
    const long = state.replace(/\}\}$/, `,"filler":{"rows":${filler}}}}`);
    const during = seal.seal(long);
    await new Promise((resolve) => setImmediate(resolve));
    vault.erase(erasure(stays));
    expect((await during).slice(0, 100)).toContain('"boxes":0');
    expect(slicesOf(seal.open(await during))['favourites']!['bySid']).toEqual([]);
  });

  it('forgets whom the vault does not know: all of them where there is a new one', async () => {
    const { vault, seal } = openVault();
    const sids = [vault.createShopper(), vault.createShopper()];
    const store = lived(sids);
    const other = openVault();
    const state = store.core.serialise();
    // Sealed by the old vault, never sealed, and learnt from the journal before the new vault seals it.
    const learnt = await other.seal.seal(state);
    for (const sid of sids) expect(learnt.includes(sid)).toBe(false);
    for (const text of [await seal.seal(state), state, learnt]) {
      const opened = other.seal.open(text);
      for (const sid of sids) expect(opened.includes(sid)).toBe(false);
      for (const sid of sids) expect(newCore(opened).views.knowsShopper(sid)).toBe(false);
      expect(slicesOf(opened)['favourites']!['bySid']).toEqual([]);
      expect(slicesOf(opened)['coupons']!['live']).toHaveLength(2);
      expect(slicesOf(opened)['tills']!['counted']).toHaveLength(3);
    }
    expect(other.strangers).toEqual([2, 2, 2]);
  });

  it('that was never sealed is taken as it is', () => {
    const { vault, seal, strangers } = openVault();
    const state = lived([vault.createShopper()]).core.serialise();
    expect(seal.open(state) === state).toBe(true);
    expect(strangers).toEqual([]);
  });

  it('reads as it was whatever the tables hold', async () => {
    const { vault, seal } = openVault();
    const sids = Array.from({ length: 3 }, () => vault.createShopper());
    const sid = fc.constantFrom(...sids);
    const text = fc.oneof(
      sid,
      sid.map((one) => `s:${one}`),
      sid.map((one) => `r|${one}|"x\\`),
      sid.map((one) => JSON.stringify(['p', one])),
      fc.string(),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.record({ sid, offer: fc.record({ sku: text, why: text }) }),
        fc.dictionary(text, tie('any'), { maxKeys: 3 }),
      ),
    })).any;
    const table = fc.array(fc.tuple(text, value), { maxLength: 4 });
    const names = fc.constantFrom('live', 'rows', 'counted', 'bySid', 'other');
    const slices = fc.dictionary(fc.constantFrom('a', 'b'), fc.dictionary(names, fc.oneof(table, value)));
    await fc.assert(
      fc.asyncProperty(slices, async (made) => {
        const state = JSON.stringify({ version: 1, slices: made });
        expect(seal.open(await seal.seal(state))).toBe(state);
      }),
      { seed, numRuns: 300 },
    );
  });
});
