import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.js';
import { startTestStore, type TestStore } from './support.js';

const LINES = 5_000;

let store: TestStore;
let client: MqttClient;
const refused: { reason: string; detail: string }[] = [];
beforeAll(async () => {
  store = await startTestStore();
  const { id, token } = store.app.auth.registerDevice({ name: 'till-1', kind: 'till' });
  client = await connectAsync(store.app.mqttUrl, { username: id, password: token, clientId: id });
  client.on('message', (_topic, payload) => refused.push(JSON.parse(payload.toString())));
  await client.subscribeAsync('endcap/v1/refused/till-1');
});
afterAll(async () => {
  await client.endAsync();
  await store.remove();
});

/** As long as tills write them, with every field that a line may have; `pad` makes it longer still. */
function transaction(sequence: number, lines: number, pad = 0): string {
  return JSON.stringify({
    ...{ store: store.config.policy.store.id, till: 'till-1', businessDay: '2026-11-23', sequence },
    ...{ type: 'sale', currency: 'EUR', tenders: [], totalMinor: lines * 199 },
    lines: Array.from({ length: lines }, (_, n) => ({
      ...{ line: n + 1, sku: 'DRK-1001', gtin: '4006381333931', quantity: 1, unit: 'EA', unitMinor: 199 },
      ...{ totalMinor: 199, discountMinor: 0, promotionId: 'week-47', kind: 'sale' },
      ...(pad === 0 ? {} : { description: 'x'.repeat(pad) }),
    })),
  });
}

const overHttp = (body: string) =>
  store.call('/v1/pos/transactions', { token: store.token('till', 'till-1'), body });
const overMqtt = (body: string) => client.publishAsync('endcap/v1/pos/till-1/transaction', body, { qos: 1 });
const known = async () => {
  const token = store.token('admin');
  const { body } = await store.call('/v1/topics/pos.transaction/events?limit=100', { token });
  return body.events.map((event: { id: string }) => event.id);
};

describe(`a transaction of ${LINES} lines`, () => {
  it('is taken over HTTP and over MQTT, and is the same one over both', async () => {
    expect((await overHttp(transaction(1, LINES))).status).toBe(201);
    await overMqtt(transaction(2, LINES));
    await overMqtt(transaction(1, LINES));
    expect(await known()).toEqual(['till-1|2026-11-23|1', 'till-1|2026-11-23|2']);
    expect((await overHttp(transaction(2, LINES))).body).toMatchObject({ known: true });
  });

  it('with one line more is refused, and the words say which limit it is over', async () => {
    const answer = await overHttp(transaction(3, LINES + 1));
    expect([answer.status, answer.body.reason]).toEqual([422, 'SchemaMismatch']);
    expect(answer.body.detail).toContain('5000');
  });

  it('that is larger than a message may be hears the limit, where it is set and what to do, alike on both ways', async () => {
    const answer = await overHttp(transaction(4, LINES, 200));
    expect([answer.status, answer.body.reason]).toEqual([413, 'TooLarge']);
    expect(answer.body.detail).toMatch(/983040 .*limits\.payloadBytes.*split/);
    const before = refused.length;
    await overMqtt(transaction(4, LINES, 200));
    await until(() => refused.length > before, { withinMs: 5_000, what: 'the refusal over MQTT' });
    expect(refused.at(-1)).toMatchObject({ reason: 'TooLarge', detail: answer.body.detail });
  });

  it('beyond what HTTP reads at all hears that limit, and leaves a record without a body', async () => {
    const body = transaction(5, LINES, 400);
    const answer = await overHttp(body);
    expect([answer.status, answer.body.reason]).toEqual([413, 'TooLarge']);
    expect(answer.body.detail).toMatch(/2097152 bytes .*nothing of it was kept; .*split/);
    const token = store.token('admin');
    const record = await store.call(`/v1/quarantine/${answer.body.quarantineId}`, { token });
    expect(record.body).toMatchObject({
      ...{ reason: 'TooLarge', channel: 'http', device: 'till-1', adapter: 'native-pos', body: '' },
      ...{ bytes: Buffer.byteLength(body), detail: answer.body.detail },
    });
  });
});
