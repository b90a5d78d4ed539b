import { writeFileSync } from 'node:fs';
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
    browser = await openBrowser();
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
});
