import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { until } from '../support/until.js';
import { MATRIX } from '../ui/matrix/pages.js';
import { type State, statesOf } from '../ui/matrix/scene.js';
import { STAFF_PAGES } from '../ui/matrix/staff-pages.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { smallTargets } from '../ui/support/targets.js';

const PHONE = { width: 360, height: 780, reducedMotion: true };
/** Longer than the staff page waits for a word of the store. */
const SILENT_MS = 16_000;
const STAFF = Object.keys(STAFF_PAGES);
const ELSE = Object.entries(MATRIX).filter(([name]) => STAFF_PAGES[name] === undefined);
const NAMES = ['empty', 'ten times as long', 'store gone', 'store gone for hours'];

const stateOf = (name: string, state: string): State => {
  const found = statesOf(MATRIX[name]!).find((one) => one.name === state);
  if (found === undefined) throw new Error(`${name} has no state ${state}`);
  return found;
};

/** What is wrong with the page as it stands, each line with where that was. */
async function wrongWith(page: Page, where: string): Promise<string[]> {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  const small = page.url().includes('/screen') ? [] : await smallTargets(page);
  await picture(page, `state-${where.replace(/\W+/g, '-')}`);
  const wide = over > 0 ? [`${over} px wider than the phone`] : [];
  return [...wide, ...small, ...(await violations(page))].map((line) => `${where}: ${line}`);
}

/** Calls of the page that the store has not answered yet. */
function callsOf(page: Page): () => number {
  const underway = new Set<object>();
  page.on('request', (request) => request.url().includes('/v1/') && underway.add(request));
  for (const end of ['requestfinished', 'requestfailed'] as const)
    page.on(end as 'requestfinished', (request) => underway.delete(request));
  return () => underway.size;
}

/** To another tab of the same page; what the tab before had to say does not count. */
async function goTo(page: Page, path: string, ready: string): Promise<void> {
  await page.evaluate(
    ({ hash, shown }) => {
      for (const before of document.querySelectorAll(shown)) before.setAttribute('data-before', '');
      location.hash = hash;
    },
    { hash: path.split('#')[1] ?? '', shown: ready },
  );
  const fresh = ready.split(',').map((one) => `${one.trim()}:not([data-before])`);
  await page.waitForSelector(fresh.join(', '));
}

await describeWith(['chromium'], 'a page in trouble, with nothing or with too much to say', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  const openAt = async (name: string, state: State): Promise<{ page: Page; store: FixtureStore }> => {
    const { path, ready } = MATRIX[name]!;
    const store = await startFixtureStore();
    state.setting(store, Date.now());
    const language = state.locale === undefined ? {} : { locale: state.locale };
    const page = await openPage(browser, store.url + (state.path ?? path), { ...PHONE, ...language });
    await page.waitForSelector(ready);
    return { page, store };
  };
  const close = async (page: Page, store: FixtureStore): Promise<void> => {
    await page.context().close();
    await store.close().catch(() => undefined);
  };
  /** Tab by tab: the store falls silent, then goes, then is back. `before` is done on the page first. */
  const inTrouble = async (
    names: readonly string[],
    before: (page: Page) => Promise<unknown> = async () => undefined,
  ): Promise<string[]> => {
    const found: string[] = [];
    let { page, store } = await openAt(names[0]!, stateOf(names[0]!, 'normal'));
    const underway = callsOf(page);
    try {
      await before(page);
      await page.clock.install();
      for (const name of names) {
        const { path, ready, stale, gone } = MATRIX[name]!;
        stateOf(name, 'normal').setting(store, Date.now());
        if (name !== names[0]) await goTo(page, path, ready);
        await until(() => underway() === 0, { withinMs: 5_000, what: `${name} to be answered` });
        await page.clock.fastForward(SILENT_MS);
        await page.waitForSelector(stale!.shown);
        found.push(...(await wrongWith(page, `${name}, stale`)));
        await store.close();
        await page.waitForSelector(gone!.shown);
        found.push(...(await wrongWith(page, `${name}, store gone`)));
        store = await startFixtureStore(store.port);
        stateOf(name, 'normal').setting(store, Date.now());
        // Unless it has found the store by itself meanwhile.
        await page.evaluate("document.querySelector('.band-server button')?.click()");
        await page.waitForSelector('.band-server', { state: 'detached' });
      }
    } finally {
      await close(page, store);
    }
    return found;
  };

  describe('of the staff', () => {
    it.each(['empty', 'ten times as long'])('%s: every tab can be read and pressed', async (state) => {
      const [first] = STAFF;
      const { page, store } = await openAt(first!, stateOf(first!, state));
      const underway = callsOf(page);
      try {
        const found: string[] = [];
        for (const name of STAFF) {
          const { path, ready } = MATRIX[name]!;
          stateOf(name, state).setting(store, Date.now());
          if (name !== first) await goTo(page, path, ready);
          await until(() => underway() === 0, { withinMs: 5_000, what: `${name} to be answered` });
          found.push(...(await wrongWith(page, `${name}, ${state}`)));
        }
        expect(found).toEqual([]);
      } finally {
        await close(page, store);
      }
    });

    it('stale, and with the store gone: every tab can be read and pressed', async () => {
      expect(await inTrouble(STAFF)).toEqual([]);
    });

    it('would notice: what is old, greyed so far that nobody reads it', async () => {
      const found = await inTrouble(['staff-password'], (page) =>
        page.evaluate(async () => {
          const sheet = new CSSStyleSheet();
          await sheet.replace('.content-old { opacity: 0.3 }');
          document.adoptedStyleSheets = [sheet];
        }),
      );
      for (const state of ['stale', 'store gone'])
        expect(found.some((line) => line.startsWith(`staff-password, ${state}: color-contrast`))).toBe(true);
    });
  });

  it.each(ELSE)('%s: can be read and pressed', async (name, page) => {
    const found: string[] = [];
    for (const state of statesOf(page).filter((one) => NAMES.includes(one.name))) {
      const opened = await openAt(name, state);
      await state.act?.(opened.page, opened.store);
      found.push(...(await wrongWith(opened.page, `${name}, ${state.name}`)));
      await close(opened.page, opened.store);
    }
    expect(found).toEqual([]);
  });
});
