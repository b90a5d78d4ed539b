import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONNACK, PUBACK, packet, publishPacket, SUBACK } from '../../ingest/support/raw-client.js';
import {
  answer,
  type Conformance,
  type Device,
  greet,
  isClosed,
  keepsS21,
  number,
  openConformance,
  PUBACK_BYTE,
  PUBCOMP_BYTE,
  PUBREC_BYTE,
  PUBREL_BYTE,
  pingPacket,
  stands,
  subscribe,
  text,
  unsubscribe,
} from './wire.js';

let house: Conformance;
let shelf: Device;
const READING = '{"sku":"DRK-1001","count":40}';
beforeAll(async () => {
  house = await openConformance();
  shelf = await house.device('drinks-soft');
});
afterAll(() => house?.close());

const topic = (): string => `endcap/v1/shelf/${shelf.id}`;
const nothing = Buffer.alloc(0);
/** A surrogate as three bytes, an overlong slash, a byte that never occurs, and a text that ends in a character's middle. */
const ILL_FORMED = [[0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xff], [0xe2, 0x82]].map((bytes) =>
  Buffer.from(bytes),
);

/** An accepted connection is closed after these bytes, and nobody else's. */
async function closes(what: string, bytes: Buffer): Promise<void> {
  const client = await house.enter(shelf, { clientId: `${shelf.id}/closes` });
  client.send(bytes);
  await isClosed(client).catch(() => {
    throw new Error(`${what}: the connection stands`);
  });
}

