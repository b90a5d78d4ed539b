import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGate } from '../../../cloud-bridge/gate/start.js';
import type { KafkaPort } from '../../../cloud-bridge/kafka.js';
import { createKafkajsClient } from '../../../cloud-bridge/kafkajs-client.js';
import type { FlinkJob } from '../../../cloud-bridge/provision/flink-job.js';
import { provisionFlink, provisionKafka } from '../../../cloud-bridge/provision/jars.js';
import { type KafkaServer, startKafka } from '../../../cloud-bridge/provision/kafka-server.js';
import { bridgeTopics, cleanTopic, RAW_TOPIC } from '../../../cloud-bridge/topics.js';
import { describeWith } from '../../support/components.js';
import { keptPromise, runSeed, sized } from '../../support/promise.js';
import { type RunningStore, startStore } from '../../support/store.js';
import { until } from '../../support/until.js';
import { readTopic } from './support/kcat.js';
import { seededRandom } from './support/nasty-stream.js';

const FILE = join(process.env['ENDCAP_SHARED'] ?? '', 'data', 'pos', 'online_retail.csv.gz');
const LINES = sized({ q: 50_000, n: Number.POSITIVE_INFINITY });
const KILLS = sized({ q: 4, n: 50 });
/** The lines of this run last about half a minute, or three for the whole file, so that there is time to kill. */
const SPEED = sized({ q: '120000', n: '180000' });
const WITHIN_MS = sized({ q: 240_000, n: 3_600_000 });

/** The first lines of the real file, and how many invoices they hold, counted without any of Endcap's code. */
async function excerpt(to: string): Promise<number> {
  const invoices = new Set<string>();
  const lines = createInterface({ input: createReadStream(FILE).pipe(createGunzip()) });
  const packed = createGzip({ level: 1 });
  const written = packed.pipe(createWriteStream(to));
  let count = 0;
  for await (const line of lines) {
    packed.write(`${line}\n`);
    if (count > 0) invoices.add(line.slice(0, line.indexOf(',')));
    count += 1;
    if (count > LINES) break;
  }
  packed.end();
  await new Promise<void>((done) => written.once('close', () => done()));
  return invoices.size;
}

const given = existsSync(FILE);
const title = 'real till lines, from the file to the clean topic, the store killed on the way';
await describeWith(['kafka', 'flink', 'kcat'], given ? title : `${title} [skipped: no shared data]`, () => {
  const seed = runSeed('replay to HQ');
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'endcap-replay-hq-'));
  let kafka: KafkaServer;
  let client: KafkaPort;
  let gate: FlinkJob;
  let store: RunningStore | undefined;

  beforeAll(async () => {
    if (!given) return;
    kafka = await startKafka({ program: await provisionKafka(), directory: join(folder, 'kafka') });
    client = createKafkajsClient({ brokers: kafka.brokers, clientId: 'test' });
    await client.createTopics(bridgeTopics(1), 1);
    gate = await startGate({
      program: await provisionFlink(),
      directory: join(folder, 'gate'),
      brokers: kafka.brokers,
      client,
    });
  });
  afterAll(async () => {
    await store?.remove();
    await gate?.stop();
    await client?.close();
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.skipIf(!given)('each invoice is one clean record', { timeout: WITHIN_MS }, async () => {
    const file = join(folder, 'till-lines.csv.gz');
    const invoices = await excerpt(file);
    const sent = async () => Number((await client.endOffsets(RAW_TOPIC.P0)).get(0) ?? 0n);
    store = await startStore({
      parameters: ['--replay', file, '--speed', SPEED],
      environment: { KAFKA_BROKERS: kafka.brokers.join(',') },
    });
    let kills = 0;
    while (kills < KILLS) {
      const before = await sent();
      const finished = () => store?.output().includes('lines a second') === true;
      await until(async () => finished() || (await sent()) > before, {
        withinMs: 60_000,
        what: 'new records at HQ',
      });
      if (finished()) break;
      await delay(random() * 500);
      await store.kill();
      kills += 1;
      store = await store.restart();
    }
    const clean = cleanTopic('pos.transaction');
    const records = await until(
      async () => {
        const seen = await readTopic(kafka.brokers, clean);
        return seen.length >= invoices && seen;
      },
      { withinMs: WITHIN_MS, what: `${invoices} clean records`, everyMs: 1_000 },
    );
    const ids = records.map(({ headers }) => headers['ce_id'] as string);
    const sequences = records.map(({ headers }) => Number(headers['ec-seq']));
    console.log(`${ids.length} clean records of ${invoices} invoices, ${await sent()} sent, ${kills} kills`);
    expect(kills).toBe(KILLS);
    expect(new Set(ids).size).toBe(invoices);
    expect(ids.length).toBe(invoices);
    expect(sequences.every((sequence, index) => index === 0 || sequence > (sequences[index - 1] ?? 0))).toBe(
      true,
    );
    keptPromise({
      promise: 'D1, from the file to HQ',
      what: "kcat's count equals the file's invoices",
      figure: `${ids.length} of ${invoices} after ${kills} kills of the store`,
      control: 'gate off and at-least-once sink: see the other suites of the bridge',
      seed,
    });
  });
});
