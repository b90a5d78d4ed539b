/**
 * S3: expired, wrong authority, wrong name, taken back, TLS 1.1 and another store's certificate are refused, whichever
 * side shows them, over HTTP and MQTT. The control is the same attack with verification off: it gets in.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type Server, type TlsOptions } from 'node:tls';
import { connectAsync, type IClientOptions } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyPair } from '../../edge/serve/tls/x509.js';
import { callHttps, handshake, startTlsStore, type TlsStore } from '../serve/tls/support.js';
import { describeWith, requireComponent } from '../support/components.js';
import { keptPromise } from '../support/promise.js';
import { until } from '../support/until.js';
import { authorityOf, enter, forge, PAST, strangersRoot } from './support/forgery.js';

const OLD = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;

interface Attack extends Partial<KeyPair> {
  readonly name: string;
  readonly tls?: typeof OLD;
}

let store: TlsStore;
let open: TlsStore;
let other: TlsStore;

beforeAll(async () => {
  store = await startTlsStore();
  open = await startTlsStore({ verification: 'off' });
  other = await startTlsStore();
}, 60_000);
afterAll(async () => {
  for (const one of [store, open, other]) await one?.remove();
}, 20_000);

/** Every bad client, made for one store: good but for the one thing that its name says. */
async function badClients(target: TlsStore): Promise<readonly Attack[]> {
  const root = authorityOf(target.directory);
  const device = await target.device('beverages-1');
  const revoked = await target.device('snacks-1');
  target.app.trust.revoke(revoked.serial);
  const expired = await forge(root, { validity: PAST });
  enter(target.directory, {
    serial: expired.serial,
    subject: device.id,
    role: 'device',
    notAfterMs: PAST.notAfter.getTime(),
  });
  const server = await forge(root, { use: 'server', names: ['localhost'] });
  const entered = { subject: device.id, role: 'device' } as const;
  enter(target.directory, { ...entered, serial: server.serial, notAfterMs: Date.now() + 86_400_000 });
  return [
    { name: 'expired', ...expired },
    { name: 'wrong authority', ...(await forge(await strangersRoot('Endcap store-014 authority'), {})) },
    { name: "another store's", ...(await other.device('beverages-1')) },
    { name: 'taken back', ...revoked },
    { name: 'never issued', ...(await forge(root, {})) },
    { name: 'a server as a client', ...server },
    { name: 'TLS 1.1', certificate: device.certificate, key: device.key, tls: OLD },
  ];
}

const shown = ({ certificate, key, tls }: Attack) => ({
  ...(certificate === undefined ? {} : { cert: certificate }),
  ...(key === undefined ? {} : { key }),
  ...tls,
});

/** The role that HTTP takes the client for, or the error that it sees. */
async function overHttp(target: TlsStore, attack: Attack): Promise<string> {
  const call = callHttps(target.https, '/v1/session', { ca: target.root, ...shown(attack) });
  return call.then(
    ({ status, text }) => (status === 200 ? (JSON.parse(text) as { role: string }).role : String(status)),
    (error: Error) => `refused: ${error.message}`,
  );
}

