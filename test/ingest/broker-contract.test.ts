import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { Journal } from '../../edge/store/types.js';
import { until } from '../support/until.js';
import { openRim } from './support/rim.js';

/** A door in front of the real journal: while it is shut nothing is committed. */
function createDoor() {
  let open: () => void = () => undefined;
  let shut: Promise<void> | undefined;
  return {
    shut: () => {
      shut = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => open(),
    between: (journal: Journal): Journal =>
      new Proxy(journal, {
        get: (target, name) =>
          name === 'append'
            ? async (...parameters: Parameters<Journal['append']>) => {
                await shut;
                return target.append(...parameters);
              }
            : Reflect.get(target, name),
      }),
  };
}

const shelf = (count: number): string => JSON.stringify({ sku: 'DRK-0417', count });

/** Resolves with the order in which acknowledgements came. */
function publishAll(
  client: MqttClient,
  payloads: readonly string[],
): { acked: number[]; all: Promise<unknown> } {
  const acked: number[] = [];
  const all = Promise.all(
    payloads.map((payload, index) =>
      client.publishAsync('endcap/v1/shelf/shelf-1', payload, { qos: 1 }).then(() => acked.push(index)),
    ),
  );
  return { acked, all };
}

describe('the broker', () => {
  it('sends no PUBACK before the commit', async () => {
    const door = createDoor();
    const rim = await openRim({ between: door.between });
    const client = await rim.connect('shelf-1');
    door.shut();
    const { acked, all } = publishAll(client, [shelf(1), shelf(2), shelf(3)]);
    // A round trip behind the messages: had the broker acknowledged them, it would have done so before this.
    await client.subscribeAsync('endcap/v1/refused/shelf-1');
    expect(acked).toEqual([]);
    expect(rim.events().filter(({ event }) => event.type === 'shelf.reading')).toEqual([]);
    door.open();
    await all;
    expect(acked).toEqual([0, 1, 2]);
    expect(rim.events().filter(({ event }) => event.type === 'shelf.reading')).toHaveLength(3);
  });

  it('would send it before, were the journal written where aedes publishes', async () => {
    // Negative control: the same library, the same journal behind the same door, one place further on.
    const door = createDoor();
    const rim = await openRim({ between: door.between });
    door.shut();
    const aedes = await Aedes.createBroker({
      published: (packet, _client, done) => {
        if (!packet.topic.startsWith('endcap/')) return done(null);
        const data = JSON.parse(packet.payload.toString());
        const draft = {
          type: 'shelf.reading',
          device: 'shelf-1',
          data: { ...data, shelf: 'shelf-1' },
        } as const;
        rim.gate.admit([draft]).then(() => done(null), done);
      },
    });
    const server = createServer(aedes.handle);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as AddressInfo;
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
    const { acked, all } = publishAll(client, [shelf(1)]);
    await all;
    expect(acked).toEqual([0]);
    expect(rim.events().filter(({ event }) => event.type === 'shelf.reading')).toEqual([]);
    door.open();
    await client.endAsync(true);
    await new Promise<void>((resolve) => aedes.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  });

  it('acknowledges in the order of the messages, whichever is durable first', async () => {
    let first = true;
    let release: () => void = () => undefined;
    const rim = await openRim({
      between: (journal) =>
        new Proxy(journal, {
          get: (target, name) =>
            name === 'append'
              ? async (...parameters: Parameters<Journal['append']>) => {
                  const places = await target.append(...parameters);
                  if (first && parameters[0][0]?.type === 'shelf.reading') {
                    first = false;
                    await new Promise<void>((resolve) => {
                      release = resolve;
                    });
                  }
                  return places;
                }
              : Reflect.get(target, name),
        }),
    });
    const client = await rim.connect('shelf-1');
    const { acked, all } = publishAll(client, [shelf(1), shelf(2), shelf(3)]);
    await until(() => rim.events().filter(({ event }) => event.type === 'shelf.reading').length === 3, {
      withinMs: 5_000,
      what: 'three readings in the journal',
    });
    expect(acked).toEqual([]);
    release();
    await all;
    expect(acked).toEqual([0, 1, 2]);
  });

  it('sets a malformed message aside, acknowledges it, and tells its sender why', async () => {
    const rim = await openRim();
    const client = await rim.connect('shelf-1');
    await client.subscribeAsync('endcap/v1/refused/shelf-1', { qos: 1 });
    const told = new Promise<Record<string, unknown>>((resolve) => {
      client.on('message', (_topic, payload) => resolve(JSON.parse(payload.toString())));
    });
    await client.publishAsync('endcap/v1/shelf/shelf-1', '{"sku":', { qos: 1 });
    await client.publishAsync('endcap/v1/shelf/shelf-1', shelf(4), { qos: 1 });
    expect(await told).toMatchObject({
      reason: 'MalformedJson',
      status: 400,
      topic: 'endcap/v1/shelf/shelf-1',
      quarantineId: expect.any(String),
      cure: expect.any(String),
    });
    const types = rim.events().map(({ event }) => event.type);
    expect(types).toContain('quarantine.event');
    expect(types).toContain('shelf.reading');
  });

  it('disconnects whoever speaks as somebody else, after the acknowledgements before it', async () => {
    const rim = await openRim();
    const client = await rim.connect('shelf-1');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    const { acked, all } = publishAll(client, [shelf(1), shelf(2)]);
    client.publish('endcap/v1/shelf/shelf-2', shelf(9), { qos: 1 });
    await closed;
    await all;
    expect(acked).toEqual([0, 1]);
    expect(rim.counts.get('cut NotAllowed')).toBe(1);
    expect(rim.events().filter(({ event }) => event.type === 'shelf.reading')).toHaveLength(2);
  });

  it('keeps the guard of $SYS that the override of authorizePublish takes away', async () => {
    const rim = await openRim();
    const client = await rim.connect('shelf-1');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.publish('$SYS/anything', 'x', { qos: 1 });
    await closed;
    expect(rim.counts.get('cut NotAllowed')).toBe(1);
  });
});
