import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { keptPromise } from '../support/promise.js';
import { until } from '../support/until.js';
import { openBrowser } from '../ui/support/browser.js';
import { serveDesk } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { PAYLOADS } from '../ui/support/payloads.js';
import { servePeople } from '../ui/support/people-samples.js';
import {
  poisonedPhone,
  poisonedView,
  servePoisonedDesk,
  servePoisonedInside,
  servePoisonedPlaylists,
} from '../ui/support/poison.js';
import { SAID } from '../ui/support/said.js';
import { openWatched, type ScriptSetting, type WatchedPage } from '../ui/support/script-watch.js';
import { staffNow } from '../ui/support/staff-samples.js';

const PHONE = { width: 360, height: 780 };
/** Lifted for all of them: what stops a text here is the page, and not the policy behind it. */
const SETTINGS: readonly ScriptSetting[] = ['no-policy'];
const even = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** What opens only when somebody acts: dialogs, drawers, answers of the store, and the tabs of a phone. */
await describeWith(['chromium'], 'S8: no text runs behind a button either', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const opened: WatchedPage[] = [];
  const seen: string[] = [];

  beforeAll(async () => {
    [browser, store] = await Promise.all([openBrowser(), startFixtureStore()]);
    now = Date.now();
  });
  afterAll(async () => {
    for (const watched of opened) await watched.close();
    await browser?.close();
    await store?.close();
  });

  const open = async (path: string, size?: typeof PHONE, settings = SETTINGS): Promise<WatchedPage> => {
    const sized = size === undefined ? {} : { size };
    const watched = await openWatched(browser, { settings, own: store.url, ...sized });
    opened.push(watched);
    await watched.page.goto(store.url + path);
    return watched;
  };
  const clean = async (watched: WatchedPage, name: string): Promise<void> => {
    expect(await watched.strangers(), name).toEqual([]);
    expect(await watched.ran(), name).toEqual([]);
    expect(await watched.tried(), name).toEqual([]);
    seen.push(name);
  };
  /** Until the text is to be read within that part of the page. */
  const within = (page: Page, part: string, text: string): Promise<unknown> =>
    page.waitForFunction(
      ([selector, wanted]) =>
        [...document.querySelectorAll(selector!)].some((element) =>
          (element.textContent ?? '').replaceAll(/\s+/g, ' ').includes(wanted!),
        ),
      [part, even(text)],
      { timeout: 10_000 },
    );
  const goTo = (page: Page, hash: string): Promise<unknown> =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);

  it('staff: details of a campaign, and what is asked before a deed', async () => {
    servePoisonedDesk(store, now, SAID);
    const watched = await open('/#offers');
    const { page } = watched;
    for (const text of SAID) {
      await goTo(page, `#offers/${encodeURIComponent(text)}`);
      await within(page, '.drawer', text);
    }
    await clean(watched, 'campaign details');
    for (const [tab, button, name] of [
      ['stock', /^Correct/, 'count'],
      ['devices', /^Take back/, 'ask'],
    ] as const) {
      await goTo(page, `#${tab}`);
      const buttons = page.getByRole('button', { name: button });
      await buttons.first().waitFor();
      const many = Math.min(await buttons.count(), SAID.length);
      expect(many, name).toBeGreaterThan(2);
      for (let place = 0; place < many; place += 1) {
        await buttons.nth(place).click();
        await page.waitForFunction((texts) => {
          const text = (document.querySelector('dialog')?.textContent ?? '').replaceAll(/\s+/g, ' ');
          return texts.some((one) => text.includes(one));
        }, SAID.map(even));
        await page.keyboard.press('Escape');
        await page.locator('dialog').waitFor({ state: 'detached' });
      }
      await clean(watched, name);
    }
  });

  it('staff: what stands in a choice, and what the store answers to a deed', async () => {
    servePoisonedDesk(store, now, PAYLOADS);
    const watched = await open('/#devices');
    const { page } = watched;
    await page.getByRole('button', { name: 'Pair a screen' }).click();
    await page.locator('dialog option').nth(PAYLOADS.length).waitFor({ state: 'attached' });
    await watched.drawn(PAYLOADS);
    await page.keyboard.press('Escape');
    await clean(watched, 'pair');
    // Few rows behind the dialog: each look at the store draws all of them anew.
    servePoisonedDesk(store, now, SAID);
    await page.waitForFunction(
      (most) => document.querySelectorAll('.desk-row').length <= most,
      2 * SAID.length,
    );
    for (const text of SAID) {
      store.answer('POST', /^\/v1\/devices$/, () => ({ id: text, token: 'ec_token' }));
      await page.click('text=Add a device');
      await page.fill('dialog input', 'door 2');
      await page.click('text=Make its token');
      await within(page, 'dialog', text);
      await page.click('text=I have it');
    }
    await clean(watched, 'device');
  });

  it('staff: the screens that a file may play on', async () => {
    servePoisonedDesk(store, now, SAID);
    servePoisonedPlaylists(store, now, PAYLOADS);
    const watched = await open('/#devices/playlists');
    const { page } = watched;
    await page
      .getByRole('button', { name: /^Play on a screen/ })
      .first()
      .click();
    await page
      .locator('dialog option')
      .nth(PAYLOADS.length - 1)
      .waitFor({ state: 'attached' });
    await watched.drawn(PAYLOADS);
    await page.keyboard.press('Escape');
    await clean(watched, 'play');
  });

  it('staff: what-if and the check of the audit log', async () => {
    servePoisonedDesk(store, now, SAID);
    servePoisonedInside(store, now, SAID);
    const watched = await open('/#journal/d-8f31c2');
    const { page } = watched;
    await page.getByRole('button', { name: 'What if' }).click();
    await page.click('.what-form .button-primary');
    await page.waitForSelector('.what-list li');
    await watched.drawn(PAYLOADS);
    await clean(watched, 'what-if');
    await goTo(page, '#audit');
    await page.getByRole('button', { name: 'Check the log' }).click();
    await watched.drawn(PAYLOADS);
    await clean(watched, 'check of the audit log');
  });

  it('staff: people and their sessions, the own password', async () => {
    servePoisonedDesk(store, now, SAID);
    const watched = await open('/#people');
    const { page } = watched;
    await page.locator('.people-role').first().waitFor();
    for (const text of SAID) {
      store.answer('POST', /^\/v1\/users$/, () => ({ name: text, link: text }));
      await page.fill('input[name=name]', 'kim');
      await page.locator('form button[type=submit]').last().click();
      await within(page, '.people-link', text);
    }
    await page.getByRole('button', { name: 'Where logged in' }).first().click();
    await page
      .locator('.people-sessions li')
      .nth(SAID.length - 1)
      .waitFor();
    await clean(watched, 'person');
    await goTo(page, '#password');
    for (const detail of SAID) {
      store.answer('PUT', /^\/v1\/password$/, () => ({ status: 400, reason: 'Else', title: detail, detail }));
      await page.fill('input[name=current]', 'x');
      await page.fill('input[name=password]', 'horse battery staple');
      await page.keyboard.press('Enter');
      await within(page, '[role=alert]', detail);
    }
    await clean(watched, 'password');
  });

  it('shopper: my offers, history, privacy, my data, the till', async () => {
    const view = poisonedPhone(now, PAYLOADS);
    store.say('/shopper', 'view', view);
    servePoisonedInside(store, now, PAYLOADS);
    const watched = await open('/me', PHONE);
    const { page } = watched;
    const tab = (nth: number) => page.click(`.nav-tab:nth-child(${nth})`);
    await page.waitForSelector('.nav-tab');
    for (const [nth, name] of [
      [2, 'my offers'],
      [3, 'history'],
      [4, 'privacy'],
    ] as const) {
      await tab(nth);
      await watched.drawn(PAYLOADS);
      await clean(watched, name);
    }
    await page.click('text=See everything the shop holds');
    await page.waitForSelector('.data-rows');
    await watched.drawn(PAYLOADS);
    await clean(watched, 'my data');
    await page.reload();
    await tab(2);
    await page.locator('.offer-row').first().click();
    await page.waitForSelector('.till');
    for (const text of SAID) {
      const first = poisonedView(now, text).coupons[0]!;
      store.say('/shopper', 'view', {
        ...view,
        coupons: [{ ...first, couponId: view.coupons[0]!.couponId }],
      });
      await within(page, '.till', text);
    }
    await clean(watched, 'till');
  });

  it('shopper: the questions, and the word after erasure', async () => {
    const unasked = { location: 'unasked', profile: 'unasked', push: 'unasked', measurement: 'unasked' };
    const view = poisonedView(now, SAID[0]!);
    store.say('/shopper', 'view', { ...view, coupons: [], consents: unasked });
    const watched = await open('/me', PHONE);
    await watched.page.waitForSelector('.question');
    await clean(watched, 'questions');
    store.whisper('/shopper', 'erased', { receiptId: PAYLOADS.join(' '), at: new Date(now).toISOString() });
    await watched.page.waitForSelector('.erased-page');
    await watched.drawn(PAYLOADS);
    await clean(watched, 'erased');
  });

  it('control: pages that write texts as HTML run them behind a button, and the policy alone would stop that', async () => {
    // Nothing but what comes after the button is a payload.
    store.say('/staff', 'now', staffNow(now));
    serveDesk(store, now);
    servePeople(store, now);
    servePoisonedInside(store, now, PAYLOADS);
    const control = async (settings: readonly ScriptSetting[]): Promise<WatchedPage> => {
      const watched = await open('/#audit', undefined, [...settings, 'texts-as-html']);
      const check = watched.page.getByRole('button', { name: 'Check the log' });
      await check.waitFor();
      expect([...(await watched.ran()), ...(await watched.tried())]).toEqual([]);
      await check.click();
      return watched;
    };
    const written = await control(SETTINGS);
    await until(async () => (await written.ran()).length >= 30, { withinMs: 10_000, what: '30 to run' });
    const ran = (await written.ran()).length;
    const stopped = await control([]);
    await until(async () => (await stopped.tried()).length >= 30, { withinMs: 10_000, what: '30 refusals' });
    expect(await stopped.ran()).toEqual([]);
    keptPromise({
      promise: 'S8 (behind buttons)',
      what: `${PAYLOADS.length} payloads in ${seen.length} dialogs, drawers, answers and tabs, without the policy: ${seen.join(', ')}`,
      figure: '0 scripts run, 0 elements made',
      control: `texts as HTML: ${ran} run; with the policy back, 0`,
    });
  });
});
