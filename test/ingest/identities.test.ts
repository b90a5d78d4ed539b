import { describe, expect, it } from 'vitest';
import { isType } from '../../edge/contracts/index.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { bytesOnDisk, NO_MASK } from './support/disk.js';
import { createRandom, type Random } from './support/random.js';
import { openRim, type TestRim } from './support/rim.js';

const PERSONS = sized({ q: 1_500, n: 15_000 });
const CONTROL_PERSONS = 400;
const seed = runSeed('S13');

const pairs = (hex: string, by: string): string => (hex.match(/../g) ?? []).join(by);

/** Names of one person's phone; each is a list of the parts by which it would be recognised again. */
function identity(random: Random): { tag: string; parts: string[] } {
  const hex = random.hex(12);
  const uuid = random.hex(32);
  const dashed = `${uuid.slice(0, 8)}-${uuid.slice(8, 12)}-${uuid.slice(12, 16)}-${uuid.slice(16, 20)}-${uuid.slice(20)}`;
  const name = `phone-of-${random.hex(10)}`;
  return random.pick([
    { tag: `known:${hex}`, parts: [hex] },
    { tag: pairs(hex, ':').toUpperCase(), parts: [hex] },
    { tag: pairs(hex, '-'), parts: [hex] },
    { tag: `iBeacon:${dashed}-17-4201`, parts: [uuid] },
    { tag: `irk:${uuid}`, parts: [uuid] },
    { tag: `eddy:${random.hex(22)}-${hex}`, parts: [hex] },
    { tag: `name:${name}`, parts: [name.replaceAll('-', '')] },
  ]);
}

/** Ways in which a listening node, an app or a broken sender may name a phone. */
const MESSAGES: readonly ((tag: string) => { topic: string; body: string })[] = [
  (tag) => ({
    topic: `espresense/devices/${tag}/node-1`,
    body: JSON.stringify({ id: tag, mac: tag, name: tag, rssi: -70 }),
  }),
  (tag) => ({ topic: `espresense/devices/${tag}/node-1`, body: JSON.stringify({ id: tag, rssi: -700 }) }),
  (tag) => ({ topic: `espresense/devices/${tag}/node-1`, body: JSON.stringify({ id: tag, mac: tag }) }),
  (tag) => ({ topic: `espresense/devices/${tag}/node-1`, body: `{"id":"${tag}","mac":"${tag}","rssi":-7` }),
  (tag) => ({ topic: `espresense/devices/${tag}/node-1`, body: `${tag} is here \u0000` }),
  (tag) => ({ topic: 'espresense/rooms/node-1/status', body: `"mac":"${tag}"` }),
  (tag) => ({ topic: `espresense/settings/${tag}/config`, body: JSON.stringify({ name: tag }) }),
  (tag) => ({ topic: `home/gw/BTtoMQTT/${tag}`, body: JSON.stringify({ id: tag, rssi: -70 }) }),
  (tag) => ({
    topic: 'endcap/v1/shelf/shelf-1',
    body: JSON.stringify({ sku: 'DRK-0417', count: 1, mac: tag }),
  }),
  (tag) => ({
    topic: 'endcap/v1/traffic/entrance',
    body: JSON.stringify({ boot: 'b', in: 1, out: 1, idfa: tag }),
  }),
];

async function send(rim: TestRim, count: number): Promise<string[]> {
  const random = createRandom(seed);
  const parts: string[] = [];
  const all = Array.from({ length: count }, () => {
    const person = identity(random);
    parts.push(...person.parts);
    const { topic, body } = random.pick(MESSAGES)(person.tag);
    return rim.intake.receive({ topic, bytes: Buffer.from(body), channel: 'mqtt', device: 'node-1' });
  });
  await Promise.all(all);
  return parts;
}

