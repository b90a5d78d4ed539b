import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { MATRIX } from '../ui/matrix/pages.js';
import { type State, statesOf } from '../ui/matrix/scene.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage } from '../ui/support/browser.js';
import { startFixtureStore } from '../ui/support/fixture-store.js';
import { smallTargets } from '../ui/support/targets.js';

/** The suites of the pages have these; `npm run pictures` looks at every one, in every size. */
const ELSEWHERE = [
  ...['normal', 'empty', 'ten times as long', 'right to left'],
  ...['stale', 'store gone', 'store gone for hours'],
];
/** Looked at whole by suites of their own. */
const PAGES = Object.entries(MATRIX).filter(([name]) => !['login', 'trust', 'pairing'].includes(name));
const PHONE = { width: 360, height: 780, reducedMotion: true };

await describeWith(['chromium'], 'a state in which somebody may meet a page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  const wrongWith = async (path: string, ready: string, state: State): Promise<readonly string[]> => {
    const store = await startFixtureStore();
    state.setting(store, Date.now());
    const page = await openPage(browser, store.url + (state.path ?? path), {
      ...PHONE,
      ...(state.locale === undefined ? {} : { locale: state.locale }),
    });
    try {
      await page.waitForSelector(ready);
      await state.act?.(page, store);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      const small = path.startsWith('/screen') ? [] : await smallTargets(page);
      return [
        ...(over > 0 ? [`${over} px wider than the phone`] : []),
        ...small,
        ...(await violations(page)),
      ];
    } finally {
      await page.context().close();
      await store.close().catch(() => undefined);
    }
  };

  it.each(PAGES)('%s: can be read and pressed by everybody', async (_, page) => {
    const states = statesOf(page).filter(({ name }) => !ELSEWHERE.includes(name));
    for (const state of states) expect(await wrongWith(page.path, page.ready, state), state.name).toEqual([]);
  });
});
