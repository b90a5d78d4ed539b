import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RefusalError, TOPICS, type TopicName } from '../../edge/contracts/index.js';
import { fieldMisfit } from '../../edge/ingest/adapters/json.js';
import { topicMatches } from '../../edge/ingest/adapters/topic-filter.js';
import { createAckQueue } from '../../edge/ingest/mqtt/ack-queue.js';
import { canonicalTag } from '../../edge/ingest/tags.js';
import type { Draft } from '../../edge/ports.js';
import { runSeed } from '../support/promise.js';
import { openRim, POLICY, STORE, type TestRim } from './support/rim.js';

const seed = runSeed('gate');
const START_MS = Date.parse('2026-11-23T10:00:00.000Z');

/** A clock that is turned by hand, backwards too: the gate must not care. */
const handClock = (start = START_MS) => {
  const clock = {
    at: start,
    nowMs: () => clock.at,
    monotonicMs: () => performance.now(),
    untrusted: () => undefined,
  };
  return clock;
};

const reading = (extra: object = {}): Draft =>
  ({
    type: 'shelf.reading',
    device: 'shelf-1',
    data: { shelf: 'shelf-1', sku: 'DRK-0417', count: 3 },
    ...extra,
  }) as Draft;

const last = (rim: TestRim) => rim.events().at(-1)!.event;

describe('the gate', () => {
  it('stamps where, when, about whom and by which schema', async () => {
    const clock = handClock();
    const rim = await openRim({ clock });
    await rim.gate.admit([reading({ id: 'r-1', time: '2026-11-23T11:00:01+01:00' })]);
    expect(
      rim
        .events()
        .map(({ event }) => event)
        .find((event) => event.id === 'r-1'),
    ).toEqual({
      specversion: '1.0',
      id: 'r-1',
      source: `/store/${STORE}/shelf-1`,
      type: 'shelf.reading',
      time: '2026-11-23T11:00:01+01:00',
      recordedtime: '2026-11-23T10:00:00.000Z',
      partitionkey: 'shelf-1',
      dataschema: 'shelf.reading/1',
      data: { shelf: 'shelf-1', sku: 'DRK-0417', count: 3 },
    });
  });

  it.each([
    ['ten minutes behind', -10 * 60_000, false],
    ['a little more behind', -10 * 60_000 - 1, true],
    ['ten minutes ahead', 10 * 60_000, false],
    ['a day ahead', 86_400_000, true],
  ])('marks a device that is %s', async (_what, offMs, late) => {
    const rim = await openRim({ clock: handClock() });
    await rim.gate.admit([reading({ time: new Date(START_MS + offMs).toISOString() })]);
    expect(last(rim).late ?? false).toBe(late);
  });

  it('keeps a time that is none out of `time`, and takes the event all the same', async () => {
    const rim = await openRim({ clock: handClock() });
    for (const time of ['2026-11-23T10:00:00', '2026-13-45T10:00:00Z', 'yesterday']) {
      await rim.gate.admit([reading({ time })]);
      expect(last(rim)).not.toHaveProperty('time');
    }
    await rim.gate.admit([reading({ devicetime: '1763892000' })]);
    expect(last(rim)).toMatchObject({ devicetime: '1763892000' });
  });

  it('refuses what does not fit and admits nothing of such a call', async () => {
    const rim = await openRim();
    const wrong = reading({ data: { shelf: 'shelf-1', sku: 'DRK-0417', count: -1 } });
    const work = rim.gate.admit([reading(), wrong]);
    await expect(work).rejects.toMatchObject({ refusal: { reason: 'SchemaMismatch', field: '/count' } });
    await expect(rim.gate.admit([{ ...reading(), type: 'no.such' as TopicName }])).rejects.toBeInstanceOf(
      RefusalError,
    );
    expect(rim.events().filter(({ event }) => event.type === 'shelf.reading')).toEqual([]);
    expect(await rim.gate.admit([])).toEqual([]);
  });

  it('puts the drafts of a call next to one another, whoever calls meanwhile', async () => {
    const rim = await openRim();
    const call = (n: number) => rim.gate.admit([1, 2, 3].map((k) => reading({ id: `${n}.${k}` })));
    await Promise.all(Array.from({ length: 20 }, (_none, n) => call(n)));
    const ids = rim
      .events()
      .filter(({ event }) => event.type === 'shelf.reading')
      .map(({ event }) => event.id);
    for (let at = 0; at < ids.length; at += 3) {
      const [n] = ids[at]!.split('.');
      expect(ids.slice(at, at + 3)).toEqual([`${n}.1`, `${n}.2`, `${n}.3`]);
    }
  });

  it('has a key for every topic, also where the field is a whole object or absent', async () => {
    const rim = await openRim();
    await rim.gate.admit([
      { type: 'hq.policy', device: 'config', data: POLICY },
      { type: 'hq.catalog', device: 'config', data: { products: [] } },
    ]);
    const keys = rim.events().map(({ event }) => [event.type, event.partitionkey]);
    expect(keys).toContainEqual(['hq.policy', STORE]);
    expect(keys).toContainEqual(['hq.catalog', STORE]);
    for (const row of Object.values(TOPICS)) expect(row.key).not.toBe('');
  });

  it('keeps a quarantined body as text, as base64 where it is none, and says when it was cut', async () => {
    const rim = await openRim();
    const aside = async (body: Buffer) => {
      const refusal = { reason: 'MalformedJson', detail: 'x' } as const;
      const rejection = { refusal, channel: 'mqtt' as const, topic: 't', device: '\u0000', body };
      const id = await rim.gate.quarantine(rejection);
      return rim.journal.readId(id)!.event.data;
    };
    expect(await aside(Buffer.from('naïve'))).toMatchObject({
      body: 'naïve',
      encoding: 'utf8',
      cut: false,
      device: '?',
    });
    const binary = Buffer.from([0xff, 0x00, 0x41]);
    expect(await aside(binary)).toMatchObject({
      body: binary.toString('base64'),
      encoding: 'base64',
      bytes: 3,
    });
    expect(await aside(Buffer.alloc(400_000, 'a'))).toMatchObject({ cut: true, bytes: 400_000 });
  });
});