/** Which parts a text holds, in any spelling: every window of every word is looked up. */
function findParts(text: string, parts: readonly string[]): string[] {
  const wanted = new Set(parts);
  const lengths = [...new Set(parts.map((part) => part.length))];
  const found = new Set<string>();
  const words = new Set(
    text
      .toLowerCase()
      .replace(/[:.\-_]/g, '')
      .match(/[0-9a-z]{12,}/g),
  );
  for (const word of words) {
    for (const length of lengths) {
      for (let at = 0; at + length <= word.length; at++) {
        const window = word.slice(at, at + length);
        if (wanted.has(window)) found.add(window);
      }
    }
  }
  return [...found];
}

describe('S13: no raw device identity', () => {
  it(`keeps nothing by which one of ${PERSONS} phones would be recognised`, async () => {
    const rim = await openRim();
    const parts = await send(rim, PERSONS);
    const { sid } = await rim.people.createShopper();
    await rim.people.linkTag(sid, { tag: 'known:6f2a91c04be7' });
    await rim.people.linkLoyalty(sid, { loyaltyId: 'LOYAL-0815-4711' });
    const types = new Set(rim.events().map(({ event }) => event.type));
    await rim.close();
    const disk = bytesOnDisk(rim.folder);
    expect(findParts(disk, [...parts, '6f2a91c04be7', 'loyal08154711'])).toEqual([]);
    expect(types).toContain('presence.sighting');
    expect(types).toContain('quarantine.event');
    expect(JSON.stringify([...rim.counts.keys()])).not.toMatch(/[0-9a-f]{12}/);

    const control = await openRim({ masker: () => NO_MASK });
    const named = await send(control, CONTROL_PERSONS);
    await control.close();
    const found = findParts(bytesOnDisk(control.folder), named).length;
    expect(found).toBeGreaterThan(CONTROL_PERSONS / 4);
    keptPromise({
      promise: 'S13',
      what: `${PERSONS} phones by ${MESSAGES.length} kinds of message, well-formed and broken`,
      figure: '0 found on the disk',
      control: `masker off: ${found} of ${CONTROL_PERSONS} found`,
      seed,
    });
  }, 120_000);

  it('gives a stranger another name each day, and the same within a day', async () => {
    let nowMs = Date.parse('2026-11-23T10:00:00Z');
    const rim = await openRim({
      clock: { nowMs: () => nowMs, monotonicMs: () => nowMs, untrusted: () => undefined },
    });
    const today = rim.visitors.visitorOf('known:6f2a91c04be7');
    nowMs += 10 * 3_600_000;
    expect(rim.visitors.visitorOf('KNOWN:6F2A91C04BE7')).toBe(today);
    nowMs += 10 * 3_600_000;
    expect(rim.visitors.visitorOf('known:6f2a91c04be7')).not.toBe(today);
    expect(today).toMatch(/^a:[A-Za-z0-9_-]{16}$/);
  });

  it('leaves the shop’s own equipment its name', async () => {
    const rim = await openRim();
    rim.registered.add('6f2a91c04be7');
    expect(rim.masker.data({ mac: '6f2a91c04be7', note: 'label 6F:2A:91:C0:4B:E7 changed' })).toEqual({
      mac: '6f2a91c04be7',
      note: 'label 6F:2A:91:C0:4B:E7 changed',
    });
    expect(rim.masker.data({ mac: '001122334455', note: 'label 00:11:22:33:44:55 changed' })).toEqual({
      mac: '[device id]',
      note: 'label [device id] changed',
    });
  });

  it('recognises an enrolled tag whose node writes the Eddystone namespace with eleven bytes', async () => {
    const rim = await openRim();
    const { sid } = await rim.people.createShopper();
    await rim.people.linkTag(sid, { tag: 'eddy:0102030405060708090A-000000001A2B' });
    await rim.people.consent({ sid, purpose: 'location', granted: true, textVersion: '1', ageBand: '18+' });
    await rim.intake.receive({
      topic: 'espresense/devices/eddy:010203040506060708090a-000000001a2b/node-1',
      bytes: Buffer.from('{"rssi":-70}'),
      channel: 'mqtt',
      device: 'node-1',
    });
    const sightings = rim
      .events()
      .flatMap(({ event }) => (isType(event, 'presence.sighting') ? [event.data] : []));
    expect(sightings).toMatchObject([{ visitor: `s:${sid}` }]);
  });
});