describe('bytes that are not MQTT', () => {
  it('[MQTT-1.5.3-1] ill-formed UTF-8 closes the connection, in every text of every packet', async () => {
    for (const bad of ILL_FORMED) {
      await closes('topic', publishPacket({ topic: bad as never, payload: READING }));
      await closes('filter', subscribe(1, [bad, 0]));
      await closes('filter to leave', packet(0xa2, Buffer.concat([number(1), text(bad)])));
      const credentials = { username: shelf.id, password: shelf.token };
      for (const greeting of [
        { ...credentials, clientId: bad },
        { ...credentials, username: bad },
        { ...credentials, will: { topic: bad, payload: 'x' } },
        { ...credentials, protocol: bad },
      ]) {
        const client = await house.send(greet(greeting));
        expect(await client.next(CONNACK)).toBe('closed');
      }
    }
  });

  it('[MQTT-1.5.3-2] U+0000 closes the connection', async () => {
    await closes('topic', publishPacket({ topic: `${topic()}\u0000`, payload: READING }));
    await closes('filter', subscribe(1, ['endcap/v1/decision/\u0000', 0]));
    const client = await house.send(
      greet({ clientId: `${shelf.id}/\u0000`, username: shelf.id, password: shelf.token }),
    );
    expect(await client.next(CONNACK)).toBe('closed');
  });

  it('[MQTT-1.5.3-3] EF BB BF is a character like another and is not taken away', async () => {
    const client = await house.enter(shelf, { clientId: `${shelf.id}/bom` });
    // Not the shelf's own topic, so it is refused as somebody else's.
    client.send(publishPacket({ topic: `\uFEFF${topic()}`, payload: READING }));
    await isClosed(client);
    const known = await house.enter(shelf, { clientId: `${shelf.id}/bom` });
    known.send(publishPacket({ topic: topic(), payload: READING }));
    expect(await known.next(PUBACK)).toEqual(number(1));
  });

  it('[MQTT-2.2.2-2] flags of a header that are reserved close the connection', async () => {
    await closes('SUBSCRIBE', packet(0x80, subscribe(1, ['endcap/v1/decision/a', 0]).subarray(2)));
    await closes('UNSUBSCRIBE', packet(0xa0, unsubscribe(1, 'a').subarray(2)));
    await closes('PUBREL', answer(0x60, 1));
    for (const first of [0x41, 0x58, 0x72, 0xc1, 0xe4]) await closes('other', packet(first, number(1)));
  });

  it('[MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1] PUBREL, SUBSCRIBE and UNSUBSCRIBE carry 0010', async () => {
    for (const flags of [0, 1, 3, 6, 10, 15]) {
      await closes('PUBREL', answer(0x60 | flags, 1));
      await closes('SUBSCRIBE', packet(0x80 | flags, subscribe(1, ['a', 0]).subarray(2)));
      await closes('UNSUBSCRIBE', packet(0xa0 | flags, unsubscribe(1, 'a').subarray(2)));
    }
  });

  it('[MQTT-3.14.1-1] a DISCONNECT with reserved bits closes the connection like any other error', async () => {
    for (const flags of [1, 2, 8]) await closes('DISCONNECT', packet(0xe0 | flags, nothing));
  });

  it('[MQTT-4.8.0-1] a length that never ends, lies, or leaves no room for the fields', async () => {
    await closes('five bytes of length', Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]));
    await closes('topic longer than its packet', packet(0x32, Buffer.from([0, 200, 0x61])));
    await closes('PUBLISH without room for its number', packet(0x32, text(topic())));
    await closes('PUBACK of one byte', packet(PUBACK_BYTE, Buffer.from([1])));
    await closes('PUBACK of three bytes', packet(PUBACK_BYTE, Buffer.from([0, 1, 0])));
    await closes('PINGREQ with a body', packet(0xc0, number(1)));
    await closes('reserved type 0', packet(0x00, nothing));
    await closes('reserved type 15', packet(0xf0, nothing));
    for (const type of [0x20, 0x90, 0xb0, 0xd0])
      await closes('what only a server says', packet(type, number(0)));
  });

  it('[MQTT-4.8.0-1] half a packet takes its fields from nobody behind it', async () => {
    const client = await house.enter(shelf, { clientId: `${shelf.id}/half` });
    // Without its own number a PUBACK would take the two bytes of the PINGREQ for it.
    client.send(Buffer.concat([packet(PUBACK_BYTE, nothing), pingPacket]));
    await isClosed(client);
  });

  it('[MQTT-2.3.1-1] a packet with number 0 closes the connection', async () => {
    await closes('PUBLISH', publishPacket({ topic: topic(), payload: READING, id: 0 }));
    await closes('QoS 2', publishPacket({ topic: topic(), payload: READING, id: 0, qos: 2 }));
    await closes('SUBSCRIBE', subscribe(0, ['endcap/v1/decision/a', 0]));
    await closes('UNSUBSCRIBE', unsubscribe(0, 'a'));
    for (const kind of [PUBACK_BYTE, PUBREC_BYTE, PUBREL_BYTE, PUBCOMP_BYTE])
      await closes('ack', answer(kind, 0));
  });

  it('[MQTT-3.3.1-4] both bits of QoS close the connection', () =>
    closes('QoS 3', packet(0x36, Buffer.concat([text(topic()), number(1), Buffer.from(READING)]))));

  it('[MQTT-3.3.1-2] DUP without QoS closes the connection', () =>
    closes('DUP', publishPacket({ topic: topic(), payload: READING, qos: 0, dup: true })));

  it('[MQTT-3.3.2-2] [MQTT-4.7.1-1] a topic with a wildcard closes the connection', async () => {
    for (const name of [`endcap/v1/shelf/+`, 'endcap/v1/shelf/#', '#', '+'])
      for (const qos of [0, 1, 2] as const)
        await closes(name, publishPacket({ topic: name, payload: READING, qos }));
  });

  it('[MQTT-4.7.3-1] a topic or filter without a character closes the connection', async () => {
    await closes('topic', publishPacket({ topic: '', payload: READING }));
    await closes('filter', subscribe(1, ['', 0]));
    await closes('filter to leave', unsubscribe(1, ''));
  });

  it('[MQTT-3.8.3-3] [MQTT-3.10.3-2] no filter at all closes the connection', async () => {
    await closes('SUBSCRIBE', subscribe(1));
    await closes('UNSUBSCRIBE', unsubscribe(1));
  });

  it('[MQTT-3.8.3-4] bits of the QoS byte of a filter that are reserved, or QoS 3, close the connection', async () => {
    for (const qos of [3, 4, 0x40, 0x80, 0x81])
      await closes(String(qos), subscribe(1, ['endcap/v1/decision/a', qos]));
  });

  it('[MQTT-4.7.1-2] [MQTT-4.7.1-3] wildcards inside a level close the connection', async () => {
    for (const filter of ['a#', '#/a', 'a/#/b', 'a/b#', '+a', 'a+', 'a/+b', 'a/b+/c', '++', '+#', '##'])
      for (const bytes of [subscribe(1, [filter, 0]), unsubscribe(1, filter)]) await closes(filter, bytes);
  });

  it('one byte at a time is read like all at once', async () => {
    const client = await house.send();
    const all = Buffer.concat([
      greet({ clientId: `${shelf.id}/drip`, username: shelf.id, password: shelf.token }),
      publishPacket({ topic: topic(), payload: READING, id: 300 }),
      subscribe(301, ['endcap/v1/decision/beverages', 1]),
    ]);
    for (const byte of all) client.send(Buffer.from([byte]));
    expect(await client.next(CONNACK)).toEqual(Buffer.from([0, 0]));
    expect(await client.next(PUBACK)).toEqual(number(300));
    expect(await client.next(SUBACK)).toEqual(Buffer.from([...number(301), 1]));
    expect(await stands(client)).toBe(true);
  });
});

keepsS21('framing');
