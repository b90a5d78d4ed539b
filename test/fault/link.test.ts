import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { StoreStatus } from '../../edge/contracts/index.js';
import type { KeyPair } from '../../edge/serve/tls/x509.js';
import { controlWith } from '../support/control-store.js';
import { keptPromise } from '../support/promise.js';
import { post } from '../support/shopper.js';
import { type RunningStore, type StoreSetup, startStore } from '../support/store.js';
import { until } from '../support/until.js';
import { forge, PAST, strangersRoot } from './support/forgery.js';

const OFFLINE_WITHIN_MS = 20_000;
const SALES = 40;
/** 20 ms are promised on a quiet machine at 10,000 a second; here it is only the absence of a wait for HQ. */
const SALE_WITHIN_MS = 2_000;

/** What may stand where HQ should be. */
const DEAD: Readonly<Record<string, (socket: Socket) => void>> = {
  'a black hole that takes every connection and never answers': swallow,
  'a captive portal that answers 200 to everything': portal,
  'a line that is cut as soon as it stands': (socket) => void socket.destroy(),
};

function swallow(socket: Socket): void {
  socket.on('data', () => undefined).on('error', () => undefined);
}
function portal(socket: Socket): void {
  socket
    .on('error', () => undefined)
    .on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
}

/** Something that stands where HQ should be, and what ends it. With TLS it shows what is given, before it behaves. */
async function listening(
  behave: (socket: Socket) => void,
  tls?: KeyPair,
): Promise<{ brokers: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server =
    tls === undefined
      ? createServer(behave)
      : createTlsServer({ cert: tls.certificate, key: tls.key }, behave);
  // The connection below, if the handshake fails too.
  server.on('connection', (socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    brokers: `localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

// Side by side, each with a store of its own: what they wait for is a connection to give up.
describe.concurrent('D19: a dead HQ is nobody else’s problem', () => {
  /** A store that sells while HQ is not there: what was untrue of its promise, as sentences. */
  async function broken(setup: StoreSetup): Promise<string[]> {
    const running = await startStore(setup);
    try {
      return await untrueOf(running);
    } finally {
      await running.remove();
    }
  }

  async function untrueOf(running: RunningStore): Promise<string[]> {
    const wrong: string[] = [];
    const slowest = await sellAll(running);
    if (slowest > SALE_WITHIN_MS) wrong.push('a sale waited for HQ');
    // Called offline, or, where the promise is broken, called delivered.
    const status = await until(
      async () => {
        const now = (await (await running.call('/v1/status')).json()) as StoreStatus;
        const { code, waiting } = now.link;
        return (code !== undefined && code !== 'NotReachedYet') || waiting < SALES ? now : undefined;
      },
      { withinMs: OFFLINE_WITHIN_MS, everyMs: 200, what: 'a reason why the link is down' },
    );
    if (!status.ready) wrong.push('the store is not ready');
    if (status.link.waiting < SALES) wrong.push('sales count as delivered');
    if (status.link.state !== 'offline' || status.link.code === undefined)
      wrong.push('the link is not called offline with a reason');
    return wrong;
  }

  async function sellAll(running: RunningStore): Promise<number> {
    let slowest = 0;
    for (let sequence = 1; sequence <= SALES; sequence++) {
      const begun = performance.now();
      const answer = await post(running, '/v1/pos/transactions', {
        ...{ store: 'store-014', till: 'till-1', businessDay: '2026-11-23', sequence },
        ...{ type: 'sale', currency: 'EUR' },
        lines: [{ line: 1, sku: 'DRK-1002', quantity: 1, unitMinor: 199, totalMinor: 199, kind: 'sale' }],
        tenders: [{ type: 'cash', amountMinor: 199 }],
        totalMinor: 199,
      });
      expect(answer.status).toBe(201);
      slowest = Math.max(slowest, performance.now() - begun);
    }
    return slowest;
  }

  const against = (brokers: string): StoreSetup => ({ environment: { KAFKA_BROKERS: brokers } });

  for (const [name, behave] of Object.entries(DEAD)) {
    it(`with ${name}`, { timeout: 60_000 }, async () => {
      const { brokers, close } = await listening(behave);
      expect(await broken(against(brokers)).finally(close)).toEqual([]);
    });
  }

  it('with nobody listening', { timeout: 60_000 }, async () => {
    expect(await broken(against('127.0.0.1:9'))).toEqual([]);
  });

  it('with a name that does not resolve', { timeout: 60_000 }, async () => {
    expect(await broken(against('no-such-host.invalid:9092'))).toEqual([]);
  });

  it('with a broker whose certificate has expired', { timeout: 60_000 }, async () => {
    const root = await strangersRoot('HQ authority');
    const ca = join(mkdtempSync(join(tmpdir(), 'endcap-hq-')), 'hq-ca.pem');
    writeFileSync(ca, root.certificate);
    const change = (yaml: string): string => {
      expect(yaml).toContain('\nhq:\n');
      return yaml.replace('\nhq:\n', `\nhq:\n  tls: { ca: ${ca} }\n`);
    };
    const wish = { use: 'server', names: ['localhost'] } as const;
    const { brokers, close } = await listening(swallow, await forge(root, { ...wish, validity: PAST }));
    try {
      expect(await broken({ ...against(brokers), change })).toEqual([]);
      const control = await broken({
        ...controlWith('deliver-on-write', { KAFKA_BROKERS: brokers }),
        change,
      });
      expect(control).toContain('sales count as delivered');
    } finally {
      close();
      rmSync(dirname(ca), { recursive: true });
    }
    keptPromise({
      promise: 'D19 (store), expired certificate',
      what: 'HQ shows an expired certificate at boot, signed by the authority that `hq.tls.ca` names',
      figure: `${SALES} of ${SALES} sales acknowledged, 0 counted as delivered, link named offline within 20 s`,
      control: 'an uplink that takes a written byte for a delivered one counts sales as delivered',
    });
  });

  for (const name of Object.keys(DEAD).slice(0, 2)) {
    it(`control: an uplink that trusts the connection counts sales as delivered to ${name}`, {
      timeout: 60_000,
    }, async () => {
      const { brokers, close } = await listening(DEAD[name]!);
      const wrong = await broken(controlWith('deliver-on-write', { KAFKA_BROKERS: brokers })).finally(close);
      expect(wrong).toContain('sales count as delivered');
      if (name.startsWith('a black hole')) return;
      keptPromise({
        promise: 'D19 (store)',
        what: 'HQ absent at boot: nobody listening, name unknown, black hole, captive portal, cut line',
        figure: `${SALES} of ${SALES} sales acknowledged, 0 counted as delivered, link named offline within 20 s; that decisions' p99 stays is measured by \`npm run bench -- link\``,
        control: 'an uplink that takes a written byte for a delivered one counts sales as delivered',
      });
    });
  }
});
