import { describe, expect, it } from 'vitest';
import { isType, RefusalError } from '../../edge/contracts/index.js';
import type { Journal } from '../../edge/store/types.js';
import { until } from '../support/until.js';
import {
  CONNACK,
  connectPacket,
  openRaw,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  packet,
  publishPacket,
  pubrelPacket,
  type RawClient,
  SUBACK,
  subscribePacket,
  UNSUBACK,
} from './support/raw-client.js';
import { openRim, type RimOptions, type TestRim } from './support/rim.js';

const SHELF = 'endcap/v1/shelf/shelf-1';
const shelf = (count: number): string => JSON.stringify({ sku: 'DRK-0417', count });

async function enter(rim: TestRim, id: string, extra: object = {}): Promise<RawClient> {
  const raw = await openRaw(rim.port);
  raw.send(connectPacket({ clientId: id, username: id, password: rim.tokenOf(id), ...extra }));
  const answer = await raw.next(CONNACK);
  expect(answer !== 'closed' && answer[1]).toBe(0);
  return raw;
}

const readings = (rim: TestRim): number[] =>
  rim.events().flatMap(({ event }) => (isType(event, 'shelf.reading') ? [event.data.count ?? -1] : []));

/** A journal that refuses, for a reason of its own, whatever holds this text. */
const refusing = (text: string): RimOptions => ({
  between: (journal) =>
    new Proxy(journal, {
      get: (target, name) =>
        name === 'append'
          ? (...parameters: Parameters<Journal['append']>) =>
              JSON.stringify(parameters).includes(text)
                ? Promise.reject(new RefusalError({ reason: 'QuotaReached', detail: 'full' }))
                : target.append(...parameters)
          : Reflect.get(target, name),
    }),
});

describe('a refusal by the journal', () => {
  it('lets the acknowledgements before it out, then closes without its own', async () => {
    const rim = await openRim(refusing('"count":3'));
    const raw = await enter(rim, 'shelf-1');
    const messages = [1, 2, 3, 4].map((count) =>
      publishPacket({ topic: SHELF, payload: shelf(count), id: count }),
    );
    raw.send(Buffer.concat(messages));
    await until(() => raw.closed(), { withinMs: 5_000, what: 'the connection to be closed' });
    const acknowledged = raw.received.filter((one) => one.type === PUBACK).map((one) => one.body[1]);
    expect(acknowledged).toEqual([1, 2]);
    expect(rim.counts.get('cut QuotaReached')).toBe(1);
  });

  it('drops a QoS 0 message and keeps the connection, since nothing was promised', async () => {
    const rim = await openRim(refusing('"count":3'));
    const raw = await enter(rim, 'shelf-1');
    raw.send(publishPacket({ topic: SHELF, payload: shelf(3), qos: 0 }));
    raw.send(publishPacket({ topic: SHELF, payload: shelf(4), id: 7 }));
    expect(await raw.next(PUBACK)).toEqual(Buffer.from([0, 7]));
    expect(readings(rim)).toEqual([4]);
    expect(rim.counts.get('qos0')).toBe(1);
  });
});

