import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, picture } from '../ui/support/browser.js';

/** Against a real store: the list, the file and the store's own time must agree. */
await describeWith(['chromium'], 'the journal by time and as a file', () => {
  let browser: Browser;
  let store: TestStore;
  let page: Page;

  beforeAll(async () => {
    browser = await openBrowser();
    store = await startTestStore();
    for (let n = 0; n < 40; n += 1) {
      const data = { device: `probe-${n}`, kind: 'probe', reason: n === 0 ? '=1+1' : 'connected' };
      await store.app.gate.admit([{ type: 'device.online', device: 'probe', data }]);
    }
    await store.app.engine.idle();
  });
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
  });
  beforeEach(async () => {
    const session = await store.call('/v1/session', { body: { token: store.token('store-manager') } });
    const [pair = ''] = (session.headers.get('set-cookie') ?? '').split(';');
    const at = pair.indexOf('=');
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      acceptDownloads: true,
    });
    await context.addCookies([{ name: pair.slice(0, at), value: pair.slice(at + 1), url: store.url }]);
    page = await context.newPage();
    await page.goto(`${store.url}/#journal`);
    await page.waitForSelector('.event');
  });
  afterEach(() => page.context().close());

  it('gives the file that the list shows, as a spreadsheet without formulas', async () => {
    await page.fill('input[type=search]', 'probe');
    await page.waitForFunction(() => document.querySelectorAll('.event').length === 40);
    await page.click('.export-chip');
    await page.waitForSelector('dialog[open]');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'journal-export');
    const download = page.waitForEvent('download');
    await page.click('text=Spreadsheet (CSV)');
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^journal-store-014-.*\.csv$/);
    const text = readFileSync(await file.path(), 'utf8');
    expect(text.trimEnd().split('\r\n')).toHaveLength(41);
    expect(text).not.toMatch(/(^|,)=/m);
    await page.waitForSelector('dialog >> text=40 events are in the file');
  });

  it('says how many are in a JSON file, and that it is whole', async () => {
    await page.click('.export-chip');
    const download = page.waitForEvent('download');
    await page.click('dialog >> text=JSON');
    const body = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
    expect(body.complete).toBe(true);
    await page.waitForSelector(`dialog >> text=${body.count} events are in the file`);
  });

  it('keeps to a range of the store’s own clock, and says when its end lies before its beginning', async () => {
    const time = page.locator('.filter-chips select').first();
    await time.selectOption('yesterday');
    await page.waitForSelector('.events .empty');
    await time.selectOption('hour');
    await page.waitForSelector('.event');
    await time.selectOption('own');
    await page.fill('.own-side input >> nth=0', '2026-06-18T15:00');
    await page.fill('.own-side input >> nth=1', '2026-06-18T14:00');
    await page.waitForSelector('text=The end lies before the beginning.');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'journal-own-range');
  });
});
