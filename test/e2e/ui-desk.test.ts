import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { serveDesk } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { serveJournal } from '../ui/support/journal-samples.js';
import { servePlaylists } from '../ui/support/media-samples.js';
import { servePeople } from '../ui/support/people-samples.js';
import { staffNow, stories } from '../ui/support/staff-samples.js';
import { smallTargets } from '../ui/support/targets.js';

const DESK = { width: 1440, height: 900 };
/** One page is made wider and narrower, as a person would; loading it anew for each would take minutes. */
const SIZES = [
  ['1440', DESK],
  ['1920', { width: 1920, height: 1080 }],
  ['768', { width: 768, height: 1024 }],
  ['360', { width: 360, height: 780 }],
] as const;
const TABS = [
  ['now', '#now', '.story'],
  ['offers', '#offers/kolibri-zero-near', '.drawer .decision-list a'],
  ['stock', '#stock', '.stock-table .desk-row'],
  ['devices', '#devices', '.desk-row'],
  ['health', '#health', '.health-part'],
  ['journal', '#journal', '.event'],
  ['playlists', '#devices/playlists', '.thumb'],
  ['people', '#people', '.desk-row'],
  ['audit', '#audit', '.desk-row'],
] as const;

await describeWith(['chromium'], 'the tabs of the staff page', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (hash: string): Promise<Page> => {
    const page = await openPage(browser, `${store.url}/${hash}`, DESK);
    pages.push(page);
    return page;
  };
  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  /** Words of what may be pressed or filled in, but stands outside its card, where it is cut off. */
  const cutOff = (page: Page): Promise<(string | null)[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('.card :is(button, select, input, a)')]
        .filter((inner) => {
          const card = inner.closest('.card')!.getBoundingClientRect();
          const { left, right, width } = inner.getBoundingClientRect();
          return width > 0 && (right > card.right + 1 || left < card.left - 1);
        })
        .map(({ textContent }) => textContent),
    );

  /** Pictures that did not come, of which a browser draws its own broken sign. */
  const broken = (page: Page): Promise<number> =>
    page.evaluate(
      () =>
        [...document.images].filter(({ complete, naturalWidth }) => complete && naturalWidth === 0).length,
    );

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    store.stories = stories(now);
    store.say('/staff', 'now', staffNow(now));
    serveJournal(store, now);
    serveDesk(store, now);
    servePeople(store, now);
    servePlaylists(store, now);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await store.close();
  });

  it.each(TABS)(
    '%s can be used by everybody, at every width, in light and dark',
    async (tab, hash, ready) => {
      const page = await open(hash);
      await page.waitForSelector(ready);
      for (const [name, size] of SIZES) {
        await page.setViewportSize(size);
        expect(await overflow(page), `${tab} at ${name}`).toBeLessThanOrEqual(0);
        expect(await cutOff(page), `${tab} at ${name}`).toEqual([]);
        if (name === '360') expect(await smallTargets(page), `${tab} under a finger`).toEqual([]);
        await expect.poll(() => broken(page)).toBe(0);
        await picture(page, `${tab}-${name}`);
        if (name === '360' || name === '1440') expect(await violations(page)).toEqual([]);
      }
      await page.setViewportSize(DESK);
      await page.emulateMedia({ colorScheme: 'dark' });
      await picture(page, `${tab}-1440-dark`);
      expect(await violations(page)).toEqual([]);
    },
    60_000,
  );
});
