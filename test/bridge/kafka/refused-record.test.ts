import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { KafkaPort } from '../../../cloud-bridge/kafka.js';
import { createKafkajsClient } from '../../../cloud-bridge/kafkajs-client.js';
import { provisionKafka } from '../../../cloud-bridge/provision/jars.js';
import { type KafkaServer, startKafka } from '../../../cloud-bridge/provision/kafka-server.js';
import { bridgeTopics, RAW_TOPIC } from '../../../cloud-bridge/topics.js';
import { createUplink, type Uplink } from '../../../cloud-bridge/uplink/uplink.js';
import { createClock } from '../../../edge/ops/clock.js';
import { createSystemTime } from '../../../edge/ops/system-time.js';
import { audit, openJournal, temporaryDirectory } from '../../store/journal-support.js';
import { describeWith } from '../../support/components.js';
import { keptPromise } from '../../support/promise.js';
import { until } from '../../support/until.js';
import { readTopic } from './support/kcat.js';

const RECORD_BYTES_MAX = 100_000;
/** D13: the next good event is at HQ this soon after a record that HQ refuses. */
const NEXT_WITHIN_MS = 5_000;

await describeWith(['kafka', 'kcat'], 'a record that HQ refuses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-refused-'));
  let kafka: KafkaServer;
  let client: KafkaPort;

  beforeAll(async () => {
    kafka = await startKafka({ program: await provisionKafka(), directory: join(folder, 'kafka') });
    client = createKafkajsClient({ brokers: kafka.brokers, clientId: 'test' });
    const topics = bridgeTopics(1).map((spec) => ({
      ...spec,
      config: { ...spec.config, 'max.message.bytes': String(RECORD_BYTES_MAX) },
    }));
    await client.createTopics(topics, 1);
  });
  afterAll(async () => {
    await client?.close();
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('gives way to a placeholder with its sequence, and the next good one is there within 5 s', async () => {
    const journal = await openJournal({ directory: temporaryDirectory() });
    const small = Array.from({ length: 40 }, (_, index) => audit(`before-${index}`));
    const poison = audit('x'.repeat(2 * RECORD_BYTES_MAX), { id: 'poison' });
    await journal.append([...small, poison, audit('after', { id: 'after' })]);
    const uplink: Uplink = createUplink({
      journal,
      client: createKafkajsClient({ brokers: kafka.brokers, clientId: 'store' }),
      ...{ storeId: 'store', epoch: 1, partition: 0 },
      clock: createClock(createSystemTime(), 0),
      log: { info: () => undefined, warn: () => undefined },
    });
    onTestFinished(() => uplink.close());
    const startedAt = performance.now();
    uplink.start();
    await until(() => uplink.now().state === 'in-step' && uplink.now().waiting === 0, {
      withinMs: 20_000,
      what: 'HQ to have the rest',
    });
    const tookMs = performance.now() - startedAt;
    const records = await readTopic(kafka.brokers, RAW_TOPIC.P0);
    const kinds = records.map(({ headers }) => headers['ec-kind']);
    const sequences = records.map(({ headers }) => Number(headers['ec-seq']));
    expect(sequences).toEqual(sequences.map((_sequence, index) => index + 1));
    expect(kinds.slice(0, 42)).toEqual([...small.map(() => 'event'), 'placeholder', 'event']);
    expect(records[41]?.headers['ce_id']).toBe('after');
    // The original is kept for people, in quarantine, which travels as an event of its own.
    const original = journal.read({ after: 0, limit: 100, types: ['quarantine.event'] });
    expect(original.length).toBe(1);
    expect(tookMs).toBeLessThan(NEXT_WITHIN_MS);
    keptPromise({
      promise: 'D13, refused by HQ',
      what: 'the next good event arrives',
      figure: `after ${tookMs.toFixed(0)} ms, cold start included`,
      control: 'none: the refusal is the fault',
    });
  });

  /** D15: what a store's clock says decides nothing at HQ, because the broker stamps records itself. */
  test('is none, whatever the clock of the store says', async () => {
    onTestFinished(() => void vi.useRealTimers());
    const turned = ['1970-01-01T00:00:00Z', '2099-12-31T23:59:59Z'].map((at) => Date.parse(at));
    turned.push(...[-24, -1, 1.5, 24].map((hours) => Date.now() + hours * 3_600_000));
    const send = async (topic: string, at: number): Promise<void> => {
      const turnedClient = createKafkajsClient({ brokers: kafka.brokers, clientId: 'turned' });
      vi.useFakeTimers({ toFake: ['Date'], now: at });
      const record = { key: 'clock', value: Buffer.from('{}'), headers: { ce_id: `${at}` } };
      await turnedClient
        .send({ topic, partition: 0, records: [record] })
        .finally(() => vi.useRealTimers())
        .finally(() => turnedClient.close());
    };
    for (const at of turned) await send(RAW_TOPIC.P1, at);
    const arrived = await readTopic(kafka.brokers, RAW_TOPIC.P1);
    expect(arrived.map(({ headers }) => Number(headers['ce_id']))).toEqual(turned);

    // Control, one setting: a topic that takes the sender's time refuses what comes from tomorrow.
    const [raw] = bridgeTopics(1);
    const config = { ...raw?.config, 'message.timestamp.type': 'CreateTime' };
    await client.createTopics([{ name: 'control', partitions: 1, config }], 1);
    await expect(send('control', Date.now() + 24 * 3_600_000)).rejects.toMatchObject({
      code: 'RecordRefused',
    });
    keptPromise({
      promise: 'D15, HQ half',
      what: 'a store whose clock stands in 1970, in 2099, an hour or a day off',
      figure: `0 of ${turned.length} records refused`,
      control: 'a topic with CreateTime: refused',
    });
  });
});
