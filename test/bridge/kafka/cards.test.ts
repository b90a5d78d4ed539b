import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKafkajsClient } from '../../../cloud-bridge/kafkajs-client.js';
import { provisionKafka } from '../../../cloud-bridge/provision/jars.js';
import { type KafkaServer, startKafka } from '../../../cloud-bridge/provision/kafka-server.js';
import { bridgeTopics, RAW_TOPIC } from '../../../cloud-bridge/topics.js';
import { findCards, SHAPES } from '../../ingest/support/cards.js';
import { sendCards } from '../../support/card-senders.js';
import { describeWith } from '../../support/components.js';
import { type ControlSetting, controlWith } from '../../support/control-store.js';
import { keptPromise, runSeed, sized } from '../../support/promise.js';
import { startStore } from '../../support/store.js';
import { until } from '../../support/until.js';
import { readTopic } from './support/kcat.js';

const CARDS = sized({ q: 300, n: 5_000 });
const WITHIN_MS = CARDS * 100 + 300_000;
/** The store and its control write to partitions of their own. */
const PARTITION = { store: 0, control: 1 };

await describeWith(['kafka', 'kcat'], 'S12: what HQ gets', () => {
  const seed = runSeed('S12, Kafka');
  const folder = mkdtempSync(join(tmpdir(), 'endcap-cards-'));
  let kafka: KafkaServer;
  beforeAll(async () => {
    kafka = await startKafka({ program: await provisionKafka(), directory: join(folder, 'kafka') });
    const client = createKafkajsClient({ brokers: kafka.brokers, clientId: 'test' });
    await client.createTopics(bridgeTopics(2), 1);
    await client.close();
  });
  afterAll(async () => {
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The cards that an independent reader finds in the raw topics, keys and headers included, and how many records there are. */
  async function cardsAtHq(partition: number, setting?: ControlSetting) {
    const environment = { KAFKA_BROKERS: kafka.brokers.join(',') };
    const store = await startStore({
      ...(setting === undefined ? { environment } : controlWith(setting, environment)),
      change: (yaml) => yaml.replace('  partition: 0', `  partition: ${partition}`),
    });
    try {
      const sent = await sendCards(store, { seed, count: CARDS });
      await until(
        async () => {
          const { link } = (await (await store.call('/v1/now')).json()) as { link: { waiting?: number } };
          return link.waiting === 0;
        },
        { withinMs: 60_000, what: 'HQ to have everything' },
      );
      const topics = await Promise.all(
        Object.values(RAW_TOPIC).map((topic) => readTopic(kafka.brokers, topic)),
      );
      const records = topics.flat().filter((record) => record.partition === partition);
      return { records: records.length, found: findCards(JSON.stringify(records), sent) };
    } finally {
      await store.remove();
    }
  }

  it(
    `has none of ${CARDS} card numbers, in whatever shape they came`,
    async () => {
      const seen = await cardsAtHq(PARTITION.store);
      expect(seen.found).toEqual([]);
      expect(seen.records).toBeGreaterThan(CARDS / 10);
      const control = await cardsAtHq(PARTITION.control, 'unmasked');
      expect(control.found.length).toBeGreaterThan(CARDS / 10);
      console.log(`S12, Kafka: ${seen.records} records, control ${control.found.length} cards`);
      keptPromise({
        promise: 'S12, Kafka',
        what: `${CARDS} card numbers in ${Object.keys(SHAPES).length} shapes to the built store, over MQTT and HTTP, mirrored to a real Kafka`,
        figure: `0 in the ${seen.records} records of the raw topics`,
        control: `masker off: ${control.found.length} of ${CARDS} found`,
        seed,
      });
    },
    WITHIN_MS,
  );
});
