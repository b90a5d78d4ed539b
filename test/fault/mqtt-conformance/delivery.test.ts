import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  PUBACK,
  PUBCOMP,
  PUBREC,
  publishPacket,
  type RawClient,
  SUBACK,
  UNSUBACK,
} from '../../ingest/support/raw-client.js';
import { describeWith } from '../../support/components.js';
import { eventsOf } from '../../support/shopper.js';
import { until } from '../../support/until.js';
import {
  answer,
  type Conformance,
  type Device,
  isClosed,
  keepsS21,
  nextHeard,
  number,
  openConformance,
  PUBACK_BYTE,
  PUBCOMP_BYTE,
  PUBREC_BYTE,
  PUBREL_BYTE,
  stands,
  subscribe,
  takeHeard,
  unsubscribe,
} from './wire.js';

const PUBREL = 6;
let house: Conformance;
let shelf: Device;
beforeAll(async () => {
  house = await openConformance();
  shelf = await house.device('drinks-soft');
});
afterAll(() => house?.close());

const topic = (): string => `endcap/v1/shelf/${shelf.id}`;
const reading = (count: number): string => JSON.stringify({ sku: 'DRK-1001', count });
/** A message that is set aside is answered to its sender at the same QoS: the way to hear every QoS from the store. */
const BAD = '{"sku":';
const refusals = (clientId: string): string => `endcap/v1/refused/${encodeURIComponent(clientId)}`;
const counts = async (): Promise<number[]> =>
  (await eventsOf(house.store, 'shelf.reading')).map(({ data }) => (data as { count: number }).count);

async function subscribed(client: RawClient, filter: string, qos: number): Promise<number[]> {
  client.send(subscribe(900, [filter, qos]));
  const said = await client.next(SUBACK);
  return said === 'closed' ? [] : [...said.subarray(2)];
}

describe('PUBLISH to the store', () => {
  it('[MQTT-3.3.4-1] [MQTT-4.3.1-1] [MQTT-4.3.2-2] [MQTT-4.3.3-2] [MQTT-2.3.1-6] is answered by its QoS and number', async () => {
    const client = await house.enter(shelf, { clientId: `${shelf.id}/qos` });
    client.send(publishPacket({ topic: topic(), payload: reading(10), qos: 0 }));
    client.send(publishPacket({ topic: topic(), payload: reading(11), qos: 1, id: 65_535 }));
    expect(await client.next(PUBACK)).toEqual(number(65_535));
    client.send(publishPacket({ topic: topic(), payload: reading(12), qos: 2, id: 515 }));
    expect(await client.next(PUBREC)).toEqual(number(515));
    client.send(answer(PUBREL_BYTE, 515));
    expect(await client.next(PUBCOMP)).toEqual(number(515));
    expect(client.received).toEqual([]);
    expect(await counts()).toEqual(expect.arrayContaining([10, 11, 12]));
  });

  it('[MQTT-4.3.3-2] QoS 2 that comes again before PUBREL is one message, after PUBCOMP its number is free', async () => {
    const client = await house.enter(shelf, { clientId: `${shelf.id}/twice` });
    const message = { topic: topic(), payload: reading(20), qos: 2 as const, id: 7 };
    client.send(publishPacket(message));
    await client.next(PUBREC);
    client.send(publishPacket({ ...message, dup: true }));
    expect(await client.next(PUBREC)).toEqual(number(7));
    for (const _twice of [1, 2]) {
      client.send(answer(PUBREL_BYTE, 7));
      expect(await client.next(PUBCOMP)).toEqual(number(7));
    }
    client.send(publishPacket({ ...message, payload: reading(21) }));
    await client.next(PUBREC);
    const held = await counts();
    expect(held.filter((count) => count === 20)).toHaveLength(1);
    expect(held).toContain(21);
  });

  it('[MQTT-4.6.0-2] acknowledgements keep the order of the messages', async () => {
    const client = await house.enter(shelf, { clientId: `${shelf.id}/order` });
    const ids = Array.from({ length: 100 }, (_none, n) => 1 + ((n * 37) % 100));
    // Every fifth is set aside, which takes another way through the house.
    client.send(
      Buffer.concat(
        ids.map((id, n) =>
          publishPacket({ topic: topic(), payload: n % 5 === 0 ? BAD : reading(500 + n), id }),
        ),
      ),
    );
    await until(() => client.received.filter(({ type }) => type === PUBACK).length === 100, {
      withinMs: 20_000,
      what: 'all acknowledgements',
    });
    expect(
      client.received.filter(({ type }) => type === PUBACK).map(({ body }) => body.readUInt16BE(0)),
    ).toEqual(ids);
  });

  it('[MQTT-3.3.5-2] where the client may not speak closes the connection', async () => {
    for (const qos of [0, 1, 2] as const) {
      const client = await house.enter(shelf, { clientId: `${shelf.id}/acl` });
      client.send(publishPacket({ topic: 'endcap/v1/shelf/another', payload: reading(1), qos }));
      await isClosed(client);
      expect(client.received).toEqual([]);
    }
  });
});

