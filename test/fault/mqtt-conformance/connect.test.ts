import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CONNACK,
  disconnectPacket,
  PINGRESP,
  PUBACK,
  publishPacket,
  type RawClient,
} from '../../ingest/support/raw-client.js';
import { eventsOf } from '../../support/shopper.js';
import { until } from '../../support/until.js';
import {
  type Conformance,
  type Device,
  type Greeting,
  greet,
  isClosed,
  keepsS21,
  openConformance,
  pingPacket,
  stands,
  subscribe,
} from './wire.js';

let house: Conformance;
let shelf: Device;
let node: Device;
beforeAll(async () => {
  house = await openConformance();
  shelf = await house.device('drinks-soft');
  node = await house.device('beverages-1');
});
afterAll(() => house?.close());

const reading = (count: number): string => JSON.stringify({ sku: 'DRK-1001', count });
const hello = (greeting: Greeting = {}): Buffer =>
  greet({ clientId: `${shelf.id}/hello`, username: shelf.id, password: shelf.token, ...greeting });
/** What the answer to a CONNECT says: its code, or that there was none. */
async function codeOf(bytes: Buffer): Promise<number | 'closed'> {
  const client = await house.send(bytes);
  const said = await client.next(CONNACK);
  if (said !== 'closed' && said[1] !== 0) {
    expect(said[0], 'MQTT-3.2.2-4').toBe(0);
    await isClosed(client);
  }
  return said === 'closed' ? said : said[1]!;
}
const readings = async (): Promise<number[]> =>
  (await eventsOf(house.store, 'shelf.reading')).map(({ data }) => (data as { count: number }).count);

describe('CONNECT', () => {
  it('[MQTT-3.1.0-1] anything else first closes the connection', async () => {
    const publish = publishPacket({ topic: `endcap/v1/shelf/${shelf.id}`, payload: reading(1) });
    for (const first of [publish, subscribe(1, ['a', 0]), pingPacket, disconnectPacket]) {
      const client = await house.send(first);
      await isClosed(client);
      expect(client.received).toEqual([]);
    }
  });

  it('[MQTT-3.1.0-2] a second one closes the connection', async () => {
    const client = await house.enter(shelf);
    client.send(hello());
    await isClosed(client);
  });

  it('[MQTT-3.1.2-1] another protocol name closes the connection', async () => {
    for (const protocol of ['mqtt', 'MQTt', 'HTTP', '', 'MQTT '])
      expect(await codeOf(hello({ protocol }))).toBe('closed');
  });

  it('[MQTT-3.1.2-2] [MQTT-3.2.2-4] [MQTT-3.2.2-5] a level that is not served hears 1', async () => {
    for (const level of [0, 1, 2, 3, 6, 127, 0x84, 255])
      expect(await codeOf(hello({ level })), `${level}`).toBe(1);
    // Level 5 has one more field, which a server of 3.1.1 does not have to understand to say no.
    expect(await codeOf(hello({ level: 5, clientId: Buffer.alloc(0), username: '' as never }))).not.toBe(0);
    expect(await codeOf(hello({ protocol: 'MQIsdp', level: 4 }))).toBe(1);
    expect(await codeOf(hello({ protocol: 'MQIsdp', level: 3 })), 'MQTT 3.1 is served as before').toBe(0);
  });

  it('[MQTT-3.1.2-3] the reserved flag closes the connection', async () => {
    expect(await codeOf(hello({ flags: 0xc3 }))).toBe('closed');
  });

  it('[MQTT-3.1.2-11] [MQTT-3.1.2-13] [MQTT-3.1.2-15] flags of a will that is not there close the connection', async () => {
    for (const flags of [0xc2 | 0x08, 0xc2 | 0x10, 0xc2 | 0x20])
      expect(await codeOf(hello({ flags }))).toBe('closed');
  });

  it('[MQTT-3.1.2-14] a will of QoS 3 closes the connection', async () => {
    expect(await codeOf(hello({ will: { topic: 'a', payload: 'b', qos: 3 } }))).toBe('closed');
  });

  it('[MQTT-3.1.2-22] a password without a name closes the connection', async () => {
    expect(await codeOf(greet({ clientId: shelf.id, password: shelf.token }))).toBe('closed');
  });

  it('[MQTT-3.1.2-18] [MQTT-3.1.2-19] [MQTT-3.1.2-20] [MQTT-3.1.2-21] flags and fields say the same', async () => {
    // A field that no flag announces, and a flag without its field.
    expect(await codeOf(hello({ flags: 0x82 })), 'a password that nobody announced').toBe('closed');
    expect(await codeOf(greet({ clientId: shelf.id, flags: 0xc2 })), 'neither is there').toBe('closed');
    expect(await codeOf(hello({ tail: Buffer.from('more') })), 'more than was announced').toBe('closed');
  });

  it('[MQTT-3.1.4-1] CONNACK says why: 4 for who nobody knows, 5 for a will where it may not speak', async () => {
    expect(await codeOf(hello({ password: 'ec_wrong' }))).toBe(4);
    expect(await codeOf(greet({ clientId: 'nobody' }))).toBe(4);
    expect(await codeOf(hello({ username: node.id }))).toBe(4);
    expect(await codeOf(hello({ will: { topic: `endcap/v1/shelf/${node.id}`, payload: 'x' } }))).toBe(5);
    expect(await codeOf(hello({ will: { topic: '#', payload: 'x' } }))).toBe(5);
  });

  it('[MQTT-3.1.3-5] client ids of 1 to 23 letters and digits are taken, and longer ones', async () => {
    for (const clientId of ['x', 'aB3'.repeat(7), 'y'.repeat(200)])
      expect(await codeOf(hello({ clientId }))).toBe(0);
  });

  it('[MQTT-3.1.3-6] [MQTT-3.1.3-7] an empty client id with a clean session gets one of its own', async () => {
    const clients = [await house.send(hello({ clientId: '' })), await house.send(hello({ clientId: '' }))];
    for (const client of clients) expect(await client.next(CONNACK)).toEqual(Buffer.from([0, 0]));
    for (const client of clients) expect(await stands(client)).toBe(true);
  });

  it('[MQTT-3.1.3-8] [MQTT-3.1.3-9] an empty client id without a clean session hears 2', async () => {
    expect(await codeOf(hello({ clientId: '', clean: false }))).toBe(2);
  });

  it('[MQTT-3.1.4-2] who comes under the same client id takes over, and nobody else may', async () => {
    const first = await house.enter(shelf);
    const second = await house.enter(shelf);
    await isClosed(first);
    expect(await codeOf(greet({ clientId: shelf.id, username: node.id, password: node.token }))).not.toBe(0);
    expect(await stands(second)).toBe(true);
  });

  it('[MQTT-3.1.4-4] [MQTT-3.2.0-1] the first packet of the server is CONNACK, for a client that does not wait too', async () => {
    const many = 200;
    const messages = Array.from({ length: many }, (_none, n) =>
      publishPacket({ topic: `endcap/v1/shelf/${shelf.id}`, payload: reading(n + 1_000), id: n + 1 }),
    );
    const client = await house.send(Buffer.concat([hello(), ...messages, pingPacket]));
    await until(
      () => client.received.filter(({ type }) => type === PUBACK).length === many || client.closed(),
      {
        withinMs: 10_000,
        what: 'every message to be acknowledged',
      },
    );
    expect(client.received[0]?.type).toBe(CONNACK);
    const acknowledged = client.received
      .filter(({ type }) => type === PUBACK)
      .map(({ body }) => body.readUInt16BE(0));
    expect(acknowledged).toEqual(messages.map((_one, n) => n + 1));
  });

  it('[MQTT-3.1.4-5] what comes behind a CONNECT that is refused is not looked at', async () => {
    const client = await house.send(
      Buffer.concat([
        hello({ password: 'ec_wrong' }),
        publishPacket({ topic: `endcap/v1/shelf/${shelf.id}`, payload: reading(777) }),
      ]),
    );
    expect(await client.next(CONNACK)).toEqual(Buffer.from([0, 4]));
    await isClosed(client);
    const good = await house.enter(shelf);
    good.send(publishPacket({ topic: `endcap/v1/shelf/${shelf.id}`, payload: reading(778) }));
    await good.next(PUBACK);
    const counts = await readings();
    expect(counts).toContain(778);
    expect(counts).not.toContain(777);
  });

  it('[MQTT-3.1.2-24] silence of one and a half times the keep alive closes the connection, and not sooner', async () => {
    const began = performance.now();
    const client = await house.enter(shelf, { keepAliveS: 1 });
    const alive = await house.enter(node, { keepAliveS: 1 });
    const pings = setInterval(() => alive.send(pingPacket), 500);
    await isClosed(client, 6_000);
    const ms = performance.now() - began;
    clearInterval(pings);
    expect(ms).toBeGreaterThan(1_400);
    expect(ms).toBeLessThan(4_000);
    expect(await stands(alive)).toBe(true);
  });

  it('[MQTT-3.12.4-1] PINGREQ is answered', async () => {
    const client = await house.enter(shelf);
    client.send(pingPacket);
    expect(await client.next(PINGRESP)).toEqual(Buffer.alloc(0));
  });
});

