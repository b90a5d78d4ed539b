/**
 * A push service of the suite's own (RFC 8030, 8291, 8292): it checks what the real ones check, keeps messages for
 * browsers that are away by topic and lifetime, and fails on demand.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { importJWK, jwtVerify } from 'jose';
import { makeRoot, newKey, signLeaf } from '../../edge/serve/tls/x509.js';
import { type BrowserKeys, browserKeys, decryptPush } from './rfc8291.js';

/** What a browser hands to the page. */
export interface BrowserSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}
export interface ReceivedPush {
  readonly endpoint: string;
  readonly atMs: number;
  readonly ttlS: number;
  readonly topic: string;
  readonly urgency: string;
  readonly subject: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the message says is checked by the test
  readonly payload: any;
  readonly bytes: number;
}
/** A status, `hang` (takes the request and says nothing) or `cut` (closes the connection). */
export type PushReply =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | 'hang'
  | 'cut';

export type Answering = (
  endpoint: string,
  nth: number,
) => PushReply | undefined | Promise<PushReply | undefined>;

export interface TestPushService {
  readonly origin: string;
  readonly port: number;
  /** Certificate of its authority, PEM. */
  readonly ca: string;
  /** A browser subscribes with the key of the store. */
  subscribe(applicationServerKey: string): BrowserSubscription;
  /** Messages that were right in everything and answered with 201, oldest first. */
  readonly received: readonly ReceivedPush[];
  /** Every request, also those that were answered otherwise. */
  readonly tries: readonly { readonly endpoint: string; readonly atMs: number }[];
  /** What was wrong with requests, in words; the tests want it empty. */
  readonly violations: readonly string[];
  /** How the next requests are answered, now or later; `undefined` goes back to 201. */
  answer(reply: Answering | undefined): void;
  /** What a browser that comes back finds: the newest of each topic whose lifetime is not over. */
  waitingFor(endpoint: string, atMs: number): readonly ReceivedPush[];
  close(): Promise<void>;
}

interface Browser {
  readonly keys: BrowserKeys;
  readonly applicationServerKey: string;
}

const BODY_BYTES_MAX = 4_096;
const DAY_S = 86_400;

export async function startPushService(names: readonly string[] = ['localhost']): Promise<TestPushService> {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const root = await makeRoot('push suite', validity);
  const own = newKey();
  const leaf = await signLeaf(root, {
    ...{ commonName: names[0]!, publicKey: own.publicKey, use: 'server', validity, names },
  });
  const service = createState();
  const server = createServer({ key: own.key, cert: leaf.certificate }, (request, response) => {
    service.handle(request, response).catch((error: unknown) => {
      service.violations.push(String(error));
      response.writeHead(400).end();
    });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  service.origin = `https://${names[0]}:${port}`;
  return Object.assign(service.face, {
    origin: service.origin,
    port,
    ca: root.certificate,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  });
}

const listen = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.listen(0, '127.0.0.1', done);
  });

function createState() {
  const browsers = new Map<string, Browser>();
  const received: ReceivedPush[] = [];
  const tries: { endpoint: string; atMs: number }[] = [];
  const violations: string[] = [];
  let reply: Answering | undefined;
  const state = {
    origin: '',
    violations,
    face: {
      received,
      tries,
      violations,
      subscribe(applicationServerKey: string): BrowserSubscription {
        const endpoint = `${state.origin}/push/${randomBytes(18).toString('base64url')}`;
        const keys = browserKeys();
        browsers.set(endpoint, { keys, applicationServerKey });
        return { endpoint, keys: keys.keys };
      },
      answer(next: typeof reply) {
        reply = next;
      },
      waitingFor: (endpoint: string, atMs: number) => waiting(received, endpoint, atMs),
    },
    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const endpoint = state.origin + request.url;
      const body = await bodyOf(request);
      tries.push({ endpoint, atMs: Date.now() });
      const told = await reply?.(endpoint, tries.filter((attempt) => attempt.endpoint === endpoint).length);
      if (told === 'hang') return;
      if (told === 'cut') {
        request.socket.destroy();
        return;
      }
      if (told !== undefined) {
        response.writeHead(told.status, told.headers).end();
        return;
      }
      const browser = browsers.get(endpoint);
      if (request.method !== 'POST' || browser === undefined) {
        response.writeHead(404).end();
        return;
      }
      received.push(await check({ request, endpoint, body, browser, origin: state.origin }));
      response.writeHead(201, { location: `${state.origin}/message/${received.length}` }).end();
    },
  };
  return state;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Arrived {
  readonly request: IncomingMessage;
  readonly endpoint: string;
  readonly body: Buffer;
  readonly browser: Browser;
  readonly origin: string;
}

/** Throws with what is wrong. */
async function check({ request, endpoint, body, browser, origin }: Arrived): Promise<ReceivedPush> {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const must = (ok: boolean, what: string): void => {
    if (!ok) throw new Error(`${what}: ${JSON.stringify(request.headers)}`);
  };
  must(/^\d+$/.test(header('ttl')), 'TTL must be whole seconds');
  must(/^[A-Za-z0-9_-]{1,32}$/.test(header('topic')), 'Topic must be base64url, 32 at most');
  must(['very-low', 'low', 'normal', 'high'].includes(header('urgency')), 'Urgency is not one');
  must(header('content-encoding') === 'aes128gcm', 'Content-Encoding must be aes128gcm');
  must(body.length <= BODY_BYTES_MAX, `${body.length} bytes are too many`);
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(header('authorization')) ?? [];
  must(key === browser.applicationServerKey, 'the key is not that of the subscription');
  const point = Buffer.from(key, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: b64(point.subarray(1, 33)), y: b64(point.subarray(33)) };
  const { payload } = await jwtVerify(token, await importJWK(jwk, 'ES256'), {
    algorithms: ['ES256'],
    audience: origin,
    requiredClaims: ['exp', 'sub'],
  });
  must((payload.exp ?? 0) * 1_000 <= Date.now() + DAY_S * 1_000, 'exp is more than a day ahead');
  must(/^(mailto:.+@.+|https:\/\/.+)$/.test(payload.sub ?? ''), 'sub names nobody');
  return {
    endpoint,
    atMs: Date.now(),
    ttlS: Number(header('ttl')),
    topic: header('topic'),
    urgency: header('urgency'),
    subject: payload.sub ?? '',
    payload: JSON.parse(decryptPush(body, browser.keys).toString('utf8')),
    bytes: body.length,
  };
}

const b64 = (bytes: Buffer): string => bytes.toString('base64url');

function waiting(received: readonly ReceivedPush[], endpoint: string, atMs: number): readonly ReceivedPush[] {
  const newest = new Map<string, ReceivedPush>();
  for (const push of received) if (push.endpoint === endpoint) newest.set(push.topic, push);
  return [...newest.values()].filter((push) => push.atMs + push.ttlS * 1_000 > atMs);
}
