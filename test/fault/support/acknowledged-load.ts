import { connectAsync, type MqttClient } from 'mqtt';
import type { RunningStore } from '../../support/store.js';

const CLIENTS = 8;
const EVERY_MS = 10;
/** One in so many events goes over HTTP as a till's transaction. */
const HTTP_SHARE = 20;

/** What was acknowledged: the only thing a store may not lose. */
export interface Acknowledged {
  readonly shelf: Set<number>;
  readonly till: Set<number>;
}

export interface Device {
  readonly id: string;
  readonly token: string;
}

/** Registers the shelves and the till that speak during the suite. */
export async function registerDevices(store: RunningStore): Promise<{ shelves: Device[]; till: Device }> {
  const register = async (name: string, kind: string): Promise<Device> => {
    const answer = await store.call('/v1/devices', { method: 'POST', body: JSON.stringify({ name, kind }) });
    if (answer.status !== 201) throw new Error(`registering ${name}: ${await answer.text()}`);
    return (await answer.json()) as Device;
  };
  const shelves = await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) => register(`load-shelf-${n}`, 'device')),
  );
  return { shelves, till: await register('load-till', 'till') };
}

/** Sends about `perSecond` events until told to stop or the store dies; only what was acknowledged is noted. */
export async function startLoad(options: {
  store: RunningStore;
  devices: { shelves: Device[]; till: Device };
  perSecond: number;
  acknowledged: Acknowledged;
  nextNumber: () => number;
}): Promise<{ stop(): Promise<void> }> {
  const { store, devices, acknowledged } = options;
  const clients = await Promise.all(
    devices.shelves.map((shelf) =>
      connectAsync(store.mqttUrl, {
        username: shelf.id,
        password: shelf.token,
        clientId: shelf.id,
        reconnectPeriod: 0,
        protocolVersion: 4,
      }),
    ),
  );
  for (const client of clients) client.on('error', () => undefined);
  const perBeat = Math.max(1, Math.round((options.perSecond * EVERY_MS) / 1000));
  const beat = setInterval(() => {
    for (let n = 0; n < perBeat; n++) {
      const number = options.nextNumber();
      if (number % HTTP_SHARE === 0) void sell(store, devices.till, number, acknowledged.till);
      else weigh(clients[number % CLIENTS]!, devices.shelves[number % CLIENTS]!, number, acknowledged);
    }
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(beat);
      await Promise.all(clients.map((client) => client.endAsync(true).catch(() => undefined)));
    },
  };
}

function weigh(client: MqttClient, shelf: Device, number: number, acknowledged: Acknowledged): void {
  const payload = JSON.stringify({ sku: 'DRK-1001', count: 40, probe: number });
  client.publish(`endcap/v1/shelf/${shelf.id}`, payload, { qos: 1 }, (error) => {
    if (!error) acknowledged.shelf.add(number);
  });
}

/** One sale; true, and noted, once it was acknowledged. */
export async function sell(
  store: RunningStore,
  till: Device,
  number: number,
  acknowledged: Set<number>,
): Promise<boolean> {
  const transaction = {
    store: 'store-014',
    till: till.id,
    businessDay: '2026-11-23',
    sequence: number,
    type: 'sale',
    currency: 'EUR',
    lines: [{ line: 1, sku: 'DRK-1002', quantity: 1, unitMinor: 199, totalMinor: 199, kind: 'sale' }],
    tenders: [{ type: 'cash', amountMinor: 199 }],
    totalMinor: 199,
  };
  try {
    const headers = { authorization: `Bearer ${till.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${store.url}/v1/pos/transactions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(transaction),
    });
    if (answer.status !== 201) return false;
    acknowledged.add(number);
    return true;
  } catch {
    // Not acknowledged: the store died, and the till would send it again.
    return false;
  }
}

/** Numbers of one topic as the journal holds them, read through the API that consumers use. */
export async function heldNumbers(
  store: RunningStore,
  topic: string,
  numberOf: (data: Record<string, unknown>) => number,
): Promise<Map<number, number>> {
  const held = new Map<number, number>();
  for (let after = ''; ; ) {
    const query = new URLSearchParams({ limit: '1000', ...(after === '' ? {} : { after }) });
    const answer = await store.call(`/v1/topics/${topic}/events?${query}`);
    const page = (await answer.json()) as { events: { data: Record<string, unknown> }[]; next: string };
    for (const { data } of page.events) held.set(numberOf(data), (held.get(numberOf(data)) ?? 0) + 1);
    if (page.events.length < 1000) return held;
    after = page.next;
  }
}
