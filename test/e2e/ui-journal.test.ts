import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { serveJournal } from '../ui/support/journal-samples.js';
import { staffNow, stories } from '../ui/support/staff-samples.js';

const DESK = { width: 1440, height: 900 };

await describeWith(['chromium'], 'the journal of the staff page', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (hash: string): Promise<Page> => {
    const page = await openPage(browser, `${store.url}/${hash}`, DESK);
    pages.push(page);
    return page;
  };
  /** For what must be there before the page is. */
  const openBefore = async (): Promise<Page> => {
    const page = await openPage(browser, 'about:blank', DESK);
    pages.push(page);
    return page;
  };
  const calls = (method: string, path: RegExp) =>
    store.calls.filter((call) => call.method === method && path.test(call.path));

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
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await store.close();
  });

  it('lists what happened and opens the reasons of a decision', async () => {
    const page = await open('#journal/d-8f31c2');
    await page.waitForSelector('.trace');
    expect(await page.textContent('.why-words h2')).toBe(
      'Why this shopper was offered Kolibri Zero \u221210%',
    );
    expect(await page.locator('.trace thead .trace-product').allTextContents()).toEqual([
      'Kolibri Zero',
      'Elderflower',
      'Ginger beer',
      'Iced coffee',
      'Saltgrass pale ale',
    ]);
    expect(await page.locator('.cell-look').allTextContents()).toEqual([
      'ended here2 pieces left, needs 6 pieces',
    ]);
    expect(await page.locator('.event-open').textContent()).toContain('Offered');
    expect(calls('GET', /^\/v1\/journal\?/)[0]?.path).toContain('without=presence.sighting');
    await picture(page, 'journal-light');
  });

  it('searches while one types, from anywhere by the slash key', async () => {
    const page = await open('#journal');
    await page.waitForSelector('.event');
    await page.keyboard.press('/');
    await page.keyboard.type('pos.transaction');
    await page.waitForFunction(() => document.querySelectorAll('.event').length === 1);
    expect(await page.textContent('.event')).toContain('Paid €34.15 at till 1, 11 lines');
    await page.waitForSelector('.events-head:has-text("1 of 61,204 events")');
    await page.fill('.search input', 'nothing like this');
    await page.waitForSelector('.events .empty:has-text("Nothing fits")');
  });

  it('sends a mended body through the decoder again, and says when it still does not fit', async () => {
    let answer: object = { status: 422, reason: 'SchemaMismatch', detail: 'weight_g must be a number' };
    store.answer('POST', /mend$/, () => answer);
    const page = await open('#journal');
    await page.waitForSelector('.mend-text');
    expect(await page.textContent('.mend h2')).toContain('shelf B3 sent a weight that is not a number');
    await page.click('.mend >> text=Mend and replay');
    await page.waitForSelector('.mend-foot:has-text("It still does not fit: weight_g must be a number")');
    answer = { quarantineId: 'q-1', as: 'mended', events: ['e'] };
    await page.fill('.mend-text', '{"sku":"DRK-1004","weight_g":1200}');
    await page.click('.mend >> text=Mend and replay');
    await page.waitForSelector('.mend-foot:has-text("Mended.")');
    expect(calls('POST', /mend$/).at(-1)?.body).toEqual({ body: '{"sku":"DRK-1004","weight_g":1200}' });
  });

  it('leaves a record as it is only with a reason', async () => {
    store.answer('POST', /leave/, () => ({ quarantineId: 'q-1', as: 'left', events: [] }));
    const page = await open('#journal');
    await page.waitForSelector('.mend-text');
    await page.click('.mend >> text=Leave');
    await page.waitForSelector('.mend-foot:has-text("Say why, or tap one of the ready words.")');
    expect(calls('POST', /leave/)).toEqual([]);
    await page.click('.mend >> text=Only a test');
    await page.click('.mend >> text=Leave');
    await expect
      .poll(() => calls('POST', /leave/).map(({ path }) => path))
      .toEqual([expect.stringMatching(/\/leave\?reason=Only%20a%20test$/)]);
  });

  it('says while one types whether a mended body fits, and where and why not', async () => {
    store.answer('POST', /check$/, ({ body }) =>
      (body as { body: string }).body.includes('1200')
        ? { fits: true }
        : {
            fits: false,
            reason: 'SchemaMismatch',
            field: '/weight_g',
            detail: '/weight_g: expected number',
          },
    );
    const page = await open('#journal');
    await page.fill('.mend-text', '{"sku":"DRK-1004","weight_g":"1.2"}');
    await page.waitForSelector('.mend-foot:has-text("It does not fit yet: /weight_g: expected number")');
    expect(await page.getAttribute('.mend-text', 'aria-invalid')).toBe('true');
    await picture(page, 'journal-mend-not-yet');
    await page.fill('.mend-text', '{"sku":"DRK-1004","weight_g":1200}');
    await page.waitForSelector('.mend-foot .tone-text-good:has-text("It fits the schema")');
    expect(calls('POST', /mend$/)).toEqual([]);
    await picture(page, 'journal-mend-fits');
  });

  it('asks what another rule would have done', async () => {
    const page = await open('#journal/d-8f31c2');
    await page.click('text=What if');
    await page.fill('.field:has-text("Stay needed") input', '3');
    await page.click('text=Run it');
    await page.waitForSelector('.what-result:has-text("12 decisions differ")');
    const { body } = calls('POST', /simulate/)[0]!;
    expect(body).toMatchObject({
      campaigns: [{ id: 'favourite-drink', trigger: { dwellS: 3 }, discount: { percent: 10 } }],
    });
  });

  it.each(['en-US', 'en-GB', 'ar-AE'])(
    'keeps its columns where hours are written as in %s',
    async (locale) => {
      const { policy } = staffNow(now);
      store.say(
        '/staff',
        'now',
        staffNow(now, { policy: { ...policy, store: { ...policy.store, locale } } }),
      );
      const page = await open('#journal');
      await page.waitForSelector('.event');
      for (const width of [1440, 360]) {
        await page.setViewportSize({ width, height: 900 });
        const rows = await page.locator('.event').evaluateAll((events) =>
          events.map((event) => {
            const time = event.querySelector('.event-time')!;
            return {
              text: time.textContent,
              over: time.scrollWidth - time.clientWidth,
              icon: event.querySelector('.event-icon')!.getBoundingClientRect().left,
            };
          }),
        );
        expect(new Set(rows.map(({ icon }) => icon)).size).toBe(1);
        expect(rows.filter(({ over }) => over > 0)).toEqual([]);
        expect(/[AP]M|[صم]/.test(rows[0]?.text ?? '')).toBe(locale !== 'en-GB');
      }
      await picture(page, `journal-${locale}`);
    },
  );

  it('says that nothing is there only after it has looked', async () => {
    const page = await openBefore();
    await page.addInitScript(`new MutationObserver(() => {
      if (document.querySelector('.events > .empty') !== null) window.saidNothing = true;
    }).observe(document, { childList: true, subtree: true });`);
    await page.goto(`${store.url}/#journal`);
    await page.waitForSelector('.event');
    expect(await page.evaluate('window.saidNothing')).toBeUndefined();
  });

  it('says so when the store cannot read it', async () => {
    store.answer('GET', /^\/v1\/journal\?/, () => ({
      status: 503,
      reason: 'Busy',
      detail: 'the journal is being mended',
    }));
    const page = await open('#journal');
    await page.waitForSelector('[role=alert]:has-text("the journal is being mended")');
  });
});
