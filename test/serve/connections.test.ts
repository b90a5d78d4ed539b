import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { boundConnections, CONNECTION_LIMITS, type ConnectionLimits } from '../../edge/serve/connections.js';
import { sendInPieces } from '../../edge/serve/pieces.js';
import { validityOf } from '../../edge/serve/tls/validity.js';
import { makeRoot } from '../../edge/serve/tls/x509.js';
import { until } from '../support/until.js';

const MIB = 1024 * 1024;
const LARGE = Buffer.alloc(32 * MIB, 1);
const WITHIN = { withinMs: 10_000 };
const ASK = 'GET /large HTTP/1.1\r\nhost: a\r\n\r\n';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serverOf(tls: boolean, handler: RequestListener): Promise<Server> {
  if (!tls) return createServer(handler);
  const { certificate, key } = await makeRoot('a', validityOf('root', Date.now()));
  return createTlsServer({ cert: certificate, key }, handler) as unknown as Server;
}

interface SetUp extends Partial<ConnectionLimits> {
  readonly tls?: boolean;
  readonly handler?: RequestListener;
}

async function open({ tls = false, handler, ...limits }: SetUp) {
  const cuts: string[] = [];
  let slow = 0;
  const server = await serverOf(tls, handler ?? ((_request, response) => sendInPieces(response, LARGE)));
  const bounds = boundConnections(
    server,
    { ...CONNECTION_LIMITS, ...limits },
    { cut: (reason) => cuts.push(reason), slow: (count) => (slow = count) },
  );
  bounds.takeTurns();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  closers.push(() => new Promise((done) => server.close(done)), bounds.destroyAll);
  const dial = async (): Promise<Socket> => {
    const socket = tls
      ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
      : connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    closers.push(() => socket.destroy());
    await once(socket, tls ? 'secureConnect' : 'connect');
    return socket;
  };
  return { server, bounds, cuts, slow: () => slow, dial, connections: () => countOf(server) };
}

const countOf = (server: Server): Promise<number> =>
  new Promise((done) => server.getConnections((_error, count) => done(count)));

describe.each([{ tls: false }, { tls: true }])('a listener with $tls for TLS', ({ tls }) => {
  it('cuts who takes nothing, and only them', async () => {
    const { dial, cuts, connections } = await open({ tls, patienceMs: 2_000 });
    const [frozen, slow, quiet] = [await dial(), await dial(), await dial()];
    frozen.pause().write(ASK);
    // Takes a little now and then, and far less than there is.
    slow.pause().write(ASK);
    const sips = setInterval(() => slow.read(), 5);
    closers.push(() => clearInterval(sips));
    await until(() => cuts.length > 0, { ...WITHIN, what: 'a cut' });
    expect(cuts).toEqual(['SlowConsumer']);
    await until(async () => (await connections()) === 2, { ...WITHIN, what: 'its connection to be gone' });
    expect([slow.destroyed, quiet.destroyed]).toEqual([false, false]);
  });

  it('control: with patience they are waited for', async () => {
    const { dial, cuts, slow, connections } = await open({ tls, patienceMs: 3_600_000 });
    (await dial()).pause().write(ASK);
    await until(() => slow() === 1, { ...WITHIN, what: 'bytes to wait' });
    expect(cuts).toEqual([]);
    expect(await connections()).toBe(1);
  });

  it('has room for newcomers however many stay', async () => {
    const { dial, cuts, connections } = await open({ tls, perAddress: 5 });
    const sockets: Socket[] = [];
    for (let n = 0; n < 20; n++) sockets.push(await dial());
    await until(() => cuts.length === 15, { ...WITHIN, what: 'fifteen to make room' });
    expect(new Set(cuts)).toEqual(new Set(['TooManyConnections']));
    expect(await connections()).toBe(5);
    const newest = sockets.at(-1)!;
    newest.write(ASK);
    await once(newest, 'data');
  });

  it('pushes nobody out who said who it is', async () => {
    const { server, bounds, dial, cuts } = await open({ tls, perAddress: 3 });
    server.once('request', (request) => bounds.known(request.socket));
    const known = await dial();
    known.write(ASK);
    await once(known, 'data');
    known.resume();
    for (let n = 0; n < 10; n++) await dial();
    await until(() => cuts.length === 8, { ...WITHIN, what: 'the strangers to make room' });
    expect(known.destroyed).toBe(false);
  });
});

describe('requests of one connection', () => {
  it('are answered one after the other, in their order', async () => {
    let underWay = 0;
    let most = 0;
    const { dial } = await open({
      handler: (request, response) => {
        most = Math.max(most, ++underWay);
        setImmediate(() => {
          underWay -= 1;
          response.end(request.url);
        });
      },
    });
    const socket = await dial();
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.write(['/1', '/2', '/3', '/4', '/5'].map((path) => ASK.replace('/large', path)).join(''));
    await until(() => heard.endsWith('/5'), { ...WITHIN, what: 'the fifth answer' });
    expect(heard.match(/\r\n\r\n\/\d/g)?.map((body) => body.at(-1))).toEqual(['1', '2', '3', '4', '5']);
    expect(most).toBe(1);
  });

  it('end it when many more are sent than are answered', async () => {
    let begun = 0;
    const { dial, cuts, connections } = await open({
      handler: () => {
        begun += 1;
      },
    });
    const socket = await dial();
    socket.write(ASK.repeat(40));
    socket.resume();
    await until(() => socket.destroyed, { ...WITHIN, what: 'the end' });
    expect(cuts).toEqual(['TooManyPipelined']);
    expect(begun).toBe(1);
    await until(async () => (await connections()) === 0, { ...WITHIN, what: 'the connection to be gone' });
  });
});

it('of a large answer one piece waits for whoever takes nothing', async () => {
  let response: { writableLength: number } | undefined;
  const { dial, slow } = await open({
    handler: (_request, answer) => {
      response = answer;
      sendInPieces(answer, LARGE);
    },
  });
  (await dial()).pause().write(ASK);
  await until(() => slow() === 1, { ...WITHIN, what: 'bytes to wait' });
  expect(response!.writableLength).toBeLessThan(64 * 1024);
});
