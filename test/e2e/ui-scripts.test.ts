import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { keptPromise } from '../support/promise.js';
import { until } from '../support/until.js';
import { openBrowser } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { PAYLOADS } from '../ui/support/payloads.js';
import {
  poisonedContent,
  poisonedNow,
  poisonedView,
  servePoisonedDesk,
  servePoisonedPlaylists,
  trustPages,
} from '../ui/support/poison.js';
import { GROUPS, leads, SAID, SAID_SHORT } from '../ui/support/said.js';
import { openWatched, type ScriptSetting, type WatchedPage } from '../ui/support/script-watch.js';

const PHONE = { width: 360, height: 780 };
const SIGN = { width: 640, height: 360 };
/** Lifted for all of them: what stops a text here is the page, and not the policy behind it. */
const SETTINGS: readonly ScriptSetting[] = ['no-policy'];

await describeWith(['chromium'], 'S8: no text runs, whatever page it is on', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  let watched: WatchedPage;
  const pagesSeen: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    servePoisonedDesk(store, now, PAYLOADS);
  });
  afterEach(async () => {
    await watched?.close();
    await store.close();
  });

  const open = async (
    path: string,
    size?: { width: number; height: number },
    settings = SETTINGS,
  ): Promise<Page> => {
    watched = await openWatched(browser, {
      settings,
      own: store.url,
      ...(size === undefined ? {} : { size }),
    });
    await watched.page.goto(store.url + path);
    return watched.page;
  };
  /** Says each payload in turn and waits until the page has drawn it. */
  const each = async (texts: readonly string[], say: (text: string) => unknown): Promise<void> => {
    for (const text of texts) {
      await say(text);
      await watched.drawn([text]);
    }
  };
  const clean = async (name: string): Promise<void> => {
    expect(await watched.strangers()).toEqual([]);
    expect(await watched.ran()).toEqual([]);
    expect(await watched.tried()).toEqual([]);
    pagesSeen.push(name);
  };

  it('every payload is said, and none behind another that must come first', () => {
    expect(leads.length).toBeGreaterThanOrEqual(8);
    expect(leads.length).toBeLessThanOrEqual(SAID.length);
    for (const text of PAYLOADS)
      expect(
        SAID.some((group) => group.includes(text)),
        text,
      ).toBe(true);
    for (const lead of leads)
      expect(
        SAID.some((group) => group.startsWith(lead)),
        lead,
      ).toBe(true);
  });

  it('Now: store, zones, screens, fixtures, link, stops, alarms, stories', async () => {
    await open('/');
    await each(SAID, (text) => store.say('/staff', 'now', poisonedNow(now, text)));
    await clean('now');
  });

  it('staff, every tab: a row a payload', async () => {
    const page = await open('/#offers');
    for (const [tab, ready] of [
      ['offers', '.desk-row'],
      ['stock', '.desk-row'],
      ['devices', '.desk-row'],
      ['journal', '.event'],
      ['journal/d-8f31c2', '.trace'],
      ['health', '.health-part'],
      ['people', '.desk-row'],
      ['audit', '.desk-row'],
    ] as const) {
      // Every tab holds the same texts: what is looked at is not what the one before has left.
      await page.evaluate(
        `document.querySelectorAll('main *').forEach((one) => { one.dataset.before = ''; })`,
      );
      await page.evaluate(`location.hash = '#${tab}'`);
      if (tab !== 'offers') await page.waitForSelector(`${ready}:not([data-before])`, { state: 'attached' });
      await watched.drawn(PAYLOADS);
      await clean(tab);
    }
  });

  it('files and playlists: names, headlines, groups', async () => {
    servePoisonedPlaylists(store, now, PAYLOADS);
    const page = await open('/#devices/playlists');
    await page.waitForSelector('.media-back', { state: 'attached' });
    await watched.drawn(PAYLOADS);
    await clean('playlists');
  });

  it('Journal: what is set aside, to be mended', async () => {
    servePoisonedDesk(store, now, SAID);
    store.answer('GET', /^\/v1\/journal\?/, () => ({ events: [] }));
    const page = await open('/#journal/q-0');
    let place = 0;
    await each(SAID, () => page.evaluate(`location.hash = '#journal/q-${place++}'`));
    await clean('quarantine');
  });

  it('the phone of a shopper: shop, zone, offers, codes', async () => {
    store.say('/shopper', 'view', poisonedView(now, 'x'));
    const page = await open('/me', PHONE);
    await page.waitForSelector('.coupon');
    await each(SAID, (text) => store.say('/shopper', 'view', poisonedView(now, text)));
    await clean('shopper');
  });

  it('a screen: shop, headline, product, small print, and its own name', async () => {
    let revision = 1;
    store.say('/signage', 'content', poisonedContent(now, revision, 'x'));
    const page = await open('/screen/screen-3', SIGN);
    await page.waitForSelector('[data-shows]');
    await each(SAID_SHORT, (text) => {
      store.say('/signage', 'content', poisonedContent(now, ++revision, text));
      store.whisper('/signage', 'identify', { name: text, seconds: 1 });
    });
    await clean('screen');
  });

  it('a screen without a place: its code', async () => {
    const code = GROUPS.join(' ').slice(0, 400);
    store.answer('POST', /^\/v1\/pairing$/, () => ({ ticket: 't', code, expiresAt: '' }));
    const page = await open('/screen', SIGN);
    await page.waitForSelector('.pairing');
    await clean('pairing');
  });

  it('logging in: the words of a refusal', async () => {
    store.answer('GET', /^\/v1\/claim$/, () => ({ open: false }));
    const page = await open('/login');
    await page.getByLabel('Name').fill('kim');
    await page.getByLabel('Password', { exact: true }).fill('x');
    await each(GROUPS, (detail) => {
      store.answer('POST', /^\/v1\/session$/, () => ({ status: 400, reason: 'Else', title: detail, detail }));
      return page.keyboard.press('Enter');
    });
    await clean('login');
  });

  it('the page about the certificate, which the store writes itself', async () => {
    const bodies = await trustPages(GROUPS);
    for (const [place, body] of bodies.entries()) store.serve(`/trust-${place}`, body);
    const page = await open('/trust-0');
    for (const [place, names] of GROUPS.entries()) {
      await page.goto(`${store.url}/trust-${place}`);
      await watched.drawn([names]);
      expect(await watched.strangers(), names).toEqual([]);
      expect(await watched.ran(), names).toEqual([]);
    }
    await clean('trust');
  });

  it('control: pages that write texts as HTML run them, and the policy alone would stop that', async () => {
    await open('/#stock', undefined, [...SETTINGS, 'texts-as-html']);
    await until(async () => (await watched.ran()).length >= 30, { withinMs: 10_000, what: '30 to run' });
    const ran = (await watched.ran()).length;
    expect((await watched.strangers()).length).toBeGreaterThan(50);
    await watched.close();
    await open('/#stock', undefined, ['texts-as-html']);
    await until(async () => (await watched.tried()).length >= 30, { withinMs: 10_000, what: '30 refusals' });
    expect(await watched.ran()).toEqual([]);
    keptPromise({
      promise: 'S8',
      what: `${PAYLOADS.length} payloads in every text of ${pagesSeen.length} pages, without the policy`,
      figure: '0 scripts run, 0 elements made',
      control: `texts as HTML: ${ran} run; with the policy back, 0`,
    });
  });
});
