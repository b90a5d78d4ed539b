/** What bounds a connection holds over TLS too: its socket is another class, with buffers of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTrust, type Trust } from '../../edge/serve/tls/trust.js';
import { until } from '../support/until.js';
import { openRim } from './support/rim.js';

let folder: string;
let trust: Trust;
let root: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-broker-tls-'));
  trust = await createTrust({
    folder,
    ledgerFile: join(folder, 'auth.db'),
    storeId: 'store-1',
    nowMs: Date.now,
    names: [],
    broker: { clientCertificate: 'accepted' },
    onCut: () => undefined,
    onChange: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  root = (await trust.authority()).root;
});
afterAll(() => {
  trust?.close();
  rmSync(folder, { recursive: true, force: true });
});

const enter = async (rim: Awaited<ReturnType<typeof openRim>>, name: string): Promise<MqttClient> => {
  const client = await connectAsync(`mqtts://127.0.0.1:${rim.port}`, {
    ca: root,
    clientId: name,
    username: name,
    password: rim.tokenOf(name, 'screen'),
    reconnectPeriod: 0,
  });
  client.on('error', () => undefined);
  return client;
};

it('cuts a subscriber that does not read, and nobody waits for it', async () => {
  const rim = await openRim({
    mqttTls: trust.broker!,
    mqttLimits: { frozenMs: 4_000, pendingBytesMax: 8 * 1024 * 1024 },
  });
  const frozen = await enter(rim, 'screen-1');
  await frozen.subscribeAsync('endcap/v1/decision/#');
  frozen.stream.unpipe();
  frozen.stream.pause();
  const listener = await enter(rim, 'screen-2');
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
    withinMs: 6_000,
    what: 'the frozen one to be cut',
  });
  frozen.end(true);
  listener.end(true);
}, 20_000);

it('cuts a packet of 256 MB at its header', async () => {
  const rim = await openRim({ mqttTls: trust.broker! });
  const client = await enter(rim, 'screen-1');
  const closed = new Promise<void>((done) => client.once('close', () => done()));
  // PUBLISH with the longest length that there is.
  client.stream.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x78]));
  await closed;
  expect(rim.counts.get('cut PacketTooLarge')).toBe(1);
});
