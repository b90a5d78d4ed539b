import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callHttps, startTlsStore, type TlsStore } from './support.js';

let store: TlsStore;
beforeAll(async () => {
  store = await startTlsStore();
}, 30_000);
afterAll(() => store?.remove());

describe('a store with TLS', () => {
  it('answers over https to a client that knows its root', async () => {
    const answer = await callHttps(store.https, '/healthz', { ca: store.root });
    expect(answer.status).toBe(200);
  });

  it('takes a device by its certificate over MQTT, without a token', async () => {
    const device = await store.device('beverages-1');
    const client = await connectAsync(store.app.mqttUrl, {
      ca: store.root,
      cert: device.certificate,
      key: device.key,
      clientId: device.id,
      reconnectPeriod: 0,
    });
    await client.publishAsync('endcap/v1/shelf/beverages-1', JSON.stringify({ sku: 'x', count: 1 }), {
      qos: 1,
    });
    await client.endAsync();
  });
});
