import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { serveDesk } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { staffNow } from '../ui/support/staff-samples.js';

const PHONE = { width: 360, height: 780, reducedMotion: true };

await describeWith(['chromium'], 'the details of an offer', () => {
  let browser: Browser;
  let store: FixtureStore;
  let page: Page;

  const top = async (): Promise<number> => (await page.locator('.drawer').boundingBox())!.y;
  const focused = (): Promise<string> =>
    page.evaluate(() =>
      document.activeElement === document.body ? 'body' : String(document.activeElement?.className),
    );

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    const now = Date.now();
    store.say('/staff', 'now', staffNow(now));
    serveDesk(store, now);
  });
  afterEach(async () => {
    await page.context().close();
    await store.close();
  });

  it('come into view on a phone, far below as they stand', async () => {
    page = await openPage(browser, `${store.url}/#offers`, PHONE);
    await page.click('.desk-link >> nth=0');
    await page.waitForSelector('.drawer');
    await expect.poll(top).toBeLessThan(PHONE.height / 2);
    await picture(page, 'offer-phone-open');
  });

  it('are reached, left and closed by keyboard, and lead back to their row', async () => {
    page = await openPage(browser, `${store.url}/#offers`, { width: 1440, height: 900 });
    await page.focus('.desk-link >> nth=1');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('drawer card');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('drawer-close');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.drawer', { state: 'detached' });
    await expect.poll(focused).toBe('desk-link');
    expect(await page.evaluate(() => document.activeElement!.getAttribute('href'))).toBe(
      await page.locator('.desk-link').nth(1).getAttribute('href'),
    );
  });

  it('take no focus from who came by their address', async () => {
    page = await openPage(browser, `${store.url}/#offers/kolibri-zero-near`, PHONE);
    await page.waitForSelector('.drawer');
    await expect.poll(top).toBeLessThan(PHONE.height / 2);
    expect(await focused()).toBe('body');
  });
});