async function overMqtt(target: TlsStore, attack: Attack): Promise<string> {
  const options = {
    ca: target.root,
    ...shown(attack),
    clientId: `attack-${attack.name.replaceAll(' ', '-')}`,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
  } as IClientOptions;
  try {
    const client = await connectAsync(target.app.mqttUrl, options, false);
    await client.endAsync(true);
    return 'device';
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

describe('the store refuses clients', () => {
  it('lets in the device whose certificate is good, over both', async () => {
    const device = await store.device('frozen-1');
    const good: Attack = { name: 'good', ...device };
    expect([await overHttp(store, good), await overMqtt(store, good)]).toEqual(['device', 'device']);
  });

  let refused = 0;

  it('refuses every bad certificate and TLS 1.1, over HTTP and MQTT', async () => {
    for (const attack of await badClients(store)) {
      expect(await overHttp(store, attack), `${attack.name} over HTTP`).toMatch(/^refused/);
      expect(await overMqtt(store, attack), `${attack.name} over MQTT`).toMatch(/^refused/);
      refused += 1;
    }
  }, 30_000);

  it('would notice: with verification off every one of them gets in', async () => {
    const attacks = await badClients(open);
    for (const attack of attacks) {
      expect(await overHttp(open, attack), `${attack.name} over HTTP`).toBe('device');
      expect(await overMqtt(open, attack), `${attack.name} over MQTT`).toBe('device');
    }
    expect(refused).toBe(attacks.length);
    keptPromise({
      promise: 'S3 (store)',
      what: 'bad clients refused over HTTP and MQTT',
      figure: `${attacks.length} of ${attacks.length} over both`,
      control: 'verification off: all get in',
    });
  }, 30_000);

  it('refuses what openssl shows it, and takes what is good', async () => {
    const [expired, stranger] = await badClients(store);
    const good = await store.device('bakery-1');
    for (const [name, pair] of Object.entries({ expired: expired!, stranger: stranger!, good })) {
      const files = writeFiles(store, name, pair as KeyPair);
      const args = ['-connect', `127.0.0.1:${store.https.port}`, '-CAfile', files.root, '-cert', files.cert];
      const text = await run(
        'openssl',
        ['s_client', ...args, '-key', files.key, '-quiet', '-verify_return_error'],
        'GET /v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      );
      if (name === 'good') expect(text).toContain('200 OK');
      else expect(text, name).not.toContain('HTTP/1.1');
    }
  }, 30_000);
});

interface BadServer {
  readonly name: string;
  readonly options: TlsOptions;
  /** What a careless client sets to get in all the same. */
  readonly careless: object;
}

async function badServers(): Promise<readonly BadServer[]> {
  const root = authorityOf(store.directory);
  const server = {
    use: 'server',
    commonName: 'Endcap store-014',
    names: ['localhost', '127.0.0.1'],
  } as const;
  const pair = ({ certificate, key }: KeyPair): TlsOptions => ({ cert: certificate, key });
  const careless = { rejectUnauthorized: false };
  return [
    { name: 'expired', options: pair(await forge(root, { ...server, validity: PAST })), careless },
    {
      name: 'wrong authority',
      options: pair(await forge(await strangersRoot('Endcap store-014 authority'), server)),
      careless,
    },
    {
      name: 'wrong name',
      options: pair(await forge(root, { ...server, names: ['elsewhere.example'] })),
      careless,
    },
    { name: "another store's", options: pair(await forge(authorityOf(other.directory), server)), careless },
    { name: 'a device as a server', options: pair(await forge(root, {})), careless },
    {
      name: 'TLS 1.1',
      options: { ...pair(await forge(root, server)), ...OLD },
      careless: { minVersion: 'TLSv1.1', ciphers: OLD.ciphers },
    },
  ];
}

async function listening<T>(server: Server, use: (port: number) => Promise<T>): Promise<T> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

/** CONNACK, whatever is said: enough for a client to believe that it is connected. */
const anyBroker = (options: TlsOptions): Server =>
  createTlsServer(options, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0])));
  });
const anyPage = (options: TlsOptions): Server =>
  createHttpsServer(options, (_request, response) => response.end('{"role":"admin"}'));

async function clientOutcomes(bad: BadServer, settings: object): Promise<readonly string[]> {
  const http = await listening(anyPage(bad.options), (port) =>
    callHttps({ host: '127.0.0.1', port }, '/', { ca: store.root, ...settings }).then(
      ({ status }) => String(status),
      (error: Error) => `refused: ${error.message}`,
    ),
  );
  const mqtt = await listening(anyBroker(bad.options), async (port) => {
    try {
      const client = await connectAsync(
        `mqtts://127.0.0.1:${port}`,
        { ca: store.root, reconnectPeriod: 0, connectTimeout: 5_000, ...settings } as IClientOptions,
        false,
      );
      client.end(true);
      return 'connected';
    } catch (error) {
      return `refused: ${(error as Error).message}`;
    }
  });
  return [http, mqtt];
}

describe('clients with the root refuse stores', () => {
  let refused = 0;

  it('refuse every bad server, over HTTP and MQTT', async () => {
    for (const bad of await badServers()) {
      for (const outcome of await clientOutcomes(bad, {})) expect(outcome, bad.name).toMatch(/^refused/);
      refused += 1;
    }
  }, 30_000);

  it('would notice: a client that does not verify believes them all', async () => {
    const servers = await badServers();
    for (const bad of servers) {
      expect(await clientOutcomes(bad, bad.careless), bad.name).toEqual(['200', 'connected']);
    }
    expect(refused).toBe(servers.length);
    keptPromise({
      promise: 'S3 (clients)',
      what: 'bad stores refused over HTTP and MQTT',
      figure: `${servers.length} of ${servers.length} over both`,
      control: 'rejectUnauthorized off, or TLS 1.1 allowed: all are believed',
    });
  }, 30_000);

  it('openssl says the same', async () => {
    const files = writeFiles(store, 'root-only', { certificate: '', key: '' });
    for (const bad of await badServers()) {
      const text = await listening(anyPage(bad.options), (port) =>
        run(
          'openssl',
          [
            's_client',
            '-connect',
            `127.0.0.1:${port}`,
            '-CAfile',
            files.root,
            '-verify_ip',
            '127.0.0.1',
            '-verify_return_error',
            '-quiet',
          ],
          'GET / HTTP/1.0\r\n\r\n',
        ),
      );
      expect(text, bad.name).not.toContain('admin');
    }
  }, 30_000);
});

