import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { serveDesk } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { servePeople } from '../ui/support/people-samples.js';
import { staffNow } from '../ui/support/staff-samples.js';

const ON_ITS_SIDE = { width: 780, height: 360 };
const PHONE = { width: 360, height: 780 };

await describeWith(['chromium'], 'the staff page on a phone', () => {
  let browser: Browser;
  let store: FixtureStore;
  let page: Page;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    const now = Date.now();
    const { policy, ...told } = staffNow(now);
    store.say('/staff', 'now', {
      ...told,
      policy: { ...policy, store: { ...policy.store, locale: 'de-DE' } },
    });
    serveDesk(store, now);
    servePeople(store, now);
  });
  afterEach(async () => {
    await page.context().close();
    await store.close();
  });

  it('shows on its side, too, what one came for: the first row, and the red button whole', async () => {
    page = await openPage(browser, `${store.url}/#stock`, ON_ITS_SIDE);
    for (const tab of ['stock', 'offers', 'devices']) {
      await page.evaluate((to) => (location.hash = `#${to}`), tab);
      await page.waitForSelector('.desk-row');
      const row = (await page.locator('.desk-lead').first().boundingBox())!;
      await picture(page, `${tab}-on-its-side`);
      expect(row.y + row.height, tab).toBeLessThanOrEqual(ON_ITS_SIDE.height);
      const stop = (await page.locator('.stop').boundingBox())!;
      expect(stop.x + stop.width, 'the red button').toBeLessThanOrEqual(ON_ITS_SIDE.width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(ON_ITS_SIDE.width);
    }
  });

  it('says of every line of an account what it is, where the heads of the columns are gone', async () => {
    page = await openPage(browser, `${store.url}/#people`, PHONE);
    await page.waitForSelector('.people-card .desk-row');
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.people-card .desk-row > td')]
        .filter((cell) => cell.querySelector('.desk-lead') === null && !cell.matches('.desk-action'))
        .filter(({ dataset }) => dataset['label'] === undefined)
        .map(({ textContent }) => textContent),
    );
    expect(unnamed).toEqual([]);
    await picture(page, 'people-phone');
  });
});