describe('a message that comes again', () => {
  it('is known when its client says so, and new when it does not', async () => {
    const rim = await openRim();
    const raw = await enter(rim, 'shelf-1');
    const message = { topic: SHELF, payload: shelf(5), id: 9 };
    for (const dup of [false, true, true]) {
      raw.send(publishPacket({ ...message, dup }));
      expect(await raw.next(PUBACK)).toEqual(Buffer.from([0, 9]));
    }
    expect(readings(rim)).toEqual([5]);
    raw.send(publishPacket({ ...message, id: 10 }));
    await raw.next(PUBACK);
    expect(readings(rim)).toEqual([5, 5]);
    // The same words under another number are another message, of which this is the first that arrived.
    raw.send(publishPacket({ ...message, id: 11, dup: true }));
    await raw.next(PUBACK);
    expect(readings(rim)).toEqual([5, 5, 5]);
  });

  it('is known after the store was started again', async () => {
    const rim = await openRim();
    const raw = await enter(rim, 'shelf-1');
    raw.send(publishPacket({ topic: SHELF, payload: shelf(5), id: 9 }));
    await raw.next(PUBACK);
    await rim.close();
    const again = await openRim({ folder: rim.folder });
    const device = await openRaw(again.port);
    const token = again.auth.issue({ role: 'device', subject: 'shelf-1' });
    device.send(connectPacket({ clientId: 'shelf-1', username: 'shelf-1', password: token }));
    await device.next(CONNACK);
    device.send(publishPacket({ topic: SHELF, payload: shelf(5), id: 9, dup: true }));
    await device.next(PUBACK);
    expect(readings(again)).toEqual([5]);
  });

  it('is counted once where the sensor counts, late where it was overtaken', async () => {
    const rim = await openRim();
    const raw = await enter(rim, 'shelf-1');
    const counted = (counter: number, boot = 'b1'): string =>
      JSON.stringify({ sku: 'DRK-0417', count: counter, boot, counter });
    for (const [id, payload] of [
      counted(1),
      counted(3),
      counted(2),
      counted(3),
      counted(1),
      counted(1, 'b2'),
    ].entries()) {
      raw.send(publishPacket({ topic: SHELF, payload, id: id + 1 }));
      await raw.next(PUBACK);
    }
    const events = rim.events().flatMap(({ event }) => (isType(event, 'shelf.reading') ? [event] : []));
    expect(events.map((event) => [event.id, event.late ?? false])).toEqual([
      ['shelf-1:b1:1', false],
      ['shelf-1:b1:3', false],
      ['shelf-1:b1:2', true],
      ['shelf-1:b2:1', false],
    ]);
  });

  it('is taken at least once with QoS 2, and once while its session lasts', async () => {
    const rim = await openRim();
    const raw = await enter(rim, 'shelf-1');
    const message = { topic: SHELF, payload: shelf(6), qos: 2 as const, id: 11 };
    raw.send(publishPacket(message));
    expect(await raw.next(PUBREC)).toEqual(Buffer.from([0, 11]));
    raw.send(publishPacket({ ...message, dup: true }));
    expect(await raw.next(PUBREC)).toEqual(Buffer.from([0, 11]));
    raw.send(pubrelPacket(11));
    expect(await raw.next(PUBCOMP)).toEqual(Buffer.from([0, 11]));
    expect(readings(rim)).toEqual([6]);
  });
});

describe('wills and retained messages', () => {
  it('journal that a device is gone, by its will', async () => {
    const rim = await openRim();
    const node = await enter(rim, 'node-1', {
      will: { topic: 'espresense/rooms/node-1/status', payload: 'offline', retain: true },
    });
    node.send(publishPacket({ topic: 'espresense/rooms/node-1/status', payload: 'online', retain: true }));
    await node.next(PUBACK);
    const shelfClient = await enter(rim, 'shelf-1', { will: { topic: SHELF, payload: shelf(0) } });
    node.socket.destroy();
    shelfClient.socket.destroy();
    const states = () =>
      rim
        .events()
        .flatMap(({ event }) =>
          event.type.startsWith('device.') ? [`${event.type} ${event.partitionkey}`] : [],
        );
    await until(() => states().length === 3, { withinMs: 5_000, what: 'three states in the journal' });
    expect(states().sort()).toEqual([
      'device.offline node-1',
      'device.offline shelf-1',
      'device.online node-1',
    ]);
    expect(readings(rim)).toEqual([0]);
  });

  it('journal that a device is back, and after a stop that all are gone until they speak', async () => {
    const rim = await openRim();
    const states = (of: TestRim) =>
      of
        .events()
        .flatMap(({ event }) =>
          isType(event, 'device.online') || isType(event, 'device.offline') ? [event] : [],
        )
        .map((event) => `${event.type} ${event.data.device}: ${event.data.reason}`);
    const first = await enter(rim, 'shelf-1', { will: { topic: SHELF, payload: shelf(0) } });
    first.socket.destroy();
    await until(() => states(rim).length === 1, { withinMs: 5_000, what: 'the device to be gone' });
    await enter(rim, 'shelf-1');
    const node = await enter(rim, 'node-1');
    for (const id of [1, 2, 3]) {
      node.send(publishPacket({ topic: 'espresense/rooms/node-1/telemetry', payload: '{"uptime":1}', id }));
      await node.next(PUBACK);
    }
    expect(states(rim)).toEqual([
      'device.offline shelf-1: connection lost',
      'device.online shelf-1: connected',
      'device.online node-1: telemetry',
    ]);
    await rim.close();
    const again = await openRim({ folder: rim.folder });
    expect(states(again).slice(3).sort()).toEqual([
      'device.offline node-1: the store was started again',
      'device.offline shelf-1: the store was started again',
    ]);
  });

  it('keep the last state of a device for whoever comes later, and nothing else', async () => {
    const rim = await openRim({ auth: (auth) => ({ ...auth, maySubscribe: () => true }) });
    const node = await enter(rim, 'node-1');
    for (const [id, topic, payload] of [
      [1, 'espresense/rooms/node-1/status', 'online'],
      [2, 'espresense/devices/known:6f2a91c04be7/node-1', '{"rssi":-70}'],
    ] as const) {
      node.send(publishPacket({ topic, payload, id, retain: true }));
      await node.next(PUBACK);
    }
    const later = await enter(rim, 'node-2');
    later.send(subscribePacket('espresense/#'));
    await later.next(SUBACK);
    const first = (await later.next(PUBLISH)) as Buffer;
    expect(first.toString()).toContain('espresense/rooms/node-1/status');
    later.send(packet(0xc0, Buffer.alloc(0)));
    await later.next(13);
    expect(later.received.filter((one) => one.type === PUBLISH)).toEqual([]);
  });
});

