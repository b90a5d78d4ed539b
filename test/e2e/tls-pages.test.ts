/**
 * The pages over TLS in a real browser that trusts the store's root: by its key, since a headless Chromium has no
 * settings to install one in. A browser without that trust is the control.
 */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { screenLink, shopperLink, staffLink } from '../../edge/serve/auth/links.js';
import { makeRoot, newKey, signLeaf } from '../../edge/serve/tls/x509.js';
import { callHttps, startTlsStore, type TlsStore } from '../serve/tls/support.js';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';

const SHOP = 'shop.linden.example';
const VIEW = { width: 1280, height: 800 };

const pinOf = (certificate: string): string =>
  createHash('sha256')
    .update(createPublicKey(certificate).export({ type: 'spki', format: 'der' }))
    .digest('base64');

await describeWith(['chromium'], 'the pages over TLS', () => {
  let folder: string;
  let store: TlsStore;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'endcap-shop-'));
    const validity = {
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
    };
    const root = await makeRoot('A public authority', validity);
    const { key, publicKey } = newKey();
    const wish = { commonName: SHOP, publicKey, validity, use: 'server', names: [SHOP] } as const;
    const files = { certificate: join(folder, 'shop.crt'), key: join(folder, 'shop.key') };
    const { certificate } = await signLeaf(root, wish);
    writeFileSync(files.certificate, certificate);
    writeFileSync(files.key, key);
    store = await startTlsStore({
      change: (config) => ({ ...config, http: { ...config.http, tls: { names: [], retailer: files } } }),
    });
    const own = await callHttps(store.https, '/healthz', { ca: store.root });
    expect(own.status).toBe(200);
    const pins = [store.root, certificate].map(pinOf).join(',');
    browser = await openBrowser([
      `--ignore-certificate-errors-spki-list=${pins}`,
      `--host-resolver-rules=MAP ${SHOP} 127.0.0.1`,
    ]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sockets of a page that were opened, and whether the first of them spoke. */
  const listening = (page: Page): Promise<string> =>
    new Promise((done) =>
      page.on('websocket', (socket) => socket.once('framereceived', () => done(socket.url()))),
    );

  it('staff log in, see the floor, and their socket runs over wss', async () => {
    const page = await openPage(browser, 'about:blank', VIEW);
    const socket = listening(page);
    await page.goto(staffLink(store.app.auth, store.app.url));
    await page.getByText('On the floor now').waitFor();
    expect(await socket).toMatch(/^wss:/);
    const cookies = await page.context().cookies();
    expect(cookies.length).toBeGreaterThan(0);
    expect(cookies.every(({ secure }) => secure)).toBe(true);
    await page.close();
  }, 30_000);

  it('a screen plays', async () => {
    const page = await openPage(browser, 'about:blank', VIEW);
    const socket = listening(page);
    await page.goto(screenLink(store.app.auth, store.app.url, 'screen-1'));
    expect(await socket).toMatch(/^wss:/);
    expect((await page.evaluate('document.body.innerText')) as string).not.toBe('');
    await page.close();
  }, 30_000);

  it('a shopper opens their page under the retailer’s name, where it may install and wake for messages', async () => {
    const made = await callHttps(store.https, '/v1/shoppers', {
      ca: store.root,
      method: 'POST',
      headers: { authorization: `Bearer ${store.token('associate')}` },
    });
    const { sid } = JSON.parse(made.text) as { sid: string };
    const page = await openPage(browser, 'about:blank', { width: 390, height: 844 });
    await page.goto(shopperLink(store.app.auth, `https://${SHOP}:${store.https.port}`, sid));
    expect(new URL(page.url()).hostname).toBe(SHOP);
    expect(await page.evaluate('window.isSecureContext')).toBe(true);
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await page.close();
  }, 30_000);

  it('shows how to trust the store, with the fingerprint to compare', async () => {
    const page = await openPage(browser, `${store.app.url}/trust`, { width: 390, height: 844 });
    const text = (await page.evaluate('document.body.innerText')) as string;
    expect(text).toContain(new X509Certificate(store.root).fingerprint256);
    expect(await page.evaluate('document.documentElement.scrollWidth <= 390')).toBe(true);
    await picture(page, 'trust-390');
    await page.close();
  });

  it('would notice: a browser that does not know the root opens nothing', async () => {
    const stranger = await openBrowser([`--host-resolver-rules=MAP ${SHOP} 127.0.0.1`]);
    const page = await stranger.newPage();
    await expect(page.goto(store.app.url)).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/);
    await expect(page.goto(`https://${SHOP}:${store.https.port}/me`)).rejects.toThrow(/ERR_CERT/);
    await stranger.close();
  }, 30_000);
});
