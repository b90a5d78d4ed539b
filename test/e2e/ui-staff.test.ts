import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { serveDesk } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { serveJournal } from '../ui/support/journal-samples.js';
import { iso } from '../ui/support/samples.js';
import { link, staffNow, stories, story } from '../ui/support/staff-samples.js';

const DESK = { width: 1440, height: 900 };
/** A page that was refused asks again after this. */
const RETRY_MS = 4_000;
const HOLD_MS = 1_000;
/** What is shown counts as old after this. */
const SILENT_MS = 15_000;

await describeWith(['chromium'], 'the staff page', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (hash = '', view: Parameters<typeof openPage>[2] = DESK): Promise<Page> => {
    const page = await openPage(browser, `${store.url}/${hash}`, view);
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

  describe('Now', () => {
    it('draws the floor, tells the stories and writes the figures', async () => {
      const page = await open();
      await page.waitForSelector('.story');
      expect(await page.textContent('.floor-head')).toContain('23 people counted, nobody identified');
      expect(await page.locator('.zone-name').allTextContents()).toEqual([
        'Produce',
        'Beverages',
        'Bakery',
        'Entrance',
        'Checkout',
      ]);
      expect(await page.locator('.dots circle').count()).toBe(23);
      expect(await page.textContent('.screen-silent')).toBe('Screen 6 silent, 4 min');
      expect(await page.textContent('.link-pill')).toBe('In step with HQ 0 events waiting');
      expect(await page.locator('.story-title').first().textContent()).toBe('Kolibri Zero \u221210%');
      expect(await page.locator('.story').first().textContent()).toContain('Code taken at till 2');
      expect(await page.locator('.stat-figure').allTextContents()).toEqual([
        '148 offers',
        '41 of 148 offers',
        '16 of 164 offers',
        '€214.60 ',
        '3 products',
        '6 of 7 screens',
      ]);
      await picture(page, 'now-light');
    });

    it('holds new stories back while somebody reads, and tells the rows that are there their next step', async () => {
      const page = await open();
      await page.hover('.story:nth-child(2)');
      for (let n = 0; n < 7; n += 1) store.whisper('/staff', 'story', story(`new-${n}`, now + n));
      await page.waitForSelector('.feed-new:has-text("7 new")');
      expect(await page.locator('.story').count()).toBe(5);
      const [, openStory] = stories(now);
      store.whisper('/staff', 'story', { ...openStory, state: 'expired', updatedAt: iso(now + 9_000) });
      await page.waitForSelector('.story:nth-child(2):has-text("Expired")');
      await page.click('.feed-new');
      await page.waitForFunction(() => document.querySelectorAll('.story').length === 12);
    });

    it('filters by what came of it, and leads from a story to its reasons', async () => {
      const page = await open();
      await page.click('.feed-filters >> text=Withheld');
      expect(await page.locator('.story').count()).toBe(1);
      await page.click('.feed-filters >> text=All');
      const [taken] = stories(now);
      const decided = taken!.steps.find((step) => step.step === 'decided')!;
      expect(await page.locator('.story-why').first().getAttribute('href')).toBe(
        `#journal/${encodeURIComponent(decided.eventId)}`,
      );
    });

    it('says in words how long HQ is away and what that means', async () => {
      const away = link(now, {
        state: 'offline',
        since: iso(now - 7_800_000),
        waiting: 48_211,
        oldestWaitingS: 7_800,
        etaS: 360,
        nextTryAt: iso(now + 600_000),
      });
      store.say('/staff', 'now', staffNow(now, { link: away }));
      serveDesk(store, now);
      const page = await open();
      await page.waitForSelector('.band-offline:has-text("room for 3 days more")');
      expect(await page.textContent('.band-offline')).toMatch(/Next try in \d+ s/);
      await picture(page, 'now-offline');
      expect(await page.textContent('.link-pill')).toBe(
        'Offline for 2 h 10 min 48,211 events waiting, 6 min to catch up',
      );
      expect(await page.textContent('.band-offline')).toContain('The shop keeps working without HQ');
      store.whisper('/staff', 'link', link(now));
      await page.waitForSelector('.link-pill:has-text("In step with HQ")');
    });

    it('lets no name on the plan lie on another, however long, and has all of them whole below it', async () => {
      const long = (name: string): string =>
        `${name} at the back, behind the bread and beside the cold store`;
      const { policy, screens } = staffNow(now);
      const named = {
        ...policy,
        zones: policy.zones.map((zone) => ({ ...zone, name: long(zone.name) })),
        screens: policy.screens.map((screen) => ({ ...screen, name: long(screen.name ?? screen.id) })),
      };
      store.say('/staff', 'now', staffNow(now, { policy: named, screens }));
      const page = await open();
      await page.waitForSelector('.zone-caption');
      for (const width of [1440, 768]) {
        await page.setViewportSize({ width, height: 1024 });
        const covered = await page.evaluate(() => {
          const names = [...document.querySelectorAll('.zone-caption > *, .screen-words')];
          const boxes = names.map((name) => ({ name, box: name.getBoundingClientRect() }));
          return boxes.flatMap(({ name, box }, place) =>
            boxes
              .slice(place + 1)
              .filter((other) => other.name.parentElement !== name.parentElement)
              .filter(({ box: b }) => box.left < b.right && b.left < box.right)
              .filter(({ box: b }) => box.top + 1 < b.bottom && b.top + 1 < box.bottom)
              .map((other) => `${name.textContent} / ${other.name.textContent}`),
          );
        });
        expect(covered, `${width} px`).toEqual([]);
        await picture(page, `now-long-names-${width}`);
      }
      expect(await page.textContent('.screen-silent')).toContain('silent, 4 min');
      await page.click('.plan-list summary');
      expect(await page.locator('.plan-list li:visible').allTextContents()).toContain(
        `${long('Bakery')}4 people, stay 8 min`,
      );
      await picture(page, 'now-plan-in-words');
    });

    it('has words for a store without people, stories or a floor plan', async () => {
      store.stories = [];
      const { policy } = staffNow(now);
      const { plan: _, ...bare } = {
        ...policy,
        zones: [{ id: 'all', name: 'All' }],
        fixtures: [],
        screens: [],
      };
      store.say(
        '/staff',
        'now',
        staffNow(now, { policy: bare, zones: [], dots: [], figures: [], screens: [] }),
      );
      const page = await open();
      await page.waitForSelector('.feed .empty:has-text("No stories yet")');
      expect(await page.textContent('.floor')).toContain('No floor plan yet');
      expect(await page.textContent('.floor')).toContain('No sightings yet');
      await picture(page, 'now-empty');
    });

    it('stays, greys and says since when, with the store gone; and comes back by itself', async () => {
      const page = await open();
      await page.waitForSelector('.story');
      const { port } = store;
      await store.close();
      await page.waitForSelector('.band-look:has-text("No answer from the store since")');
      expect(await page.locator('.story').count()).toBe(5);
      // What the link was says nothing of what it is.
      expect(await page.locator('.link-pill').innerText()).toMatch(/^In step with HQ\s+at \d\d:\d\d$/);
      expect(await page.locator('.link-pill.tone-calm').count()).toBe(1);
      await picture(page, 'now-gone');
      store = await startFixtureStore(port);
      store.say('/staff', 'now', staffNow(Date.now()));
      await page.waitForSelector('.band-look', { state: 'detached', timeout: 15_000 });
    });

    it('says when it asks the store again, and asks at once for who does not want to wait', async () => {
      const page = await open();
      await page.waitForSelector('.story');
      const { port } = store;
      await store.close();
      await page.waitForSelector('.try-again:has-text("Next try in")');
      // The pauses have grown to seconds by now; only the button may be quicker.
      await page.waitForSelector('.try-again >> text=/Next try in [345] s/', { timeout: 15_000 });
      await picture(page, 'now-gone-next-try');
      store = await startFixtureStore(port);
      store.say('/staff', 'now', staffNow(Date.now()));
      const pressedMs = Date.now();
      await page.click('.try-again >> text=Try now');
      await page.waitForSelector('.band-look', { state: 'detached' });
      expect(Date.now() - pressedMs).toBeLessThan(1_500);
    });

    it('says how old it is when the store is silent', async () => {
      const page = await open();
      await page.waitForSelector('.story');
      await page.clock.install();
      await page.clock.fastForward(SILENT_MS - 3_000);
      expect(await page.locator('.band-look').count()).toBe(0);
      await page.clock.fastForward(3_500);
      await page.waitForSelector('.band-look:has-text("old. Waiting for the store")');
      store.say('/staff', 'now', staffNow(Date.now()));
      await page.waitForSelector('.band-look', { state: 'detached' });
    });

    it('says what to do without a session', async () => {
      store.session = false;
      const page = await openBefore();
      await page.clock.install();
      await page.goto(store.url);
      await page.waitForSelector('.no-session:has-text("Open the link that the console printed")');
      store.session = true;
      await page.clock.fastForward(RETRY_MS);
      await page.waitForSelector('.story');
    });
  });

  describe('Stop all offers', () => {
    const press = async (page: Page, ms: number): Promise<void> => {
      await page.hover('.stop');
      await page.mouse.down();
      await page.waitForTimeout(ms);
      await page.mouse.up();
    };
    beforeEach(() => {
      store.answer('POST', /^\/v1\/stop$/, () => ({ id: 'stop-1' }));
      store.answer('DELETE', /^\/v1\/stop\/stop-1$/, () => ({ id: 'stop-1' }));
      store.answer('PUT', /^\/v1\/stop\/stop-1\/reason$/, () => ({ id: 'stop-1' }));
    });

    it('needs a whole second, then can be undone', async () => {
      const page = await open();
      await page.waitForSelector('.story');
      await press(page, HOLD_MS / 2);
      expect(calls('POST', /stop/)).toEqual([]);
      await press(page, HOLD_MS + 300);
      await expect.poll(() => calls('POST', /stop/)).toMatchObject([{ body: { scope: 'all' } }]);
      expect(calls('POST', /stop/)[0]?.body, 'no reason that nobody gave').toEqual({ scope: 'all' });
      store.say(
        '/staff',
        'now',
        staffNow(now, { stops: [{ stopId: 'stop-1', scope: 'all', reason: '', at: iso(now) }] }),
      );
      await page.waitForSelector('.band-act:has-text("All offers are stopped since")');
      await picture(page, 'now-stopped');
      await page.setViewportSize({ width: 360, height: 780 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      await picture(page, 'now-stopped-phone');
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.click('.band-act >> text=Another reason');
      await page.fill('.band-act input', 'Wrong label');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.band-act:has-text("It stands in the audit log")');
      await page.click('.stop-undo');
      await expect.poll(() => calls('DELETE', /stop-1/)).toHaveLength(1);
      await page.click('.band-why >> text=Stopped by mistake');
      await expect
        .poll(() => calls('PUT', /stop-1\/reason/).map(({ body }) => body))
        .toEqual([{ reason: 'Wrong label' }, { reason: 'Stopped by mistake' }]);
    });

    it('works by keyboard, and says when the store did not confirm it', async () => {
      store.answer('POST', /^\/v1\/stop$/, () => ({ status: 503, reason: 'Busy', detail: 'x' }));
      const page = await open();
      await page.waitForSelector('.story');
      await page.focus('.stop');
      await page.keyboard.down('Enter');
      await page.waitForTimeout(HOLD_MS + 300);
      await page.keyboard.up('Enter');
      await page.waitForSelector('.stop-failed');
      expect(calls('POST', /stop/)).toHaveLength(1);
    });
  });

  it.each([360, 768, 1440, 1920])('never scrolls sideways, %i px wide', async (width) => {
    for (const tab of ['now', 'journal', 'journal/d-8f31c2']) {
      const page = await open(`#${tab}`, { width, height: 900 });
      await page.waitForSelector(tab === 'now' ? '.story' : '.trace');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await page.evaluate(() => document.activeElement?.tagName), 'nothing is focused').toBe('BODY');
      const tabBox = await page.locator('.tab[aria-current]').boundingBox();
      expect(tabBox!.x + tabBox!.width, 'the open tab is to be seen').toBeLessThanOrEqual(width);
      await picture(page, `${tab.replace('/', '-')}-${width}`);
    }
  });

  describe('on a phone', () => {
    const PHONE = { width: 360, height: 780 };

    it('brings what was tapped in the journal into view, and leads back to the list', async () => {
      const page = await open('#journal', PHONE);
      await page.waitForSelector('.event');
      await page.locator('.event').nth(2).click();
      await expect.poll(() => page.evaluate('scrollY')).toBeGreaterThan(200);
      await page.waitForSelector('.journal-open .card');
      const card = (await page.locator('.journal-open').boundingBox())!;
      expect(card.y).toBeLessThan(PHONE.height / 2);
      await picture(page, 'journal-phone-open');
      await page.click('.journal-back');
      await page.waitForFunction('scrollY < 50');
    });

    it('has a head that is as low in German as in English', async () => {
      const head = async (locale: string): Promise<number> => {
        const { policy } = staffNow(now);
        const away = link(now, { state: 'offline', since: iso(now - 7_800_000), waiting: 48_211, etaS: 360 });
        const german = { ...policy, store: { ...policy.store, locale } };
        store.say('/staff', 'now', staffNow(now, { policy: german, link: away, simulated: true }));
        const page = await open('#now', PHONE);
        await page.waitForSelector('.stop:not([disabled])');
        await picture(page, `head-${locale}`);
        return (await page.locator('.top').boundingBox())!.height;
      };
      serveDesk(store, now);
      expect(await head('de-DE')).toBeLessThanOrEqual(await head('en-IE'));
    });

    it('says beside the red button how long to hold it, and says it again after a short press', async () => {
      const page = await open('#now', PHONE);
      await page.waitForSelector('.stop:not([disabled])');
      expect(await page.isVisible('.stop-hold')).toBe(true);
      await page.click('.stop', { delay: 80 });
      await page.waitForSelector('.stop-short:has-text("Hold it for one second")');
      expect(calls('POST', /stop$/)).toEqual([]);
      await picture(page, 'stop-short');
    });
  });
});
