import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createKafkajsClient } from '../../../cloud-bridge/kafkajs-client.js';
import { createUplink, type UplinkLog } from '../../../cloud-bridge/uplink/uplink.js';
import { createClock } from '../../../edge/ops/clock.js';
import { createSystemTime } from '../../../edge/ops/system-time.js';
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

const DEAD = [
  { name: 'nothing listens', broker: closedPort, code: 'Unreachable' },
  { name: 'a captive portal answers 200', broker: captivePortal, code: 'Unreachable' },
  { name: 'a black hole takes everything', broker: blackHole, code: 'NoAnswer' },
  { name: 'the name is unknown', broker: async () => 'hq.invalid:9092', code: 'NameUnknown' },
];

test.each(DEAD)(
  'HQ is dead, $name: the link says so and nothing counts as delivered',
  async ({ broker, code }) => {
    const journal = await openJournal({ directory: temporaryDirectory() });
    await journal.append([audit('one'), audit('two')]);
    const uplink = createUplink({
      journal,
      client: createKafkajsClient({ brokers: [await broker()], clientId: 'test', callTimeoutMs: 1_500 }),
      storeId: 'store',
      epoch: 1,
      partition: 0,
      clock: createClock(createSystemTime(), 0),
      log: QUIET,
    });
    onTestFinished(() => uplink.close());
    uplink.start();
    const link = await until(() => (uplink.now().code === 'NotReachedYet' ? undefined : uplink.now()), {
      withinMs: 20_000,
      what: 'a reason',
    });
    expect(link).toMatchObject({ state: 'offline', waiting: 2 });
    expect(link.code).toBe(code);
    await journal.append([audit('three')]);
    expect(uplink.now()).toMatchObject({ state: 'offline', waiting: 3 });
    expect([...journal.marks().keys()].filter((name) => name === 'uplink.P0')).toEqual([]);
    keptPromise({
      promise: 'D19, HQ half',
      what: `HQ dead (${link.code}): nothing counts as delivered`,
      figure: '0 of 3 marked as delivered',
      control: 'the same uplink delivers to a real broker in test/bridge/kafka',
    });
  },
);
