import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataschemaOf, type StoreEvent, type TopicData, type TopicName } from '../../edge/contracts/index.js';
import { createSeal } from '../../edge/ingest/seal.js';
import { createVault } from '../../edge/ingest/vault.js';
import { runSeed } from '../support/promise.js';
import { temporaryFolder, wallClock } from './support/rim.js';

const seed = runSeed('seal');

function event<T extends TopicName>(type: T, data: TopicData<T>, more: Partial<StoreEvent> = {}): StoreEvent {
  const fields = data as Record<string, unknown>;
  const recordedtime = '2026-11-23T10:00:00.000Z';
  return {
    ...{ specversion: '1.0', id: `${type}-1`, source: '/store/s/core', type, recordedtime },
    partitionkey: String(fields['visitor'] ?? fields['sid'] ?? 'key'),
    dataschema: dataschemaOf(type),
    data,
    ...more,
  };
}

function personalEvents(sid: string): StoreEvent[] {
  const place = { till: 'till-1', businessDay: '2026-11-23', sequence: 1 };
  const offer = {
    ...{ sku: 'A-1', name: 'Ale', headline: 'Ale', priceMinor: 179, wasMinor: 199, currency: 'EUR' },
    ...{ why: 'You bought it in March.', couponId: 'c-1', validUntil: '2026-11-23T12:00:00Z' },
  };
  return [
    event('presence.sighting', { visitor: `s:${sid}`, node: 'n-1', rssi: -60 }),
    event('presence.zone', {
      ...{ visitor: `s:${sid}`, sid, zone: 'beverages', change: 'enter', dwellMs: 0, confidence: 1 },
      nodes: ['n-1'],
    } as TopicData<'presence.zone'>),
    event('pos.transaction', {
      ...{ store: 's', ...place, type: 'sale', currency: 'EUR', sid, lines: [], tenders: [], totalMinor: 0 },
    } as TopicData<'pos.transaction'>),
    event('promo.decision', {
      ...{ decisionId: 'd-1', storyId: 'd-1', outcome: 'offered', surface: 'phone', zone: 'beverages', sid },
      offer,
      candidates: [
        {
          ...{ campaign: 'ale', campaignVersion: 1, name: 'Ale', sku: 'A-1', outcome: 'offered', score: 0.8 },
          checks: [{ rule: 'likes', ok: true, value: 'bought 7 times' }],
        },
      ],
      inputs: { facts: { ale: { products: [{ sku: 'A-1', bought: 7 }] } } },
    } as TopicData<'promo.decision'>),
    event('coupon.issued', {
      ...{ couponId: 'c-1', code: '9812345678909', campaign: 'ale', campaignVersion: 1, decisionId: 'd-1' },
      ...{ sid, sku: 'A-1', discountMinor: 20, priceMinor: 179, validUntil: '2026-11-23T12:00:00Z' },
    }),
    event('push.sent', { decisionId: 'd-1', sid, channel: 'socket', outcome: 'sent' }),
  ];
}

function open() {
  const folder = join(temporaryFolder(), 'vault');
  const vault = createVault({ folder, clock: wallClock });
  return { vault, seal: createSeal({ vault }), folder, sid: vault.createShopper() };
}

const erasure = (sid: string) => ({ receiptId: `r-${sid}`, sid, asked: 'shopper' as const, atMs: 1 });

