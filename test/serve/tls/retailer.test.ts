import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeyPair, makeRoot, newKey, signLeaf } from '../../../edge/serve/tls/x509.js';
import { callHttps, handshake, startTlsStore, type TlsStore } from './support.js';

const SHOP = 'shop.linden.example';
const VALIDITY = { notBefore: new Date(0), notAfter: new Date(Date.now() + 80 * 86_400_000) };
let folder: string;
let store: TlsStore;
let retailersRoot: KeyPair;

/** A certificate as a public authority would give the retailer one. */
async function bought(): Promise<KeyPair & { serial: string }> {
  const { key, publicKey } = newKey();
  const names = [SHOP, '*.linden.example'];
  const wish = { commonName: SHOP, publicKey, validity: VALIDITY, use: 'server', names } as const;
  return { ...(await signLeaf(retailersRoot, wish)), key };
}

const files = () => ({ certificate: join(folder, 'shop.crt'), key: join(folder, 'shop.key') });
function put(pair: KeyPair): void {
  writeFileSync(files().certificate, pair.certificate);
  writeFileSync(files().key, pair.key);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-retailer-'));
  retailersRoot = await makeRoot('A public authority', VALIDITY);
  put(await bought());
  store = await startTlsStore({
    change: (config) => ({
      ...config,
      http: { ...config.http, tls: { names: ['store-17.local'], retailer: files(), redirectPort: 0 } },
    }),
  });
}, 30_000);
afterAll(async () => {
  await store?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function shownFor(servername: string | undefined): Promise<X509Certificate> {
  const name = servername === undefined ? {} : { servername };
  const ca = [store.root, retailersRoot.certificate];
  const { socket } = await handshake({ ...store.https, ca, ...name, checkServerIdentity: () => undefined });
  const certificate = socket.getPeerX509Certificate()!;
  socket.destroy();
  return certificate;
}

const shopper = () => ({ ca: retailersRoot.certificate, servername: SHOP, headers: { host: SHOP } });

describe("the retailer's certificate", () => {
  it('is shown for the host of shoppers, the local one for every other name and for addresses', async () => {
    expect((await shownFor(SHOP)).issuer).toContain('A public authority');
    for (const name of [undefined, 'localhost', 'store-17.local', 'other.linden.example']) {
      expect((await shownFor(name)).issuer, name ?? 'no name').toContain('Endcap store-014');
    }
    const page = await callHttps(store.https, '/healthz', shopper());
    expect(page.status).toBe(200);
  });

  it('brings https for good to its own host, and to no other', async () => {
    const theirs = await callHttps(store.https, '/healthz', shopper());
    expect(theirs.headers['strict-transport-security']).toMatch(/^max-age=\d{7,}$/);
    const own = await callHttps(store.https, '/healthz', { ca: store.root });
    expect(own.headers['strict-transport-security']).toBeUndefined();
  });

  it('is where a shopper’s link leads', async () => {
    const answer = await callHttps(store.https, '/v1/shoppers', {
      ca: store.root,
      method: 'POST',
      headers: { authorization: `Bearer ${store.token('associate')}` },
    });
    const { link } = JSON.parse(answer.text) as { link: string };
    expect(new URL(link).origin).toBe(`https://${SHOP}:${store.https.port}`);
  });

  it('is taken up when its files change, without a restart, and a pair that does not fit changes nothing', async () => {
    const before = await shownFor(SHOP);
    const next = await bought();
    writeFileSync(files().certificate, next.certificate);
    await store.app.trust.look();
    expect(store.app.trust.retailerTrouble()).toContain('is not the key of');
    expect((await shownFor(SHOP)).serialNumber).toBe(before.serialNumber);
    put(next);
    await store.app.trust.look();
    expect(store.app.trust.retailerTrouble()).toBeUndefined();
    expect((await shownFor(SHOP)).serialNumber).toBe(next.serial);
    writeFileSync(files().key, 'nonsense');
    await store.app.trust.look();
    expect(store.app.trust.retailerTrouble()).toBeDefined();
    expect((await shownFor(SHOP)).serialNumber).toBe(next.serial);
    put(next);
    await store.app.trust.look();
    expect(store.app.trust.retailerTrouble()).toBeUndefined();
  });
});

describe('over TLS', () => {
  it('every cookie is for TLS alone', async () => {
    const token = store.token('viewer');
    const answer = await callHttps(store.https, `/?token=${token}`, { ca: store.root });
    const cookies = [answer.headers['set-cookie'] ?? []].flat();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/; Secure$/);
  });

  it('a page of public authorities does not vouch for the store', async () => {
    await expect(callHttps(store.https, '/healthz', { ca: [...rootCertificates] })).rejects.toThrow();
  });

  it('the root is handed out with its fingerprint and words in the browser’s language', async () => {
    const file = await callHttps(store.https, '/trust/root.crt', { ca: store.root });
    expect(file.text).toBe(store.root);
    expect(file.headers['content-type']).toBe('application/x-x509-ca-cert');
    const { fingerprint256 } = new X509Certificate(store.root);
    for (const [language, word] of [
      ['de-DE,de;q=0.9', 'Diesem Laden vertrauen'],
      ['fr', 'Trust this store'],
    ] as const) {
      const page = await callHttps(store.https, '/trust', {
        ca: store.root,
        headers: { 'accept-language': language },
      });
      expect(page.text).toContain(word);
      expect(page.text).toContain(fingerprint256);
    }
  });
});

function plain(path: string, options: { method?: string; host?: string } = {}) {
  return new Promise<{ status: number; location: string | undefined; text: string }>((done, fail) => {
    const { host = 'localhost:80', method = 'GET' } = options;
    const call = get(
      { host: '127.0.0.1', port: store.app.redirectPort, path, method, headers: { host } },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () =>
          done({ status: answer.statusCode ?? 0, location: answer.headers.location, text }),
        );
      },
    );
    call.on('error', fail);
  });
}

describe('the plain port', () => {
  it('sends browsers on, under the name they asked for, and nowhere else', async () => {
    const { port } = store.https;
    expect(await plain('/me?x=1', { host: `${SHOP}:80` })).toMatchObject({
      status: 308,
      location: `https://${SHOP}:${port}/me?x=1`,
    });
    expect((await plain('//elsewhere.example/x')).location).toBe(`https://localhost:${port}/`);
    expect((await plain('/', { host: 'elsewhere.example' })).status).toBe(400);
  });

  it('takes nothing, and hands out the root to a device that trusts nobody yet', async () => {
    const refused = await plain('/v1/session', { method: 'POST' });
    expect(refused).toMatchObject({ status: 403, location: undefined });
    expect((await plain('/trust/root.crt')).text).toBe(store.root);
    expect((await plain('/trust')).text).toContain('Trust this store');
    expect((await plain('/healthz')).status).toBe(308);
  });
});
