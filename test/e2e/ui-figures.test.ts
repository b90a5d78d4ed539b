import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Alarm, StaffNow } from '../../edge/contracts/index.js';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage } from '../ui/support/browser.js';
import { serveDesk } from '../ui/support/desk-samples.js';
import { bareFigures } from '../ui/support/figures.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { serveJournal } from '../ui/support/journal-samples.js';
import { playlistsNow, servePlaylists } from '../ui/support/media-samples.js';
import { servePeople } from '../ui/support/people-samples.js';
import { iso } from '../ui/support/samples.js';
import { link, stories } from '../ui/support/staff-samples.js';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 780 },
] as const;
const HOUR = 3_600_000;

interface Stop {
  readonly at: string;
  readonly ready: string;
  /** What is pressed there, and what that opens. */
  readonly press?: readonly [target: string, opens: string];
}
/** Every tab, and whatever opens on it that has numbers of its own. */
const STOPS: readonly Stop[] = [
  { at: '#now', ready: '.story', press: ['.plan-list summary', '.plan-list[open]'] },
  { at: '#offers/kolibri-zero-near', ready: '.drawer .decision-list a' },
  { at: '#stock', ready: '.stock-table .desk-row' },
  { at: '#stock', ready: '.desk-row', press: ['.desk-action .button', 'dialog[open]'] },
  { at: '#devices', ready: '.desk-row' },
  { at: '#devices', ready: '.desk-row', press: ['.desk-bar > .button', 'dialog[open]'] },
  { at: '#devices', ready: '.desk-row', press: ['.screens-buttons .button-primary', 'dialog[open]'] },
  { at: '#devices/playlists', ready: '.thumb' },
  { at: '#devices/playlists', ready: '.thumb', press: ['.media-acts .button', 'dialog[open]'] },
  { at: '#journal/d-8f31c2', ready: '.trace .cell', press: ['.why-head .button', '.what-form'] },
  { at: '#journal/d-8f31c2', ready: '.what-form', press: ['.what-form .button-primary', '.what-table'] },
  { at: '#journal/d-8f31c2', ready: '.event', press: ['.export-chip', 'dialog[open]'] },
  { at: '#health', ready: '.health-part' },
  { at: '#people', ready: '.desk-row', press: ['.people-actions .button', '.people-sessions'] },
  { at: '#audit', ready: '.desk-row' },
  { at: '#password', ready: '.desk-section', press: ['.who-name', '.who[open]'] },
];

/** These have no figures. */
const BARE = ['#audit', '#password'];

await describeWith(['chromium'], 'every number of the staff page', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  let page: Page;

  const alarms = (): readonly Alarm[] =>
    (['AuditWaits', 'JournalLoss', 'VaultKeyLost', 'PersonsUnknown'] as const).map((code) => ({
      ...{ code, text: 'in English', since: iso(now - HOUR), facts: { amount: 3 } },
    }));
  const say = (locale: string, more: Partial<StaffNow> = {}): void => {
    const told = playlistsNow(now);
    const { store: shop } = told.policy;
    const policy = { ...told.policy, store: { ...shop, locale } };
    store.say('/staff', 'now', { ...told, toMend: 3, alarms: alarms(), ...more, policy });
  };
  const go = async ({ at, ready, press }: Stop): Promise<void> => {
    await page.keyboard.press('Escape');
    await page.evaluate((hash) => (location.hash = hash), at);
    await page.waitForSelector(ready);
    if (!BARE.includes(at)) await page.waitForSelector('.content .as-of');
    if (press === undefined) return;
    await page.locator(press[0]).first().click();
    await page.waitForSelector(press[1]);
  };
  const bare = async (where: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const wrong = await bareFigures(page);
      found.push(...wrong.map((one) => `${where} at ${size.width}: ${one}`));
    }
    await page.setViewportSize(SIZES[0]);
    return found;
  };

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    store.stories = stories(now);
    serveJournal(store, now);
    serveDesk(store, now);
    servePeople(store, now);
    servePlaylists(store, now);
    say('en-IE');
  });
  afterEach(async () => {
    await page.context().close();
    await store.close();
  });

  it.each(['en-IE', 'de-DE'])(
    'has its unit and its age on every tab and in every drawer, %s',
    async (locale) => {
      say(locale);
      page = await openPage(browser, store.url, SIZES[0]);
      const found: string[] = [];
      for (const stop of STOPS) {
        // A store that has said nothing for a while makes a band of its own.
        now = Date.now();
        say(locale);
        await go(stop);
        found.push(...(await bare(stop.at)));
      }
      const away = {
        state: 'offline',
        since: iso(now - 2 * HOUR),
        waiting: 48_211,
        oldestWaitingS: 7_800,
      } as const;
      say(locale, { link: link(now, { ...away, etaS: 360, nextTryAt: iso(now + HOUR) }) });
      await go({ at: '#now', ready: '.band-offline' });
      found.push(...(await bare('#now without HQ')));
      expect(found).toEqual([]);
    },
  );

  it('is missed as soon as it has none', async () => {
    page = await openPage(browser, `${store.url}/#offers/kolibri-zero-near`, SIZES[0]);
    await page.waitForSelector('.drawer .decision-list a');
    const count = page.locator('.chip-amount').first();
    await count.evaluate((one) => (one.textContent = '7'));
    expect(await bareFigures(page)).toEqual(['no unit: 7']);
    await page.evaluate(() => {
      for (const one of document.querySelectorAll('.content .as-of')) one.remove();
    });
    const left = (await bareFigures(page)).filter((one) => one.startsWith('no age'));
    expect(left.length).toBeGreaterThan(20);
    expect(left).toContainEqual(expect.stringMatching(/^no age: 26 pieces left/));
  });

  it('is as old as the store says, however wrong the clock of the browser', async () => {
    page = await openPage(browser, 'about:blank', SIZES[0]);
    await page.addInitScript((wrongMs) => {
      const right = Date.now.bind(Date);
      Date.now = () => right() + wrongMs;
    }, 3 * HOUR);
    await page.goto(store.url);
    const time = new Intl.DateTimeFormat('en-IE', {
      ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Europe/Dublin' },
    });
    const about = [now, now + 60_000].map((ms) => time.format(ms));
    const tabs = STOPS.filter(({ at }, place) => STOPS.findIndex((one) => one.at === at) === place);
    for (const { at, ready } of tabs.filter(({ at }) => !BARE.includes(at))) {
      await go({ at, ready });
      await expect.poll(() => page.locator('.content .as-of').count(), { message: at }).toBeGreaterThan(0);
      const said = await page.locator('.content .as-of').allTextContents();
      for (const one of said) expect(about, `${at}: ${one}`).toContain(/\d\d:\d\d/.exec(one)?.[0]);
    }
  });
});