describe('SUBSCRIBE', () => {
  it('[MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-4] [MQTT-3.8.4-5] [MQTT-3.9.3-1] [MQTT-3.9.3-2] [MQTT-2.3.1-7] one SUBACK, a code for each filter, in order', async () => {
    const client = await house.enter(shelf, { clientId: `${shelf.id}/sub` });
    client.send(
      subscribe(
        4_660,
        ['endcap/v1/decision/+', 1],
        ['$SYS/#', 0],
        ['endcap/v1/decision/#', 2],
        ['#', 0],
        [refusals(`${shelf.id}/sub`), 0],
        ['+/+', 1],
      ),
    );
    expect(await client.next(SUBACK)).toEqual(Buffer.from([...number(4_660), 1, 0x80, 2, 0x80, 0, 0x80]));
    expect(client.received).toEqual([]);
  });

  it('deviates from [MQTT-3.9.3-1] where one packet names a filter twice: one code for both', async () => {
    const client = await house.enter(shelf, { clientId: `${shelf.id}/same` });
    client.send(subscribe(5, ['endcap/v1/decision/a', 0], ['endcap/v1/decision/a', 1]));
    expect(await client.next(SUBACK)).toEqual(Buffer.from([...number(5), 1]));
  });

  it('[MQTT-3.8.4-6] [MQTT-3.3.1-3] [MQTT-3.3.1-9] [MQTT-3.3.2-3] [MQTT-2.3.1-5] what is heard has the lower QoS of both, no DUP, no RETAIN', async () => {
    for (const granted of [0, 1, 2])
      for (const sent of [0, 1, 2] as const) {
        const name = `${shelf.id}/min`;
        const client = await house.enter(shelf, { clientId: name });
        expect(await subscribed(client, refusals(name), granted)).toEqual([granted]);
        client.send(
          publishPacket({
            topic: topic(),
            payload: BAD,
            qos: sent,
            id: 10 + 3 * granted + sent,
            dup: sent > 0,
            retain: true,
          }),
        );
        const message = await nextHeard(client);
        const qos = Math.min(granted, sent);
        expect(message).toMatchObject({ topic: refusals(name), qos, dup: false, retain: false });
        if (qos > 0) expect(message.id).toBeGreaterThan(0);
      }
  });

  it('[MQTT-3.10.4-1] [MQTT-3.10.4-2] [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6] UNSUBSCRIBE ends the very filter, and is answered once', async () => {
    const name = `${shelf.id}/unsub`;
    const client = await house.enter(shelf, { clientId: name });
    await subscribed(client, refusals(name), 0);
    client.send(unsubscribe(20, 'endcap/v1/refused/+', 'never/was'));
    expect(await client.next(UNSUBACK)).toEqual(number(20));
    client.send(publishPacket({ topic: topic(), payload: BAD, id: 1 }));
    await nextHeard(client);
    client.send(unsubscribe(21, 'never/was', refusals(name)));
    expect(await client.next(UNSUBACK)).toEqual(number(21));
    client.send(publishPacket({ topic: topic(), payload: BAD, id: 2 }));
    await until(() => client.received.filter(({ type }) => type === PUBACK).length === 2, {
      withinMs: 10_000,
      what: 'the second message to be acknowledged',
    });
    expect(await stands(client)).toBe(true);
    expect(takeHeard(client)).toEqual([]);
  });

  it('[MQTT-3.8.4-3] [MQTT-3.3.5-1] the same filter again replaces, and nothing is heard twice', async () => {
    const name = `${shelf.id}/again`;
    const client = await house.enter(shelf, { clientId: name });
    for (const qos of [0, 2, 1]) expect(await subscribed(client, refusals(name), qos)).toEqual([qos]);
    client.send(publishPacket({ topic: topic(), payload: BAD, qos: 2, id: 1 }));
    expect(await nextHeard(client)).toMatchObject({ qos: 1 });
    expect(await stands(client)).toBe(true);
    expect(takeHeard(client)).toEqual([]);
  });
});