await describeWith(['mosquitto-clients'], "Mosquitto's client", () => {
  const publish = async (port: number, args: readonly string[]): Promise<string> =>
    run((await requireComponent('mosquitto-clients')).path, [
      ...['-h', '127.0.0.1', '-p', String(port), '-d', ...args],
      ...['-t', 'endcap/v1/shelf/bakery-2', '-m', '{"sku":"x","count":1}'],
    ]);

  it('is let in with a good certificate, and with no other', async () => {
    const [expired, stranger] = await badClients(store);
    const good = await store.device('bakery-2');
    const said: Record<string, string> = {};
    for (const [name, pair] of Object.entries({ expired: expired!, stranger: stranger!, good })) {
      const files = writeFiles(store, name, pair as KeyPair);
      const shows = [
        '--cafile',
        files.root,
        '--cert',
        files.cert,
        '--key',
        files.key,
        '-i',
        `m-${name}`,
        '-q',
        '1',
      ];
      said[name] = await publish(store.mqtts.port, shows);
    }
    expect(said['good']).toContain('received PUBACK');
    for (const name of ['expired', 'stranger']) expect(said[name], name).not.toContain('CONNACK (0)');
  }, 30_000);

  it('believes no bad store; control: where it does not ask for the name, it believes that one', async () => {
    const files = writeFiles(store, 'root-only', { certificate: '', key: '' });
    const root = ['--cafile', files.root];
    const believed: string[] = [];
    for (const bad of await badServers()) {
      const ask = (args: readonly string[]) =>
        listening(anyBroker(bad.options), (port) => publish(port, args));
      expect(await ask(root), bad.name).not.toContain('CONNACK');
      if ((await ask([...root, '--insecure'])).includes('CONNACK')) believed.push(bad.name);
    }
    expect(believed).toEqual(['wrong name']);
  }, 60_000);
});

describe('a handshake', () => {
  it('is not cut short by a session of before: each shows its certificate anew', async () => {
    const device = await store.device('dairy-1');
    const options = { ...store.https, ca: store.root, cert: device.certificate, key: device.key };
    const first = 'GET /v1/session HTTP/1.1\r\nHost: localhost\r\n\r\n';
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const before = await handshake({ ...options, first, maxVersion });
      expect(before.answer.toString()).toContain('200 OK');
      const session = before.socket.getSession();
      before.socket.destroy();
      const again = await handshake({ ...options, first, session, maxVersion });
      expect(again.socket.isSessionReused(), maxVersion).toBe(false);
      again.socket.destroy();
    }
  });

  it('that is not finished is cut, and keeps nobody else waiting', async () => {
    const begun = performance.now();
    const ended: number[] = [];
    const idle = [store.https, store.mqtts].flatMap(({ host, port }) =>
      Array.from({ length: 50 }, () => {
        const socket = connectTcp({ host, port });
        socket.on('error', () => undefined);
        socket.once('close', () => ended.push(performance.now() - begun));
        return socket;
      }),
    );
    // The first record of a handshake announces more than ever comes.
    for (const socket of idle) socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1]));
    const answer = await callHttps(store.https, '/healthz', { ca: store.root });
    expect(answer.status).toBe(200);
    await until(() => ended.length === idle.length, {
      withinMs: 10_000,
      what: 'every half handshake to be cut',
    });
  }, 20_000);

  it('that is not finished does not hold up a store that stops', async () => {
    const stopping = await startTlsStore();
    for (const { host, port } of [stopping.https, stopping.mqtts]) {
      const socket = connectTcp({ host, port });
      socket.on('error', () => undefined);
      await new Promise<void>((done) => socket.once('connect', () => done()));
    }
    await callHttps(stopping.https, '/healthz', { ca: stopping.root });
    const begun = performance.now();
    await stopping.remove();
    expect(performance.now() - begun).toBeLessThan(10_000);
  }, 30_000);
});

function writeFiles(target: TlsStore, name: string, pair: KeyPair) {
  const files = {
    root: join(target.directory, 'root.crt'),
    cert: join(target.directory, `${name}.crt`),
    key: join(target.directory, `${name}.key`),
  };
  writeFileSync(files.root, target.root);
  writeFileSync(files.cert, pair.certificate);
  writeFileSync(files.key, pair.key);
  return files;
}

/** Everything that a program says, whether it ends well or not. */
function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((done) => {
    const child = execFile(program, args, { timeout: 8_000 }, (_error, out, err) => done(out + err));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
