import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RefusalError, type RefusalReason } from '../../edge/contracts/index.js';
import { createVault } from '../../edge/ingest/vault.js';
import { openRim, temporaryFolder, wallClock } from './support/rim.js';

const DAY_MS = 86_400_000;
const TAG = 'known:6f2a91c04be7';

async function reasonOf(work: Promise<unknown>): Promise<RefusalReason | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal.reason;
    throw error;
  }
}

describe('a shopper', () => {
  it('is made, linked and asked; each answer is durable and already true', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    expect(sid).toMatch(/^s_[A-Za-z0-9_-]{16}$/);
    expect(rim.engine.views.knowsShopper(sid)).toBe(true);
    await rim.people.linkTag(sid, { tag: TAG });
    await rim.people.linkTag(sid, { tag: TAG.toUpperCase() });
    const receipt = await rim.people.consent({
      ...{ sid, purpose: 'location', granted: true, textVersion: '2026-10', ageBand: '18+' },
    });
    expect(receipt.validMs).toBe(365 * DAY_MS);
    expect(rim.engine.views.consented(sid, 'location', Date.now())).toBe(true);
    expect(rim.visitors.visitorOf(TAG)).toBe(`s:${sid}`);
    await rim.people.withdraw(sid, 'location');
    expect(rim.visitors.visitorOf(TAG)).toMatch(/^a:/);
  });

  it('is refused by name where something is wrong, without repeating what was typed', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    const { sid: other } = await rim.people.createShopper();
    await rim.people.linkTag(sid, { tag: TAG });
    const call = { sid, purpose: 'location', granted: true, textVersion: '1', ageBand: '18+' };
    expect(await reasonOf(rim.people.linkTag(other, { tag: TAG }))).toBe('TagTaken');
    expect(await reasonOf(rim.people.linkTag('s_unknownunknown', { tag: 'x:y' }))).toBe('UnknownShopper');
    expect(await reasonOf(rim.people.linkTag(sid, { tag: 7 }))).toBe('SchemaMismatch');
    expect(await reasonOf(rim.people.consent({ ...call, sid: 's_unknownunknown' }))).toBe('UnknownShopper');
    expect(await reasonOf(rim.people.consent({ ...call, purpose: 'everything' }))).toBe('SchemaMismatch');
    expect(await reasonOf(rim.people.withdraw(sid, 'everything'))).toBe('NotFound');
    await expect(rim.people.linkLoyalty(sid, { loyaltyId: ['L-4711'] })).rejects.not.toThrow('4711');
  });
});

describe('the vault', () => {
  it('keeps its files to the owner, its links over a restart, and forgets whom it is told to', () => {
    const folder = join(temporaryFolder(), 'vault');
    const first = createVault({ folder, clock: wallClock });
    const sid = first.createShopper();
    first.linkTag(sid, TAG);
    first.linkLoyalty(sid, 'L-4711');
    first.close();
    for (const file of ['vault.key', 'vault.sqlite'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    const second = createVault({ folder, clock: wallClock });
    expect([second.sidOfTag(TAG), second.sidOfLoyalty('L-4711'), second.knows(sid)]).toEqual([
      sid,
      sid,
      true,
    ]);
    // A tag and a loyalty id of the same spelling are two things.
    expect(second.sidOfTag('L-4711')).toBeUndefined();
    second.erase({ receiptId: 'r-1', sid, asked: 'shopper', atMs: Date.now() });
    expect([second.sidOfTag(TAG), second.sidOfLoyalty('L-4711'), second.knows(sid)]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    second.close();
  });
});

describe('a withdrawal', () => {
  it('holds from the moment of the call, before the withdrawal is even durable', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    await rim.people.linkTag(sid, { tag: TAG });
    await rim.people.consent({ sid, purpose: 'location', granted: true, textVersion: '1', ageBand: '18+' });
    const withdrawing = rim.people.withdraw(sid, 'location');
    expect(rim.visitors.visitorOf(TAG)).toMatch(/^a:/);
    await withdrawing;
  });
});
