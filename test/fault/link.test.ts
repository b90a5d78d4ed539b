import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { StoreStatus } from '../../edge/contracts/index.js';
import { keptPromise } from '../support/promise.js';
import { post } from '../support/shopper.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';

const OFFLINE_WITHIN_MS = 20_000;
const SALES = 40;

/** What may stand where HQ should be. */
const DEAD: Readonly<Record<string, (server: Server) => void>> = {
  'a black hole that takes every connection and never answers': (server) => server.on('connection', swallow),
  'a captive portal that answers 200 to everything': (server) => server.on('connection', portal),
  'a line that is cut as soon as it stands': (server) =>
    server.on('connection', (socket) => socket.destroy()),
};

function swallow(socket: Socket): void {
  socket.on('data', () => undefined).on('error', () => undefined);
}
function portal(socket: Socket): void {
  socket
    .on('error', () => undefined)
    .on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
}

describe('D19: a dead HQ is nobody else’s problem', () => {
  let store: RunningStore | undefined;
  let server: Server | undefined;
  afterEach(async () => {
    await store?.remove();
    store = undefined;
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  });

  async function check(brokers: string): Promise<void> {
    store = await startStore({ environment: { KAFKA_BROKERS: brokers } });
    const slowest = await sellAll(store);
    // 20 ms are promised on a quiet machine at 10,000 a second; here it is only the absence of a wait for HQ.
    expect(slowest).toBeLessThan(2_000);
    const status = await until(
      async () => {
        const now = (await (await store!.call('/v1/status')).json()) as StoreStatus;
        return now.link.state === 'offline' ? now : undefined;
      },
      { withinMs: OFFLINE_WITHIN_MS, everyMs: 200, what: 'the link to be called offline' },
    );
    expect(status.ready).toBe(true);
    expect(status.link.waiting).toBeGreaterThanOrEqual(SALES);
    expect(status.link.code).toBeDefined();
  }

  for (const [name, behave] of Object.entries(DEAD)) {
    it(`with ${name}`, { timeout: 60_000 }, async () => {
      server = createServer();
      behave(server);
      await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      await check(`127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
      server.unref();
    });
  }

  it('with nobody listening', { timeout: 60_000 }, async () => check('127.0.0.1:9'));

  it('with a name that does not resolve', { timeout: 60_000 }, async () => {
    await check('no-such-host.invalid:9092');
    keptPromise({
      promise: 'D19 (store)',
      what: 'HQ absent at boot: nobody listening, name unknown, black hole, captive portal, cut line',
      figure: 'sales acknowledged, nothing counted as delivered, link named offline within 20 s',
      control: 'none yet',
    });
  });

  async function sellAll(running: RunningStore): Promise<number> {
    let slowest = 0;
    for (let sequence = 1; sequence <= SALES; sequence++) {
      const begun = performance.now();
      const answer = await post(running, '/v1/pos/transactions', {
        store: 'store-014',
        till: 'till-1',
        businessDay: '2026-11-23',
        sequence,
        type: 'sale',
        currency: 'EUR',
        lines: [{ line: 1, sku: 'DRK-1002', quantity: 1, unitMinor: 199, totalMinor: 199, kind: 'sale' }],
        tenders: [{ type: 'cash', amountMinor: 199 }],
        totalMinor: 199,
      });
      expect(answer.status).toBe(201);
      slowest = Math.max(slowest, performance.now() - begun);
    }
    return slowest;
  }
});
