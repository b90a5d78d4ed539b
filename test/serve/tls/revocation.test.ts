import { request } from 'node:https';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../../../edge/serve/tls/ledger.js';
import { until } from '../../support/until.js';
import { callHttps, type DevicePair, startTlsStore, type TlsStore } from './support.js';

let store: TlsStore;
let open: TlsStore;
beforeAll(async () => {
  store = await startTlsStore();
  open = await startTlsStore({ verification: 'off' });
}, 30_000);
afterAll(async () => {
  await store?.remove();
  await open?.remove();
});

/** A device with a broker connection and an event stream that stay open until the store ends them. */
async function connected(target: TlsStore, device: DevicePair) {
  const shown = { ca: target.root, cert: device.certificate, key: device.key };
  const ended: string[] = [];
  const mqtt: MqttClient = await connectAsync(target.app.mqttUrl, {
    ...shown,
    clientId: device.id,
    reconnectPeriod: 0,
  });
  mqtt.once('close', () => ended.push('mqtt'));
  mqtt.on('error', () => undefined);
  // A body that is announced and does not come keeps its connection for nine seconds.
  const call = request({
    ...target.https,
    ...shown,
    method: 'POST',
    path: '/v1/session',
    agent: false,
  });
  call.setHeader('content-length', 10);
  call.on('error', () => undefined);
  call.on('socket', (socket) => socket.once('close', () => ended.push('http')));
  call.write('{');
  await new Promise<void>((done) =>
    call.on('socket', (socket) => socket.once('secureConnect', () => done())),
  );
  return {
    ended,
    close: () => {
      mqtt.end(true);
      call.destroy();
    },
  };
}

const both = (ended: readonly string[]) => [...ended].sort().join() === 'http,mqtt';

describe('a certificate that is taken back', () => {
  it('cuts its open connections at once, by the route that `endcap cert revoke` calls', async () => {
    const device = await store.device('beverages-1');
    const { ended } = await connected(store, device);
    const fromMs = performance.now();
    const answer = await callHttps(store.https, `/v1/certificates/${device.serial}`, {
      ca: store.root,
      method: 'DELETE',
      headers: { authorization: `Bearer ${store.token('admin')}` },
    });
    expect(answer.status).toBe(204);
    await until(() => both(ended), { withinMs: 2_000, what: 'both connections cut' });
    expect(performance.now() - fromMs).toBeLessThan(2_000);
  });

  it('cuts them within seconds when another process wrote it into the ledger', async () => {
    const device = await store.device('snacks-1');
    const { ended } = await connected(store, device);
    const ledger = openLedger(join(store.directory, 'data', 'keys', 'auth.db'));
    ledger.revoke(device.serial, Date.now());
    ledger.close();
    await until(() => both(ended), { withinMs: 7_500, what: 'both connections cut by the clockwork' });
  }, 20_000);

  it('goes with the device: taking back its tokens takes back its certificates', async () => {
    const device = await store.device('frozen-1');
    const { ended } = await connected(store, device);
    store.app.auth.revoke(device.id);
    await until(() => both(ended), { withinMs: 2_000, what: 'both connections cut' });
    expect(store.app.trust.list().find(({ serial }) => serial === device.serial)?.state).toBe('revoked');
  });

  it('would stay connected if nobody looked (verification off)', async () => {
    const device = await open.device('beverages-1');
    const { ended, close } = await connected(open, device);
    open.app.trust.revoke(device.serial);
    await open.app.trust.look();
    await callHttps(open.https, '/healthz', { ca: open.root });
    expect(ended).toEqual([]);
    close();
  });
});