describe('acknowledgements', () => {
  it('leave in the order of the messages, none after a refusal, whatever is durable first', () => {
    const steps = fc.array(fc.record({ close: fc.boolean(), order: fc.nat() }), { maxLength: 30 });
    const property = fc.property(steps, (messages) => {
      const sent: number[] = [];
      let closedAfter = -1;
      const queue = createAckQueue(() => {
        closedAfter = sent.length;
      });
      const slots = messages.map((_message, n) => queue.enter(() => sent.push(n)));
      const byTime = messages
        .map((message, n) => ({ ...message, n }))
        .sort((a, b) => a.order - b.order || a.n - b.n);
      for (const { n, close } of byTime) {
        if (close) slots[n]!.close('QuotaReached');
        else slots[n]!.acknowledge();
      }
      const firstClose = messages.findIndex((message) => message.close);
      const count = firstClose < 0 ? messages.length : firstClose;
      expect(sent).toEqual(Array.from({ length: count }, (_none, n) => n));
      expect(closedAfter).toBe(firstClose < 0 ? -1 : firstClose);
    });
    fc.assert(property, { seed, numRuns: 500 });
  });
});

describe('tags and topics', () => {
  it.each([
    ['eddy:010203040506060708090a-000000001a2b', 'eddy:0102030405060708090a-000000001a2b'],
    ['eddy:0102030405060708090a-000000001a2b', 'eddy:0102030405060708090a-000000001a2b'],
    [
      ' iBeacon:E5CA1ADE-F007-BA11-0000-000000000000-17-4201 ',
      'ibeacon:e5ca1ade-f007-ba11-0000-000000000000-17-4201',
    ],
  ])('are one: %s', (written, canonical) => {
    expect(canonicalTag(written)).toBe(canonical);
  });

  it.each([
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/d', false],
    ['a/+', 'a', false],
    ['a/#', 'a/b/c', true],
    ['+/b', '$SYS/b', false],
    ['#', '$SYS/b', false],
  ])('filter %s, topic %s: %s', (filter, topic, fits) => {
    expect(topicMatches(filter.split('/'), topic.split('/'))).toBe(fits);
  });

  it('name the field that does not fit', () => {
    expect(fieldMisfit('/rssi', 'expected a number')).toMatchObject({ rejection: { field: '/rssi' } });
  });
});
