import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { violations } from '../ui/support/axe.js';
import { hasChromium, openBrowser, openPage, picture, type View } from '../ui/support/browser.js';
import { type DeskAnswers, healthNow, offersNow, serveDesk, stockNow } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { serveJournal } from '../ui/support/journal-samples.js';
import { iso } from '../ui/support/samples.js';
import { staffNow, stories } from '../ui/support/staff-samples.js';

const DESK: View = { width: 1440, height: 900 };
const VIEWS: readonly (readonly [string, View])[] = [
  ['360', { width: 360, height: 780 }],
  ['768', { width: 768, height: 1024 }],
  ['1440', DESK],
  ['1440-dark', { ...DESK, scheme: 'dark' }],
  ['1920', { width: 1920, height: 1080 }],
];
const TABS = [
  ['offers', '#offers/kolibri-zero-near', '.drawer .decision-list a'],
  ['stock', '#stock', '.stock-table .desk-row'],
  ['devices', '#devices', '.desk-row'],
  ['health', '#health', '.health-part'],
  ['journal', '#journal', '.event'],
] as const;

describe.skipIf(!hasChromium)('the tabs of the staff page', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (hash: string, view: View = DESK): Promise<Page> => {
    const page = await openPage(browser, `${store.url}/${hash}`, view);
    pages.push(page);
    return page;
  };
  const serve = (answers: DeskAnswers = {}): void => {
    store.say('/staff', 'now', staffNow(now));
    serveJournal(store, now);
    serveDesk(store, now, answers);
  };
  const sent = (method: string, path: RegExp) =>
    store.calls.filter((call) => call.method === method && path.test(call.path));
  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    store.stories = stories(now);
    serve();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await store.close();
  });

  it.each(TABS)(
    '%s can be used by everybody, at every width, in light and dark',
    async (tab, hash, ready) => {
      for (const [name, view] of VIEWS) {
        const page = await open(hash, view);
        await page.waitForSelector(ready);
        expect(await overflow(page), `${tab} at ${name}`).toBeLessThanOrEqual(0);
        await picture(page, `${tab}-${name}`);
        if (name === '360' || name === '1440' || name === '1440-dark')
          expect(await violations(page)).toEqual([]);
      }
    },
    60_000,
  );
});