describe('the will', () => {
  const offline = async (): Promise<number> =>
    (await eventsOf(house.store, 'device.offline')).filter(
      ({ data }) => (data as { device: string }).device === node.id,
    ).length;
  const will = { topic: '', payload: 'offline', qos: 1, retain: true };
  const withWill = (): Greeting => ({ will: { ...will, topic: `espresense/rooms/${node.id}/status` } });

  it('[MQTT-3.1.2-8] is published when the connection ends without DISCONNECT', async () => {
    let before = await offline();
    const ends: readonly ((client: RawClient) => void)[] = [
      (client) => client.socket.destroy(),
      (client) => client.socket.end(),
      (client) => client.send(Buffer.from([0xf0, 0])),
      (client) => client.send(greet({ clientId: node.id, username: node.id, password: node.token })),
    ];
    for (const end of ends) {
      const client = await house.enter(node, withWill());
      end(client);
      before += 1;
      await until(async () => ((await offline()) === before ? true : undefined), {
        withinMs: 10_000,
        what: `will ${before} to be in the journal`,
      });
    }
  });

  it('[MQTT-3.1.2-10] [MQTT-3.14.4-3] is taken back by DISCONNECT', async () => {
    const before = await offline();
    const client = await house.enter(node, withWill());
    client.send(disconnectPacket);
    await isClosed(client);
    const later = await house.enter(node, withWill());
    later.socket.destroy();
    await until(async () => ((await offline()) > before ? true : undefined), {
      withinMs: 10_000,
      what: 'the second will',
    });
    expect(await offline()).toBe(before + 1);
  });

  it('[MQTT-3.1.2-12] is not published where there was none', async () => {
    const before = await offline();
    const client = await house.enter(node);
    client.socket.destroy();
    const later = await house.enter(node, withWill());
    later.socket.destroy();
    await until(async () => ((await offline()) > before ? true : undefined), {
      withinMs: 10_000,
      what: 'the will of the second',
    });
    expect(await offline()).toBe(before + 1);
  });
});

keepsS21('connect');
