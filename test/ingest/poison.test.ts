import { describe, expect, it } from 'vitest';
import { isType, RefusalError } from '../../edge/contracts/index.js';
import type { Journal } from '../../edge/store/types.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { createRandom } from './support/random.js';
import { CONNACK, connectPacket, openRaw, PUBACK, publishPacket } from './support/raw-client.js';
import { openRim, type RimOptions, type TestRim } from './support/rim.js';

const MESSAGES = sized({ q: 400, n: 4_000 });
const WITHIN_MS = 5_000;
const TOPIC = 'endcap/v1/shelf/shelf-1';
const seed = runSeed('D13');

const good = (count: number): Buffer => Buffer.from(JSON.stringify({ sku: 'DRK-0417', count }));

/** One of each kind of message that stopped some queue somewhere. */
const POISON: Readonly<Record<string, () => Buffer>> = {
  empty: () => Buffer.alloc(0),
  'not UTF-8': () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  'half a document': () => Buffer.from('{"sku":"DRK-0417","cou'),
  'wrong type': () => Buffer.from('{"sku":"DRK-0417","count":"many"}'),
  'next version': () => Buffer.from('{"sku":"DRK-0417","count":1,"dataschema":"shelf.reading/2"}'),
  oversize: () => Buffer.from(JSON.stringify({ sku: 'DRK-0417', count: 1, pad: 'x'.repeat(300_000) })),
  deep: () => Buffer.from(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
  'a thousand zeros': () => Buffer.alloc(1_000),
  __proto__: () => Buffer.from('{"__proto__":{"count":1},"constructor":1}'),
  'a huge number': () => Buffer.from('{"sku":"DRK-0417","count":1e400}'),
};

/** Sends good and bad in one stream; says how many were acknowledged and how long a good one took at most. */
async function stream(
  rim: TestRim,
): Promise<{ acknowledged: number; kept: number; slowestMs: number; poisons: number }> {
  const random = createRandom(seed);
  const raw = await openRaw(rim.port);
  raw.send(connectPacket({ clientId: 'shelf-1', username: 'shelf-1', password: rim.tokenOf('shelf-1') }));
  await raw.next(CONNACK);
  let acknowledged = 0;
  let slowestMs = 0;
  let poisons = 0;
  for (let n = 1; n <= MESSAGES && !raw.closed(); n++) {
    const bad = random.below(2) === 0 ? POISON[random.pick(Object.keys(POISON))] : undefined;
    if (bad !== undefined) poisons += 1;
    const sentMs = performance.now();
    raw.send(publishPacket({ topic: TOPIC, payload: bad?.() ?? good(n), id: n }));
    if ((await raw.next(PUBACK)) === 'closed') break;
    acknowledged += 1;
    if (bad === undefined) slowestMs = Math.max(slowestMs, performance.now() - sentMs);
  }
  const kept = rim.events().filter(({ event }) => event.type === 'shelf.reading').length;
  raw.socket.destroy();
  return { acknowledged, kept, slowestMs, poisons };
}

/** Negative control: what is not understood cannot be set aside. */
const NO_QUARANTINE: RimOptions = {
  between: (journal) =>
    new Proxy(journal, {
      get: (target, name) =>
        name === 'append'
          ? (...parameters: Parameters<Journal['append']>) =>
              parameters[0].some((event) => event.type === 'quarantine.event')
                ? Promise.reject(new RefusalError({ reason: 'QuotaReached', detail: 'no quarantine' }))
                : target.append(...parameters)
          : Reflect.get(target, name),
    }),
};

describe('D13: poison never blocks', () => {
  it(`takes every good message among ${MESSAGES}, half of them poison, within ${WITHIN_MS} ms`, async () => {
    // Every poison is looked at here, so that none may only be counted.
    const rim = await openRim({ setAside: { senderRecordsAMinute: MESSAGES, senderRecordsADay: MESSAGES } });
    const { acknowledged, kept, slowestMs, poisons } = await stream(rim);
    expect(acknowledged).toBe(MESSAGES);
    expect(kept).toBe(MESSAGES - poisons);
    expect(slowestMs).toBeLessThan(WITHIN_MS);
    const aside = rim
      .events()
      .flatMap(({ event }) => (isType(event, 'quarantine.event') ? [event.data] : []));
    expect(aside).toHaveLength(poisons);
    expect(new Set(aside.map((record) => record.reason))).toEqual(
      new Set(['MalformedJson', 'MalformedText', 'SchemaMismatch', 'UnknownVersion', 'TooLarge']),
    );
    const cut = aside.find((record) => record.reason === 'TooLarge');
    expect(cut).toMatchObject({ cut: true, bytes: expect.any(Number) });
    // The decisions go on as well: the engine has handled everything that came.
    await rim.engine.idle();
    expect(rim.failures).toEqual([]);

    const control = await openRim(NO_QUARANTINE);
    const blocked = await stream(control);
    expect(blocked.acknowledged).toBeLessThan(MESSAGES);
    keptPromise({
      promise: 'D13 (store)',
      what: `${poisons} poison messages of ${Object.keys(POISON).length} kinds among ${MESSAGES}`,
      figure: `every good one kept, the slowest after ${Math.round(slowestMs)} ms`,
      control: `without quarantine: cut after ${blocked.acknowledged} messages`,
      seed,
    });
  }, 120_000);

  it('sets aside what breaks its own format', async () => {
    const rim = await openRim();
    const adapter = {
      ...{ name: 'broken', version: '1', topics: [] },
      decode: () => {
        throw new TypeError('a bug');
      },
    };
    const bytes = Buffer.from('anything');
    const receipt = await rim.intake.receive({
      topic: TOPIC,
      bytes,
      channel: 'mqtt',
      device: 'shelf-1',
      adapter,
    });
    expect(receipt).toMatchObject({ outcome: 'refused', refusal: { reason: 'CoreFailed' } });
  });

  it('lets staff mend what was set aside, once, by the same way in', async () => {
    const rim = await openRim();
    const aside = await rim.intake.receive({
      topic: TOPIC,
      bytes: Buffer.from('{"sku":"DRK-0417","count":"4"}'),
      channel: 'mqtt',
      device: 'shelf-1',
    });
    expect(aside).toMatchObject({
      outcome: 'refused',
      refusal: { reason: 'SchemaMismatch', field: '/count' },
    });
    const again = (body: string) =>
      rim.intake.receive({
        ...{ topic: TOPIC, bytes: Buffer.from(body), channel: 'mqtt', device: 'shelf-1' },
        mending: { name: 'record-1/mended', settlement: [] },
      });
    await expect(again('{"sku":"DRK-0417","count":"four"}')).rejects.toThrow('SchemaMismatch');
    expect(await again('{"sku":"DRK-0417","count":4}')).toMatchObject({ outcome: 'kept' });
    expect(rim.events().filter(({ event }) => event.type === 'quarantine.event')).toHaveLength(1);
  });
});
