import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ALARM_CODES, type Alarm, REFUSALS } from '../../edge/contracts/index.js';
import { describeWith } from '../support/components.js';
import { withTexts } from '../ui/matrix/texts.js';
import { openBrowser, picture } from '../ui/support/browser.js';
import { healthNow, serveDesk } from '../ui/support/desk-samples.js';
import { markedEnglish, SENTENCE } from '../ui/support/english.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { serveJournal } from '../ui/support/journal-samples.js';
import { playlistsNow, servePlaylists } from '../ui/support/media-samples.js';
import { servePeople } from '../ui/support/people-samples.js';
import { coupon, elderflower, iso, kolibri, shopperView, signage, slide } from '../ui/support/samples.js';
import { link, staffNow, stories } from '../ui/support/staff-samples.js';

/** Words that stand in nearly every English sentence and are no German ones. */
const ENGLISH = /\b(?:the|of|and|is|are|not|with|for|this|has|by|from|to|no|yes|on|you|your|it|or|only)\b/gi;
const TABS = [
  ['now', '', '.feed-list li'],
  ['offers', '#offers/kolibri-zero-near', '.drawer .decision-list a'],
  ['stock', '#stock', '.desk-row'],
  ['devices', '#devices', '.desk-row'],
  ['playlists', '#devices/playlists', '.thumb'],
  ['journal', '#journal/d-8f31c2', '.trace .cell'],
  ['health', '#health', '.alarm'],
  ['people', '#people', '.desk-row'],
  ['audit', '#audit', '.desk-row'],
  ['password', '#password', '.desk-section'],
] as const;

await describeWith(['chromium'], 'pages in German', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  let page: Page;

  /** Names of people's own are one made-up word, and the store's English is marked: the rest is the page's own. */
  const german = <T>(payload: T): T =>
    withTexts(markedEnglish(payload), (text) => (SENTENCE.test(text) ? text : 'Xylo'));
  const words = (): Promise<string> =>
    page.evaluate(() => {
      const read = document.body.cloneNode(true) as HTMLElement;
      for (const one of read.querySelectorAll('pre, code, textarea, script, style')) one.remove();
      const named = [...document.querySelectorAll('[aria-label], [title]')].flatMap((one) => [
        one.getAttribute('aria-label') ?? '',
        one.getAttribute('title') ?? '',
      ]);
      return [read.innerHTML.replace(/<[^>]*>/g, ' '), ...named].join(' ');
    });
  const speaksGerman = async (name: string): Promise<void> => {
    const said = await words();
    expect(said.match(SENTENCE) ?? [], `${name}: the store's own sentence`).toEqual([]);
    const found = [...said.matchAll(ENGLISH)].map(({ index }) =>
      said.slice(Math.max(0, index - 40), index + 40),
    );
    expect(found, name).toEqual([]);
    await picture(page, `german-${name}`);
  };
  const open = async (path: string): Promise<void> => {
    page = await browser.newPage({
      ...{ viewport: { width: 1440, height: 900 }, locale: 'de-DE', timezoneId: 'Europe/Berlin' },
    });
    await page.goto(`${store.url}${path}`);
  };
  const answering = (): FixtureStore => ({
    ...store,
    answer: (method, path, reply) => store.answer(method, path, (request) => german(reply(request))),
  });
  const refuseAll = (reason: keyof typeof REFUSALS): void => {
    const { status, title, cure } = REFUSALS[reason];
    for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
      store.answer(method, /^\/v1\/(?!session)/, () =>
        markedEnglish({ status, title, reason, cure, detail: 'something was wrong with it', field: '/x' }),
      );
  };

  const staff = (policy = staffNow(now).policy): void => {
    const alarms = ALARM_CODES.map(
      (code): Alarm => ({ code, text: 'in English', since: iso(now), facts: { amount: 2, file: 'x.json' } }),
    );
    const { screens } = staffNow(now);
    const told = staffNow(now, {
      alarms,
      policy: { ...policy, store: { ...policy.store, locale: 'de-DE' } },
      link: link(now, { state: 'offline', code: 'Unreachable', detail: 'connect refused by it' }),
      screens: screens.map((screen) => (screen.up ? screen : { ...screen, reason: 'connection lost' })),
    });
    store.stories = german(stories(now));
    store.say('/staff', 'now', german(told));
    const refusals = Object.keys(REFUSALS).map((reason) => ({ reason, channel: 'http', count: 1 }));
    const { journal, ...health } = healthNow(now, {
      refusals: refusals.slice(0, 10),
      clock: { doubt: 'the clock is behind', why: { code: 'Behind', figure: 30 } },
    });
    serveJournal(answering(), now);
    serveDesk(answering(), now, { health: { ...health, journal: { ...journal, trouble: 'DiskFull' } } });
    servePeople(answering(), now);
    store.answer('GET', /^\/v1\/audit\/verify/, () =>
      german({ entries: 2, findings: [{ n: 2, what: 'edited', detail: 'it is not what it was' }] }),
    );
  };

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    staff();
  });
  afterEach(async () => {
    await page.close();
    await store.close();
  });

  it.each(TABS)(
    '%s says nothing in English, and nothing when the store refuses',
    async (name, hash, ready) => {
      if (name === 'playlists') {
        servePlaylists(answering(), now);
        staff(playlistsNow(now).policy);
      }
      await open(`/${hash}`);
      await page.waitForSelector(ready);
      await speaksGerman(name);
      if (name === 'password') return;
      refuseAll('Busy');
      await page.reload();
      await page.waitForSelector('.band, .events-note, .people-card .empty');
      await speaksGerman(`${name} refused`);
    },
  );

  it('what-if, a record that does not fit, and a check of the audit log', async () => {
    await open('/#journal/d-8f31c2');
    await page.waitForSelector('.trace');
    await page.click('.why-head .button');
    await page.click('.what-form .button-primary');
    await page.waitForSelector('.what-table');
    await speaksGerman('what-if');
    refuseAll('SchemaMismatch');
    store.answer('POST', /\/check$/, () =>
      markedEnglish({ fits: false, reason: 'SchemaMismatch', detail: 'it is not one', field: '/weight_g' }),
    );
    await page.fill('.mend textarea', '{}');
    await page.waitForSelector('.mend .tone-text-look:has-text("/weight_g")');
    await speaksGerman('mend check');
    await page.click('.mend .button-primary');
    await page.waitForSelector('.mend .tone-text-look:has-text("/x")');
    await page.click('.what-form .button-primary');
    await page.waitForSelector('.what-card [role="alert"]');
    await speaksGerman('mend');
    await page.evaluate(() => (location.hash = '#audit'));
    await page.click('.audit-check button');
    await page.waitForSelector('.audit-check .band');
    await speaksGerman('audit check refused');
  });

  it('the page of a shopper, the log-in page and a screen', async () => {
    store.say(
      '/shopper',
      'view',
      german(shopperView(now, { locale: 'de-DE', coupons: [coupon(kolibri(now))] })),
    );
    await open('/me');
    await page.waitForSelector('.coupon');
    await speaksGerman('shopper');
    await page.close();
    store.say('/signage', 'content', german(signage(1, [slide(elderflower(now))], { locale: 'de-DE' })));
    await open('/screen/screen-3');
    await page.waitForSelector('[data-shows]');
    await speaksGerman('player');
    await page.close();
    refuseAll('Stopping');
    await open('/login');
    await page.fill('input[name="name"]', 'kim');
    await page.fill('input[name="password"]', 'kim');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.login-failed-said');
    await speaksGerman('login');
  });
});
