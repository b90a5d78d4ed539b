import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createKafkajsClient } from '../../cloud-bridge/kafkajs-client.js';
import { provisionKafka } from '../../cloud-bridge/provision/jars.js';
import { type KafkaServer, startKafka } from '../../cloud-bridge/provision/kafka-server.js';
import { bridgeTopics } from '../../cloud-bridge/topics.js';
import type { StoreStatus } from '../../edge/contracts/index.js';
import { type RunningStore, startStore } from '../support/store.js';
import { compared } from './compare.js';
import type { Figure } from './figures.js';
import { type Cost, costFigures, startCost } from './process-cost.js';
import { createWalkers, forWalkers } from './walkers.js';

const REPEATS = 3;
const WARM_UP_S = 4;
const MEASURED_S = Number(process.env['ENDCAP_BENCH_SECONDS'] ?? 12);
const NOBODY = '127.0.0.1:9';

interface Stand {
  readonly name: string;
  readonly brokers: string;
  /** What the store has to say of its link when the time is over, else the case did not happen. */
  readonly link: 'offline' | 'up';
}

interface Window {
  readonly latencies: readonly number[];
  readonly cost: Cost;
}

/**
 * From sighting to durable decision with HQ there and with HQ dead in three ways, in turn. Kafka runs through all
 * of it, so that what it takes of the machine is the same for all.
 */
export async function link(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-bench-link-'));
  const servers: Server[] = [];
  let kafka: KafkaServer | undefined;
  try {
    kafka = await startHq(folder);
    const stands: readonly Stand[] = [
      { name: 'HQ there', brokers: kafka.brokers.join(','), link: 'up' },
      { name: 'HQ down, nobody listens', brokers: NOBODY, link: 'offline' },
      { name: 'HQ a black hole', brokers: await standIn(servers, blackHole), link: 'offline' },
      { name: 'HQ a captive portal', brokers: await standIn(servers, portal), link: 'offline' },
    ];
    const windows = stands.map((): Window[] => []);
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      for (const [at, stand] of stands.entries()) windows[at]?.push(await measure(stand));
    }
    const latencies = stands.map(({ name }, at) => ({
      name,
      repeats: (windows[at] ?? []).map((window) => window.latencies),
    }));
    const costs = stands.flatMap(({ name }, at) =>
      costFigures(
        'link',
        name,
        (windows[at] ?? []).map(({ cost }) => cost),
      ),
    );
    return [...compared('link', latencies), ...costs];
  } finally {
    for (const server of servers) server.close().unref();
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startHq(folder: string): Promise<KafkaServer> {
  const kafka = await startKafka({ program: await provisionKafka(), directory: join(folder, 'kafka') });
  const client = createKafkajsClient({ brokers: kafka.brokers, clientId: 'endcap-bench' });
  await client.createTopics(bridgeTopics(1), 1);
  await client.close();
  return kafka;
}

async function standIn(servers: Server[], behave: (server: Server) => void): Promise<string> {
  const server = createServer();
  behave(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function blackHole(server: Server): void {
  server.on('connection', (socket) => socket.on('error', () => undefined).resume());
}

function portal(server: Server): void {
  const page = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
  server.on('connection', (socket) => socket.on('error', () => undefined).on('data', () => socket.end(page)));
}

async function measure(stand: Stand): Promise<Window> {
  const store = await startStore({
    program: 'test/bench/watched-store.mjs',
    environment: { KAFKA_BROKERS: stand.brokers },
    change: (yaml) => forWalkers(yaml, resolve('test/bench/every-visit.yaml')),
  });
  try {
    const walkers = await createWalkers(store);
    await walkers.measure(WARM_UP_S);
    const endCost = startCost(store);
    const latencies = await walkers.measure(MEASURED_S);
    const cost = endCost();
    await walkers.close();
    await checkLink(store, stand);
    return { latencies, cost };
  } finally {
    await store.remove();
  }
}

async function checkLink(store: RunningStore, stand: Stand): Promise<void> {
  const { link } = (await (await store.call('/v1/status')).json()) as StoreStatus;
  const isUp = link.state !== 'offline' && link.state !== 'none';
  if (isUp !== (stand.link === 'up'))
    throw new Error(`${stand.name}: the store calls its link ${JSON.stringify(link)}`);
}