describe('the bounds of a connection', () => {
  it('set a large payload aside and go on', async () => {
    const rim = await openRim();
    const raw = await enter(rim, 'shelf-1');
    raw.send(publishPacket({ topic: SHELF, payload: Buffer.alloc(300_000, 'x'), id: 1 }));
    raw.send(publishPacket({ topic: SHELF, payload: shelf(2), id: 2 }));
    await raw.next(PUBACK);
    await raw.next(PUBACK);
    expect(readings(rim)).toEqual([2]);
    expect(rim.counts.get('TooLarge')).toBe(1);
  });

  it('cut a packet of 256 MB at its header, before CONNECT and after', async () => {
    const rim = await openRim();
    const stranger = await openRaw(rim.port);
    stranger.send(packet(0x10, Buffer.alloc(100_000), 1_000_000));
    await until(() => stranger.closed(), { withinMs: 5_000, what: 'the stranger to be cut' });
    const raw = await enter(rim, 'shelf-1');
    raw.send(packet(0x32, Buffer.alloc(100_000), 268_435_455));
    await until(() => raw.closed(), { withinMs: 5_000, what: 'the client to be cut' });
    expect(rim.counts.get('cut PacketTooLarge')).toBe(2);
  });

  it('close a connection that says nothing', async () => {
    const rim = await openRim({ mqttLimits: { connectMs: 100 } });
    const silent = await openRaw(rim.port);
    await until(() => silent.closed(), { withinMs: 5_000, what: 'the silent one to be closed' });
  });

  it('refuse more clients and more subscriptions than there may be', async () => {
    const rim = await openRim({
      mqttLimits: { clientsMax: 2, strangersMax: 1, subscriptionsMax: 2 },
      auth: (auth) => ({ ...auth, maySubscribe: () => true }),
    });
    const first = await enter(rim, 'node-1');
    // All in one packet: none of them is in force when the next is asked for.
    const many = Array.from({ length: 10 }, (_none, n) => [0, 1, 0x61 + n, 0]).flat();
    first.send(packet(0x82, Buffer.from([0, 2, ...many])));
    const granted = [...((await first.next(SUBACK)) as Buffer).subarray(2)];
    expect(granted).toEqual([0, 0, 128, 128, 128, 128, 128, 128, 128, 128]);
    first.send(packet(0xa2, Buffer.from([0, 3, 0, 1, 0x61])));
    await first.next(UNSUBACK);
    first.send(subscribePacket('k'));
    expect(((await first.next(SUBACK)) as Buffer).at(-1)).toBe(1);
    await enter(rim, 'node-2');
    const third = await openRaw(rim.port);
    third.send(connectPacket({ clientId: 'node-3', username: 'node-3', password: rim.tokenOf('node-3') }));
    expect(await third.next(CONNACK)).toEqual(Buffer.from([0, 3]));
    const silent = [await openRaw(rim.port), await openRaw(rim.port)];
    await until(() => silent.some((one) => one.closed()), {
      withinMs: 5_000,
      what: 'a stranger to be closed',
    });
  });

  it('cut a subscriber that does not read, and nobody waits for it', async () => {
    const rim = await openRim({ mqttLimits: { frozenMs: 4_000, pendingBytesMax: 8 * 1024 * 1024 } });
    const frozen = await enter(rim, 'screen-1');
    frozen.send(subscribePacket('endcap/v1/decision/#'));
    await frozen.next(SUBACK);
    frozen.socket.pause();
    const listener = await rim.connect('screen-2', 'screen');
    await listener.subscribeAsync('endcap/v1/decision/#');
    let heard = 0;
    listener.on('message', () => {
      heard += 1;
    });
    const messages = 400;
    const payload = Buffer.alloc(16 * 1024, 'x');
    for (let n = 0; n < messages; n++) rim.broker.publishLocal('endcap/v1/decision/beverages', payload);
    await until(() => heard === messages, { withinMs: 3_500, what: 'the other listener to hear everything' });
    await until(() => rim.counts.get('cut Frozen') === 1, {
      withinMs: 5_000,
      what: 'the frozen one to be cut',
    });
  });

  it('keep so many messages for an absent client, and so many lasting sessions', async () => {
    const rim = await openRim({ mqttLimits: { queuedMax: 3, lastingMax: 1 } });
    const leaves = await rim.connect('screen-1', 'screen', { clean: false });
    await leaves.subscribeAsync('endcap/v1/decision/#', { qos: 1 });
    await leaves.endAsync();
    for (let n = 1; n <= 5; n++)
      rim.broker.publishLocal('endcap/v1/decision/beverages', String(n), { qos: 1 });
    await until(() => rim.counts.get('cut QueueFull') === 2, {
      withinMs: 5_000,
      what: 'two messages to be dropped',
    });
    const heard: string[] = [];
    const raw = await openRaw(rim.port);
    const credentials = { username: 'screen-1', password: rim.tokenOf('screen-1', 'screen') };
    raw.send(connectPacket({ clientId: 'screen-1', clean: false, ...credentials }));
    await raw.next(CONNACK);
    for (let n = 1; n <= 3; n++) heard.push(((await raw.next(PUBLISH)) as Buffer).toString().slice(-1));
    expect(heard).toEqual(['1', '2', '3']);
    const second = await openRaw(rim.port);
    second.send(connectPacket({ clientId: 'screen-1/b', clean: false, ...credentials }));
    expect(await second.next(CONNACK)).toEqual(Buffer.from([0, 4]));
  });

  it('answer MQTT-3.1.3-8: no lasting session without a name, an own name without one', async () => {
    const rim = await openRim();
    const credentials = { username: 'shelf-1', password: rim.tokenOf('shelf-1') };
    const lasting = await openRaw(rim.port);
    lasting.send(connectPacket({ clientId: '', clean: false, ...credentials }));
    expect(await lasting.next(CONNACK)).toEqual(Buffer.from([0, 2]));
    const short = await openRaw(rim.port);
    short.send(connectPacket({ clientId: '', ...credentials }));
    expect(await short.next(CONNACK)).toEqual(Buffer.from([0, 0]));
  });
});

describe('a stop', () => {
  it('answers what is under way before it disconnects', async () => {
    const rim = await openRim();
    const raw = await enter(rim, 'shelf-1');
    const messages = Array.from({ length: 200 }, (_none, n) =>
      publishPacket({ topic: SHELF, payload: shelf(n), id: n + 1 }),
    );
    raw.send(Buffer.concat(messages));
    await raw.next(PUBACK);
    await rim.broker.close();
    await until(() => raw.closed(), { withinMs: 5_000, what: 'the connection to be closed' });
    const acknowledged = raw.received.filter((one) => one.type === PUBACK).length + 1;
    expect(readings(rim).length).toBe(acknowledged);
  });
});
