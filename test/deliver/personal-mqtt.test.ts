import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../edge/contracts/index.js';
import { startTestStore, type TestStore } from '../serve/support.js';
import { until } from '../support/until.js';

const HINT: Campaign = {
  id: 'water-here',
  version: 1,
  name: 'Water is here',
  kind: 'hint',
  products: { skus: ['DRK-1002'] },
  discount: {},
  where: {},
};
const tagOf = (n: number): string => `iBeacon:e5ca1ade-f007-ba11-0000-000000000000-9-${n}`;

let store: TestStore;
const clients: MqttClient[] = [];

beforeAll(async () => {
  store = await startTestStore((config) => ({
    ...config,
    campaigns: [HINT],
    policy: { ...config.policy, presence: { ...config.policy.presence, confirmS: 0 } },
  }));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)));
  await store.remove();
});

async function connect(name: string, token: string): Promise<MqttClient> {
  const client = await connectAsync(store.app.mqttUrl, { clientId: name, username: name, password: token });
  clients.push(client);
  return client;
}

/** Their own device, which hears what is theirs. */
async function shopper(n: number): Promise<{ sid: string; client: MqttClient; heard: unknown[] }> {
  const staff = store.token('store-manager');
  const { sid } = (await store.call('/v1/shoppers', { token: staff, body: {} })).body;
  await store.call(`/v1/shoppers/${sid}/tags`, { token: staff, body: { tag: tagOf(n) } });
  for (const purpose of ['location', 'profile']) {
    const body = { sid, purpose, granted: true, textVersion: '2026-11', ageBand: '18+' };
    expect((await store.call('/v1/consents', { token: staff, body })).status).toBeLessThan(300);
  }
  const client = await connect(sid, store.token('shopper', sid));
  const heard: unknown[] = [];
  client.on('message', (topic, payload) => heard.push({ topic, ...JSON.parse(payload.toString()) }));
  await client.subscribeAsync(`endcap/v1/personal/${sid}`, { qos: 1 });
  return { sid, client, heard };
}

describe('what was decided for one person', () => {
  it('is told to their own device for each sighting, and to no other', async () => {
    const [anna, bert] = [await shopper(1), await shopper(2)];
    const grants = await bert.client
      .subscribeAsync(`endcap/v1/personal/${anna.sid}`, { qos: 1 })
      .catch((error: Error) => error.message);
    expect(JSON.stringify(grants)).toMatch(/128|error/i);
    const node = await connect(
      'beverages-2',
      store.app.auth.registerDevice({ name: 'beverages-2', kind: 'device' }).token,
    );
    for (const seq of [1, 2, 3]) {
      const body = JSON.stringify({ id: tagOf(1), rssi: -50, seq });
      await node.publishAsync(`espresense/devices/${tagOf(1)}/beverages-2`, body, { qos: 1 });
    }
    await until(() => anna.heard.length >= 3, { withinMs: 10_000, what: 'three hints' });
    expect(anna.heard).toMatchObject(
      [1, 2, 3].map((seq) => ({
        topic: `endcap/v1/personal/${anna.sid}`,
        type: 'promo.decision',
        data: {
          outcome: 'offered',
          campaign: 'water-here',
          offer: { sku: 'DRK-1002' },
          sighting: { node: 'beverages-2', seq },
        },
      })),
    );
    // What it stood on stays in the store.
    expect(JSON.stringify(anna.heard)).not.toMatch(/"inputs"|"candidates"|ageBand/);
    expect(bert.heard).toEqual([]);
  });
});
