import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isKnownHost, isOwnOrigin } from '../../edge/serve/guards.js';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

/** A request as written, with headers that `fetch` would not send. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(store.url);
  return new Promise((done, fail) => {
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => done({ status: response.statusCode!, body }));
    });
    asked.on('error', fail);
    asked.end();
  });
}

describe('S10 web basics', () => {
  it('answers only under its own names', async () => {
    const { port } = new URL(store.url);
    for (const host of [`127.0.0.1:${port}`, 'localhost', '[::1]:8080', '192.168.1.4:8080']) {
      expect((await raw('/healthz', { host })).status, host).toBe(200);
    }
    for (const host of [
      'evil.example',
      'evil.example:8080',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      'a@localhost',
    ]) {
      expect((await raw('/healthz', { host })).status, host).toBe(421);
    }
    expect(isKnownHost('store.example:80', ['Store.Example'])).toBe(true);
  });

  it('takes no change from a page of another site, whoever is logged in', async () => {
    const token = store.app.auth.issue({ role: 'admin', subject: 'staff' }, { singleUse: true });
    const cookie = (await store.call(`/?token=${token}`)).headers.get('set-cookie')!.split(';')[0]!;
    const stop = (headers: Record<string, string>) =>
      store.call('/v1/stop', {
        headers: { cookie, ...headers },
        body: { scope: { campaign: 'favourite-drink' }, reason: 'r' },
      });
    expect((await stop({ origin: 'https://evil.example' })).body.reason).toBe('NotAllowed');
    expect((await stop({ origin: 'null' })).body.reason).toBe('NotAllowed');
    expect((await stop({ 'sec-fetch-site': 'cross-site' })).body.reason).toBe('NotAllowed');
    expect((await stop({ origin: store.url })).status).toBe(201);
    expect(isOwnOrigin({ host: 'a:1', origin: 'http://a:2' })).toBe(false);
  });

  it('sends no permission to other sites and a policy without a way around', async () => {
    const { headers } = await store.call('/healthz', { headers: { origin: 'https://evil.example' } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('says 429 after ten wrong tokens in a minute, and right ones still pass', async () => {
    const good = store.token('viewer');
    const answers: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      answers.push((await store.call('/v1/session', { token: `ec_wrong${n}` })).status);
    }
    expect(answers.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(answers.slice(10)).toEqual([429, 429]);
    const refused = await store.call('/v1/session', { body: { token: 'ec_wrong' } });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await store.call('/v1/session', { token: good })).body).toEqual({
      role: 'viewer',
      subject: 'a-viewer',
    });
  });

  it('answers every refusal as a problem document', async () => {
    for (const path of ['/v1/nothing', '/v1/journal', '/%E0%A4%A', '/v1/topics/x/events?limit=y']) {
      const { status, headers, body } = await store.call(path);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(body).toMatchObject({
        status,
        reason: expect.any(String),
        cure: expect.any(String),
        instance: expect.any(String),
      });
    }
  });
});

describe('methods', () => {
  it('are refused by name, with those that the address has', async () => {
    const answer = await store.call('/v1/stop', { method: 'PATCH', body: {} });
    expect([answer.status, answer.body.reason]).toEqual([405, 'MethodNotAllowed']);
    expect(answer.headers.get('allow')).toBe('GET, POST, HEAD');
  });

  it('HEAD of a stream ends at once', async () => {
    const { hostname, port } = new URL(store.url);
    const headers = { host: hostname, authorization: `Bearer ${store.token('admin')}` };
    const ended = new Promise((done) => {
      const asked = request(
        { hostname, port, path: '/v1/topics/tick/stream', method: 'HEAD', headers },
        (response) => {
          response.on('end', () => done(response.statusCode)).resume();
        },
      );
      asked.end();
    });
    expect(await ended).toBe(200);
  });
});

describe('bodies', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    store.call('/v1/stop', { token: store.token('associate'), body, headers });

  it('are refused by reason: not JSON, not UTF-8, too large, packed, unfit', async () => {
    expect((await post('{')).body.reason).toBe('MalformedJson');
    expect((await post('{"scope":"all","reason":""}')).body).toMatchObject({
      reason: 'SchemaMismatch',
      field: '/reason',
    });
    const large = await post(JSON.stringify({ scope: 'all', reason: 'x'.repeat(70_000) }));
    expect([large.status, large.body.reason]).toEqual([413, 'TooLarge']);
    const packed = await post('{}', { 'content-encoding': 'gzip' });
    expect([packed.status, packed.body.reason]).toEqual([415, 'UnsupportedFormat']);
    const response = await fetch(`${store.url}/v1/stop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${store.token('associate')}` },
      body: Buffer.from([0x7b, 0xff, 0x7d]),
    });
    expect((await response.json()).reason).toBe('MalformedText');
  });

  it('may be nested as deep as they like', async () => {
    const deep = `{"scope":${'['.repeat(30_000)}${']'.repeat(30_000)},"reason":"r"}`;
    expect((await post(deep)).body.reason).toBe('SchemaMismatch');
    const open = await post(
      `{"scope":{"campaign":"favourite-drink"},"reason":"r","more":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    );
    expect(open.status).toBe(201);
    const till = store.token('till', 'till-1');
    const sold = await store.call('/v1/pos/transactions', { token: till, body: `${'['.repeat(200_000)}` });
    expect(sold.status).toBeLessThan(500);
  });

  it('are not read before it is known who asks', async () => {
    const { hostname, port } = new URL(store.url);
    const socket = connect(Number(port), hostname);
    const answered = new Promise<string>((done) => socket.once('data', (chunk) => done(chunk.toString())));
    socket.write(`POST /v1/pos/transactions HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: 900000\r\n\r\n`);
    expect(await answered).toMatch(/^HTTP\/1\.1 401/);
    socket.destroy();
  });
});

describe('clients that send slowly', () => {
  it('are cut within ten seconds, with half a header or half a body, while others are answered', async () => {
    const { hostname, port } = new URL(store.url);
    const token = store.token('admin');
    const halves = [
      `POST /v1/stop HTTP/1.1\r\nhost: ${hostname}\r\nx-slow: `,
      `POST /v1/stop HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\ncontent-length: 50\r\n\r\n{`,
    ];
    const from = performance.now();
    const cuts = halves.map((half) => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined).resume();
      socket.write(half);
      return new Promise<number>((done) => socket.on('close', () => done(performance.now() - from)));
    });
    expect((await store.call('/healthz')).status).toBe(200);
    for (const cut of await Promise.all(cuts)) {
      expect(cut).toBeGreaterThan(5_000);
      expect(cut).toBeLessThan(10_500);
    }
  });
});

describe('S9 files stay in their folder', () => {
  it.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../package.json',
    '/..\\package.json',
    '/.%00./package.json',
    '//etc/passwd',
    '/assets//etc/passwd',
    '/screen/..%2f..%2fpackage.json',
    '/.git/config',
    '/endpoint.json',
  ])('%s reads nothing', async (path) => {
    const { status, body } = await raw(path, { host: 'localhost' });
    expect(body).not.toContain('"dependencies"');
    expect(body).not.toContain('root:');
    expect(status === 404 || (status === 200 && path.startsWith('/screen/'))).toBe(true);
  });
});
