import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { freePort } from '../support/free-port.js';
import { pngOf } from '../support/png.js';
import { pairPlayer, playsOf, setProgramme, uploadMedia } from '../support/screens.js';
import { until } from '../support/until.js';
import { openBrowser } from '../ui/support/browser.js';

/** A disk without room: the browser takes the write and ends its transaction without it. */
const FULL = `for (const name of ['put', 'add']) {
  const write = IDBObjectStore.prototype[name];
  IDBObjectStore.prototype[name] = function (...args) {
    const request = write.apply(this, args);
    this.transaction.abort();
    return request;
  };
}`;
const TURN_S = 3;
/** As a screen finds the store in a shop that has no certificate: a name that is not this machine to the browser. */
const PLAIN_HOST = `${hostname().toLowerCase()}.local`;

/** Counts what the page holds by address. */
const COUNTED = `{
  globalThis.held = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (body) => { const url = createObjectURL(body); held.add(url); return url; };
  URL.revokeObjectURL = (url) => { held.delete(url); revokeObjectURL(url); };
}`;

await describeWith(['chromium'], 'a screen and what it keeps', () => {
  let store: TestStore;
  let browser: Browser;
  beforeAll(async () => {
    const port = await freePort();
    store = await startTestStore((config) => ({ ...config, http: { ...config.http, port } }));
    browser = await openBrowser([`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`]);
  });
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
  });

  const start = async (script: string): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport: { width: 960, height: 540 } });
    await context.addInitScript(script);
    return context;
  };
  const play = (screen: string, media: readonly string[]) =>
    setProgramme(store, screen, {
      playlist: media.map((name) => ({ show: 'media', media: name, seconds: TURN_S })),
    });
  const drawn = (page: Page, width: number): Promise<unknown> =>
    page.waitForFunction(
      (wanted) => document.querySelector<HTMLImageElement>('.layer.on img.media')?.naturalWidth === wanted,
      width,
      { timeout: 15_000 },
    );
  const held = (page: Page): Promise<number> =>
    page.evaluate(() => (globalThis as unknown as { held: Set<string> }).held.size);

  it('gives up the memory of what it no longer shows', async () => {
    const page = await pairPlayer(store, await start(COUNTED), { screen: 'screen-1' });
    for (const width of [31, 32, 33, 34]) {
      await play('screen-1', [await uploadMedia(store, pngOf(width, 16))]);
      await drawn(page, width);
    }
    await until(async () => (await held(page)) === 1, { withinMs: 8_000, what: 'the old ones to go' });
    await page.context().close();
  });

  it('proves what it played while the store was away, although that left its playlist meanwhile', async () => {
    await play('screen-3', [
      await uploadMedia(store, pngOf(36, 16)),
      await uploadMedia(store, pngOf(37, 16)),
    ]);
    const page = await pairPlayer(store, await start(COUNTED), { screen: 'screen-3' });
    await drawn(page, 36);
    const contentId = await page.getAttribute('[data-shows]', 'data-shows');
    const goneMs = Date.now();
    await store.app.close();
    // A turn that begins without the store.
    await page.waitForSelector(`[data-link="gone"]:not([data-shows="${contentId}"])`, { timeout: 15_000 });
    await page.waitForSelector(`[data-link="gone"][data-shows="${contentId}"]`);
    // Whoever looks after the store took the picture off the wall meanwhile.
    writeFileSync(join(store.config.dataDirectory, 'screens.json'), '{"screens":[]}');
    store = await store.restart();
    await page.waitForSelector('[data-link="live"]', { timeout: 15_000 });
    await page.waitForSelector(`[data-shows="${contentId}"]`, { state: 'detached' });
    const alone = () =>
      playsOf(store, 'screen-3').then((plays) =>
        plays.filter((one) => one.contentId === contentId && Date.parse(one.shownAt) > goneMs),
      );
    await until(async () => (await alone()).length > 0, { withinMs: 15_000, what: 'the plays of then' });
    await page.context().close();
  });

  it('shows from memory what its full disk does not take, asks for it once, and loses no proof', async () => {
    const files = [await uploadMedia(store, pngOf(41, 16)), await uploadMedia(store, pngOf(42, 16))];
    const context = await start(FULL);
    const page = await pairPlayer(store, context, { screen: 'screen-2' });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const before = (await playsOf(store, 'screen-2')).length;
    await play('screen-2', files);
    await drawn(page, 41);
    await drawn(page, 42);
    await until(async () => (await playsOf(store, 'screen-2')).length >= before + 2, {
      withinMs: 10_000,
      what: 'the plays',
    });
    await play('screen-2', [...files, files[0]!]);
    await drawn(page, 41);
    for (const name of files) expect(asked.filter((url) => url.endsWith(name))).toHaveLength(1);
    await context.close();
  });

  it('takes no bytes but those of the name, on plain http too; under their own name it takes them (control)', async () => {
    const [wanted, beside, other] = [pngOf(51, 16), pngOf(52, 16), pngOf(53, 16)];
    const [name, besideIt] = [await uploadMedia(store, wanted), await uploadMedia(store, beside)];
    const context = await start(COUNTED);
    let wrong = true;
    await context.route(`**/v1/media/${name}`, (route) =>
      wrong ? route.fulfill({ body: other }) : route.continue(),
    );
    const plain = { ...store, url: store.url.replace('127.0.0.1', PLAIN_HOST) };
    const page = await pairPlayer(plain, context, { screen: 'screen-4' });
    expect(await page.evaluate('[isSecureContext, typeof crypto.subtle]')).toEqual([false, 'undefined']);
    const widths = new Set<number>();
    await page.exposeFunction('seen', (width: number) => widths.add(width));
    await page.evaluate(`setInterval(() => {
      const picture = document.querySelector('img.media');
      if (picture?.naturalWidth) seen(picture.naturalWidth);
    }, 50)`);
    // The second is asked for after the first was answered and looked at.
    await play('screen-4', [name, besideIt]);
    await drawn(page, 52);
    expect(await keptFiles(page)).toEqual([besideIt]);
    expect(await held(page)).toBe(1);
    expect([...widths]).not.toContain(53);
    const ownName = await uploadMedia(store, other);
    await play('screen-4', [name, ownName]);
    await drawn(page, 53);
    expect((await keptFiles(page)).sort()).toEqual([besideIt, ownName].sort());
    wrong = false;
    await play('screen-4', [name]);
    await drawn(page, 51);
    // What rots on the disk of the screen is fetched anew.
    await rot(page, { name, from: ownName });
    await page.reload();
    await drawn(page, 51);
    await context.close();
  });
});

/** Names of the files that the page has on its disk. */
const keptFiles = (page: Page): Promise<string[]> =>
  page.evaluate(
    () =>
      new Promise((done, fail) => {
        const opened = indexedDB.open('endcap-player', 1);
        opened.onerror = () => fail(opened.error);
        opened.onsuccess = () => {
          const names = opened.result.transaction('files').objectStore('files').getAllKeys();
          names.onsuccess = () => {
            opened.result.close();
            done(names.result.map(String));
          };
        };
      }),
  );

/** Puts the bytes of one kept file under the name of another. */
const rot = (page: Page, what: { name: string; from: string }): Promise<void> =>
  page.evaluate(
    ({ name, from }) =>
      new Promise<void>((done, fail) => {
        const opened = indexedDB.open('endcap-player', 1);
        opened.onerror = () => fail(opened.error);
        opened.onsuccess = () => {
          const writing = opened.result.transaction('files', 'readwrite');
          const files = writing.objectStore('files');
          const read = files.get(from);
          read.onsuccess = () => files.put(read.result, name);
          writing.oncomplete = () => {
            opened.result.close();
            done();
          };
        };
      }),
    what,
  );