describe('what lies on the disk of an event about a person', () => {
  it('names nobody, and reads as it was for as long as the key exists, also after a restart', () => {
    const { vault, seal, folder, sid } = open();
    const stored = personalEvents(sid).map(seal.seal);
    const text = JSON.stringify(stored);
    expect(text).not.toContain(sid);
    expect(text).not.toMatch(/bought|March|likes|0\.8/);
    expect(stored.map(seal.open)).toEqual(personalEvents(sid));
    vault.close();
    const again = createVault({ folder, clock: wallClock });
    expect(stored.map(createSeal({ vault: again }).open)).toEqual(personalEvents(sid));
    again.close();
  });

  it('opens a box of the first form, which holds the whole decision', () => {
    const { vault, seal, sid } = open();
    const decision = personalEvents(sid)[3]!;
    const { sid: _name, ...whole } = decision.data as TopicData<'promo.decision'>;
    const key = createHmac('sha256', vault.keyOf(sid)!).update('seal').digest();
    const nonce = randomBytes(12);
    const binding = Buffer.from(`${decision.type}\n${decision.id}`);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(binding);
    const packed = deflateRawSync(JSON.stringify(whole), { level: 1 });
    const box = Buffer.concat([nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
    const stored = seal.seal(decision);
    const before = { ...stored, data: { ...stored.data, sealed: box.toString('base64url') } } as StoreEvent;
    expect(seal.open(before)).toEqual(decision);
  });

  it('opens a long decision, which is packed, and one of any length about there', () => {
    const { seal, sid } = open();
    const decision = personalEvents(sid)[3]!;
    for (const letters of [1, 1_700, 1_800, 1_900, 5_000, 70_000]) {
      const inputs = { said: 'ä€x'.repeat(letters / 3 + 1) };
      const long = { ...decision, data: { ...decision.data, inputs } } as StoreEvent;
      expect(seal.open(seal.seal(long))).toEqual(long);
    }
  });

  it('keeps to itself whatever a decision will one day say of a person', () => {
    const { seal, sid } = open();
    const decision = personalEvents(sid)[3]!;
    const { offer, candidates } = decision.data as TopicData<'promo.decision'>;
    const said = { because: { kind: 'bought', times: 4_711 } };
    const grown = {
      ...decision,
      data: {
        ...decision.data,
        ...said,
        offer: { ...offer, ...said },
        candidates: [{ ...candidates[0], ...said }],
      },
    } as StoreEvent;
    const stored = seal.seal(grown);
    expect(JSON.stringify(stored)).not.toMatch(/4711|because/);
    expect(seal.open(stored)).toEqual(grown);
  });

  it('is that of a guest once the person is erased, and nothing opens it again', () => {
    const { vault, seal, sid } = open();
    const stored = personalEvents(sid).map(seal.seal);
    vault.erase(erasure(sid));
    const read = stored.map(seal.open);
    expect(JSON.stringify(read)).not.toContain(sid);
    expect(read).toEqual(stored);
    // What was under way at that moment is written without them, too.
    const late = personalEvents(sid).map(seal.seal);
    expect(JSON.stringify(late)).not.toContain(sid);
    expect(late.map(seal.open)).toEqual(late);
  });

  it('calls a person the same all day, but otherwise on the next day and in another matter', () => {
    const { seal, sid } = open();
    const names = ['2026-11-23', '2026-11-24'].flatMap((day) =>
      personalEvents(sid).map((one) => {
        const { data } = seal.seal({ ...one, recordedtime: `${day}T10:00:00.000Z` });
        const { visitor, sid: name } = data as { visitor?: string; sid?: string };
        return (visitor ?? name ?? '').slice(2);
      }),
    );
    // Sighting and zone; transaction; decision, coupon and message: three matters on each of two days.
    expect(new Set(names).size).toBe(6);
    expect(names[0]).toBe(names[1]);
    expect(names[3]).toBe(names[5]);
  });

  it('leaves alone what is about nobody, and what a receipt is for', () => {
    const { seal, sid } = open();
    const guest = event('presence.sighting', { visitor: 'a:0123456789abcdef', node: 'n-1', rssi: -60 });
    const receipt = event('consent.withdrawn', { receiptId: 'r', sid, purpose: 'location' });
    for (const one of [guest, receipt]) {
      expect(seal.seal(one)).toBe(one);
      expect(seal.open(one)).toBe(one);
    }
  });

  it('opens no box that was changed, moved to another event, or is another shopper’s', () => {
    const { vault, seal, sid } = open();
    const stored = seal.seal(personalEvents(sid)[3]!);
    const { sealed = '' } = stored.data as TopicData<'promo.decision'>;
    const other = vault.createShopper();
    const theirs = seal.seal(personalEvents(other)[3]!);
    const foreign = { ...theirs, data: { ...theirs.data, sealed } } as StoreEvent;
    const moved = { ...stored, id: 'another' };
    const flipped = fc.nat({ max: sealed.length - 2 }).map((at) => {
      const changed = sealed[at] === 'A' ? 'B' : 'A';
      return {
        ...stored,
        data: { ...stored.data, sealed: sealed.slice(0, at) + changed + sealed.slice(at + 1) },
      } as StoreEvent;
    });
    const closed = (one: StoreEvent) => (seal.open(one).data as TopicData<'promo.decision'>).inputs;
    expect(closed(stored)).not.toEqual({});
    expect([closed(foreign), closed(moved)]).toEqual([{}, {}]);
    fc.assert(
      fc.property(flipped, (one) => {
        expect(closed(one)).toEqual({});
      }),
      { seed, numRuns: 100 },
    );
  });
});