describe('a certificate over HTTP', () => {
  it('is who the device is, and renews itself while it is good', async () => {
    const device = await store.device('dairy-1');
    const shown = { ca: store.root, cert: device.certificate, key: device.key };
    const me = await callHttps(store.https, '/v1/session', shown);
    expect(JSON.parse(me.text)).toEqual({ role: 'device', subject: 'dairy-1' });
    const { makeRequest, newKey } = await import('../../../edge/serve/tls/x509.js');
    const { key } = newKey();
    const body = JSON.stringify({ csr: await makeRequest('whoever', key) });
    const headers = { 'content-type': 'application/json' };
    const renewed = await callHttps(store.https, '/v1/devices/dairy-1/certificate', {
      ...shown,
      method: 'POST',
      headers,
      body,
    });
    expect(renewed.status).toBe(201);
    const { certificate } = JSON.parse(renewed.text) as { certificate: string };
    const again = await callHttps(store.https, '/v1/session', { ca: store.root, cert: certificate, key });
    expect(JSON.parse(again.text)).toEqual({ role: 'device', subject: 'dairy-1' });
    const others = await callHttps(store.https, '/v1/devices/beverages-1/certificate', {
      ...shown,
      method: 'POST',
      headers,
      body,
    });
    expect(others.status).toBe(404);
  });

  it('is not to be had without end', async () => {
    const device = await store.device('eager-1');
    const { makeRequest, newKey } = await import('../../../edge/serve/tls/x509.js');
    const csr = await makeRequest('eager-1', newKey().key);
    const ask = () => store.app.trust.issue({ subject: 'eager-1', role: 'device' }, csr);
    for (let n = 1; n < 10; n += 1) await ask();
    await expect(ask()).rejects.toMatchObject({ refusal: { reason: 'TooManyRequests' } });
    store.app.trust.revoke(device.serial);
    await ask();
  });

  it('needs a request that its sender holds the key of', async () => {
    const device = await store.device('bakery-1');
    const { makeRequest, newKey } = await import('../../../edge/serve/tls/x509.js');
    const good = await makeRequest('bakery-1', newKey().key);
    const bytes = Buffer.from(good.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    bytes[bytes.length - 3]! ^= 1;
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    for (const csr of [
      forged,
      'nothing',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      device.certificate,
    ]) {
      await expect(store.app.trust.issue({ subject: 'bakery-1', role: 'device' }, csr)).rejects.toMatchObject(
        {
          refusal: { reason: 'SchemaMismatch', field: '/csr' },
        },
      );
    }
  });
});

describe('a certificate over MQTT', () => {
  it('speaks for its own device only: another name is refused, and so are the topics of others', async () => {
    const device = await store.device('entry-1');
    const shown = { ca: store.root, cert: device.certificate, key: device.key, reconnectPeriod: 0 };
    await expect(connectAsync(store.app.mqttUrl, { ...shown, username: 'dairy-1' }, false)).rejects.toThrow();
    const client = await connectAsync(store.app.mqttUrl, {
      ...shown,
      username: 'entry-1',
      clientId: 'entry-1',
    });
    client.on('error', () => undefined);
    let closed = false;
    client.once('close', () => {
      closed = true;
    });
    client.publish('endcap/v1/shelf/dairy-1', '{"sku":"x","count":1}', { qos: 1 });
    await until(() => closed, { withinMs: 5_000, what: 'the connection to end' });
  });

  it('may be all that is accepted: then a token is not enough', async () => {
    const strict = await startTlsStore({
      change: (config) => ({ ...config, mqtt: { ...config.mqtt, tls: { clientCertificate: 'required' } } }),
    });
    try {
      const device = await strict.device('beverages-1');
      const login = {
        ca: strict.root,
        username: device.id,
        password: device.token,
        clientId: device.id,
        reconnectPeriod: 0,
      };
      await expect(connectAsync(strict.app.mqttUrl, login, false)).rejects.toThrow();
      const known = await connectAsync(strict.app.mqttUrl, {
        ...login,
        cert: device.certificate,
        key: device.key,
      });
      await known.endAsync(true);
    } finally {
      await strict.remove();
    }
  }, 20_000);
});