describe('sessions', () => {
  const lasting = (name: string, clean = false) =>
    house.enter(shelf, { clientId: `${shelf.id}/${name}`, clean });

  it('[MQTT-3.1.2-4] [MQTT-3.1.2-5] [MQTT-3.1.2-6] [MQTT-3.2.2-1] [MQTT-3.2.2-2] [MQTT-3.2.2-3] last until a clean one comes', async () => {
    const first = await lasting('lasts');
    expect(first.sessionPresent).toBe(false);
    first.socket.destroy();
    // Nothing was asked for yet: a session is there all the same.
    const second = await lasting('lasts');
    expect(second.sessionPresent).toBe(true);
    await subscribed(second, refusals(`${shelf.id}/lasts`), 1);
    second.socket.destroy();
    const third = await lasting('lasts');
    expect(third.sessionPresent).toBe(true);
    third.send(publishPacket({ topic: topic(), payload: BAD, id: 1 }));
    expect((await nextHeard(third)).topic).toBe(refusals(`${shelf.id}/lasts`));
    third.socket.destroy();
    const clean = await lasting('lasts', true);
    expect(clean.sessionPresent).toBe(false);
    clean.socket.destroy();
    const anew = await lasting('lasts');
    expect(anew.sessionPresent).toBe(false);
    anew.send(publishPacket({ topic: topic(), payload: BAD, id: 2 }));
    await anew.next(PUBACK);
    expect(await stands(anew)).toBe(true);
    expect(takeHeard(anew)).toEqual([]);
  });

  it('[MQTT-4.4.0-1] [MQTT-3.3.1-1] [MQTT-4.3.2-1] what was not acknowledged comes again, same number, with DUP', async () => {
    const client = await lasting('redeliver');
    await subscribed(client, refusals(`${shelf.id}/redeliver`), 2);
    client.send(publishPacket({ topic: topic(), payload: BAD, qos: 1, id: 1 }));
    const once = await nextHeard(client);
    expect(once).toMatchObject({ qos: 1, dup: false });
    client.socket.destroy();
    const back = await lasting('redeliver');
    expect(await nextHeard(back)).toEqual({ ...once, dup: true });
    back.send(answer(PUBACK_BYTE, once.id!));
    expect(await stands(back)).toBe(true);
    back.socket.destroy();
    const done = await lasting('redeliver');
    expect(await stands(done)).toBe(true);
    expect(takeHeard(done)).toEqual([]);
  });

  it('[MQTT-4.3.3-1] [MQTT-4.4.0-1] QoS 2 goes on where it stood: PUBREL again, until PUBCOMP', async () => {
    const client = await lasting('second');
    await subscribed(client, refusals(`${shelf.id}/second`), 2);
    client.send(publishPacket({ topic: topic(), payload: BAD, qos: 2, id: 1 }));
    const { id } = await nextHeard(client);
    client.send(answer(PUBREC_BYTE, id!));
    expect(await client.next(PUBREL)).toEqual(number(id!));
    client.socket.destroy();
    const back = await lasting('second');
    expect(await back.next(PUBREL)).toEqual(number(id!));
    expect(takeHeard(back)).toEqual([]);
    back.send(answer(PUBCOMP_BYTE, id!));
    expect(await stands(back)).toBe(true);
    back.socket.destroy();
    const done = await lasting('second');
    expect(await stands(done)).toBe(true);
    expect(done.received).toEqual([]);
  });
});

await describeWith(['mosquitto-clients'], 'a second opinion', () => {
  const run = (program: string, ...words: string[]): Promise<string> =>
    new Promise((done) => {
      const at = ['-h', '127.0.0.1', '-p', new URL(house.store.mqttUrl).port, '-V', 'mqttv311', '-d'];
      const child = execFile(program, [...at, ...words], { timeout: 15_000 }, (_error, out, said) =>
        done(out + said),
      );
      child.stdin?.end();
    });
  const login = () => ['-u', shelf.id, '-P', shelf.token];

  it('mosquitto_pub is content with QoS 0, 1 and 2, and hears why it is refused', async () => {
    const said = await run('mosquitto_pub', ...login(), '-t', topic(), '-m', reading(90), '-q', '2');
    for (const word of ['CONNACK (0)', 'received PUBREC', 'received PUBCOMP']) expect(said).toContain(word);
    expect(await run('mosquitto_pub', ...login(), '-t', topic(), '-m', reading(91), '-q', '1')).toContain(
      'PUBACK',
    );
    await run('mosquitto_pub', ...login(), '-t', topic(), '-m', reading(92), '-q', '0');
    await until(
      async () => {
        const held = await counts();
        return [90, 91, 92].every((count) => held.includes(count)) ? true : undefined;
      },
      { withinMs: 10_000, what: 'the readings to be in the journal' },
    );
    expect(await run('mosquitto_pub', '-u', shelf.id, '-P', 'wrong', '-t', 'x', '-m', 'y')).toContain(
      'CONNACK (4)',
    );
  }, 60_000);

  it('mosquitto_sub is content with what is granted and what is not', async () => {
    const words = ['-t', 'endcap/v1/decision/#', '-t', '$SYS/#', '-q', '1', '-W', '2'];
    const said = await run('mosquitto_sub', ...login(), ...words);
    expect(said).toContain('received SUBACK');
    expect(said).toMatch(/Subscribed \(mid: \d+\): 1, 128/);
  }, 60_000);
});

keepsS21('delivery');
