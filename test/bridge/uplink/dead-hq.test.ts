import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { KafkaFailureCode, KafkaPort } from '../../../cloud-bridge/kafka.js';
import { createKafkajsClient } from '../../../cloud-bridge/kafkajs-client.js';
import { bridgeTopics } from '../../../cloud-bridge/topics.js';
import { createUplink, type UplinkLog } from '../../../cloud-bridge/uplink/uplink.js';
import { createClock } from '../../../edge/ops/clock.js';
import { createSystemTime } from '../../../edge/ops/system-time.js';
import type { KeyPair } from '../../../edge/serve/tls/x509.js';
import { forge, PAST, strangersRoot } from '../../fault/support/forgery.js';
import { audit, openJournal, temporaryDirectory } from '../../store/journal-support.js';
import { keptPromise } from '../../support/promise.js';
import { until } from '../../support/until.js';

const QUIET: UplinkLog = { info: () => undefined, warn: () => undefined };

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Nobody listens: the port was free a moment ago. */
async function closedPort(): Promise<string> {
  const server = createServer();
  const address = await listening(server);
  await new Promise((done) => server.close(done));
  return address;
}

/** What a hotel's network does: every request is welcome, and the answer is a page. */
async function captivePortal(): Promise<string> {
  const server = createHttpServer((_request, response) => response.end('<html>Welcome</html>'));
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n<html>Welcome</html>'));
  return listening(server);
}

/** Takes everything and says nothing. */
async function blackHole(): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    onTestFinished(() => void socket.destroy());
  });
  return listening(server);
}

/** A broker that shows this certificate and then says nothing: whoever trusts it waits for an answer. */
async function showing(shown: KeyPair): Promise<string> {
  const server = createTlsServer({ cert: shown.certificate, key: shown.key }, (socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    onTestFinished(() => void socket.destroy());
  });
  return (await listening(server)).replace('127.0.0.1', 'localhost');
}

/** Signed by HQ's authority for a broker on this machine. */
const ofHq = (wish: Parameters<typeof forge>[1]) =>
  forge(root, { use: 'server', names: ['localhost'], ...wish });

let root: KeyPair;
beforeAll(async () => {
  root = await strangersRoot('HQ authority');
});

interface Dead {
  readonly name: string;
  readonly code: KafkaFailureCode;
  readonly tls?: true;
  broker(): Promise<string>;
}

const DEAD: readonly Dead[] = [
  { name: 'nothing listens', broker: closedPort, code: 'Unreachable' },
  { name: 'a captive portal answers 200', broker: captivePortal, code: 'Unreachable' },
  { name: 'a black hole takes everything', broker: blackHole, code: 'NoAnswer' },
  { name: 'the name is unknown', broker: async () => 'hq.invalid:9092', code: 'NameUnknown' },
  {
    name: 'its certificate has expired',
    broker: async () => showing(await ofHq({ validity: PAST })),
    code: 'CertificateRefused',
    tls: true,
  },
  {
    name: 'its certificate is for another name',
    broker: async () => showing(await ofHq({ names: ['elsewhere.example'] })),
    code: 'CertificateRefused',
    tls: true,
  },
  {
    name: 'its certificate is signed by a stranger',
    broker: async () =>
      showing(await forge(await strangersRoot('HQ authority'), { use: 'server', names: ['localhost'] })),
    code: 'CertificateRefused',
    tls: true,
  },
  { name: 'it speaks no TLS', broker: blackHole, code: 'NoAnswer', tls: true },
];

/** The real driver, for one dead HQ. */
async function clientFor({ broker, tls }: Dead): Promise<KafkaPort> {
  const brokers = [await broker()];
  const secured = tls === undefined ? {} : { tls: { ca: root.certificate } };
  return createKafkajsClient({ brokers, clientId: 'test', callTimeoutMs: 1_500, ...secured });
}

/** Control: the same driver under somebody who does not wait for what HQ says. */
function hasty(client: KafkaPort): KafkaPort {
  return {
    ...client,
    async send(batch) {
      client.send(batch).catch(() => undefined);
    },
    createTopics: async () => undefined,
    async describeTopics(names) {
      client.describeTopics(names).catch(() => undefined);
      const known = bridgeTopics(1).filter(({ name }) => names.includes(name));
      return known.map((topic) => ({ ...topic, replicas: 1 }));
    },
  };
}

/** A store with two records for HQ, and its uplink. */
async function linked(client: KafkaPort) {
  const journal = await openJournal({ directory: temporaryDirectory() });
  await journal.append([audit('one'), audit('two')]);
  const clock = createClock(createSystemTime(), 0);
  const place = { storeId: 'store', epoch: 1, partition: 0 };
  const uplink = createUplink({ journal, client, clock, log: QUIET, ...place });
  onTestFinished(() => uplink.close());
  uplink.start();
  return { journal, uplink };
}

test.each(DEAD)('HQ is dead, $name: the link says so and nothing counts as delivered', async (dead) => {
  const { journal, uplink } = await linked(await clientFor(dead));
  const link = await until(() => (uplink.now().code === 'NotReachedYet' ? undefined : uplink.now()), {
    withinMs: 20_000,
    what: 'a reason',
  });
  expect(link).toMatchObject({ state: 'offline', waiting: 2, code: dead.code });
  await journal.append([audit('three')]);
  expect(uplink.now()).toMatchObject({ state: 'offline', waiting: 3 });
  expect([...journal.marks().keys()].filter((name) => name === 'uplink.P0')).toEqual([]);

  const control = (await linked(hasty(await clientFor(dead)))).uplink;
  await until(() => (control.now().waiting === 0 ? true : undefined), {
    withinMs: 20_000,
    what: 'the control to count all as delivered',
  });
  keptPromise({
    promise: 'D19, HQ half',
    what: `HQ dead, ${dead.name}: the link says ${dead.code}`,
    figure: "0 of 3 counted as delivered; that decisions' p99 stays is measured by `npm run bench -- link`",
    control: 'the same driver under an uplink that does not wait for its answer: 2 of 2 counted',
  });
});

test('control: with a certificate in order the same broker is spoken to', async () => {
  const broker = async (): Promise<string> => showing(await ofHq({}));
  const { uplink } = await linked(await clientFor({ name: '', broker, code: 'NoAnswer', tls: true }));
  const link = await until(() => (uplink.now().code === 'NotReachedYet' ? undefined : uplink.now()), {
    withinMs: 20_000,
    what: 'a reason',
  });
  expect(link.code).toBe('NoAnswer');
});
