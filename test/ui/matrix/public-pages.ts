import type { Page } from 'playwright-core';
import { createTrustPage } from '../../../edge/serve/tls/trust-page.js';
import { makeRoot } from '../../../edge/serve/tls/x509.js';
import type { FixtureStore } from '../support/fixture-store.js';
import { coupon, elderflower, iso, kolibri, shopperView, strawberries } from '../support/samples.js';
import { type Change, german, type MatrixPage, press, type Scene, type Setting, same } from './scene.js';
import { fromRight, tenTimes, withTexts } from './texts.js';

const HOUR_MS = 3_600_000;
type View = (now: number) => ReturnType<typeof shopperView>;

const phone =
  (view: View, change: Change = same): Setting =>
  (store, now) => {
    store.say('/shopper', 'view', change(view(now)));
    store.answer('GET', /\/export$/, () => ({
      ...{ madeAt: iso(now), sid: 's_demo000000000001', left: 0 },
      ...{ linked: { tags: 1, loyaltyIds: 0, phones: 0 }, events: [] },
    }));
  };
/** Two coupons, of which the first ends long before the second. */
const twoHeld: View = (now) =>
  shopperView(now, {
    coupons: [
      coupon(kolibri(now)),
      coupon(strawberries(now, { couponId: 'c-2' }), { couponId: 'c-2', decisionId: 'd-2' }),
    ],
  });
/** The store goes, and three hours pass on the phone. */
const goneForHours = async (page: Page, store: FixtureStore): Promise<void> => {
  await page.waitForSelector('.coupon');
  await page.clock.install();
  await store.close();
  await page.clock.fastForward(3 * HOUR_MS);
  await page.waitForSelector('.coupon:has-text("Wexford")');
};
const held: View = (now) =>
  shopperView(now, {
    coupons: [coupon(kolibri(now))],
    hints: [{ decisionId: 'd-hint', offer: elderflower(now, { name: 'Rye bread, still warm' }) }],
    past: [
      {
        ...{ decisionId: 'd-past', name: 'Ginger beer', why: 'You bought it in March.' },
        ...{ priceMinor: 212, wasMinor: 249, currency: 'EUR', receivedAt: iso(now - 26 * HOUR_MS) },
        takenAt: iso(now - 25 * HOUR_MS),
      },
    ],
    receipts: [
      {
        ...{ receiptId: 'r-location', purpose: 'location', granted: true, textVersion: '2026-11' },
        ...{ at: iso(now - 24 * HOUR_MS), until: iso(now + 364 * 24 * HOUR_MS) },
      },
    ],
  });
const unasked: View = (now) =>
  shopperView(now, {
    consents: { location: 'unasked', profile: 'unasked', push: 'unasked', measurement: 'unasked' },
    coupons: [],
    open: [],
  });
const MINE = 2;
const HISTORY = 3;
const PRIVACY = 4;
const tab = (nth: number, change: Change = same): Scene => ({
  setting: phone(held, change),
  act: press(`.nav-tab:nth-child(${nth})`, `.nav-tab:nth-child(${nth})[aria-current]`),
});
const myData: Scene = {
  setting: phone(held),
  act: async (page) => {
    await page.click(`.nav-tab:nth-child(${PRIVACY})`);
    await page.locator('.known + .button-wide').click();
    await page.waitForSelector('main:not(.tab-page)');
  },
};

const validity = { notBefore: new Date(0), notAfter: new Date(Date.now() + 10 * 365 * 24 * HOUR_MS) };
const { certificate: root } = await makeRoot('Linden Grocer', validity);
const trust =
  (storeName: string, language: string): Setting =>
  (store) => {
    const page = createTrustPage({ storeName, root, locale: 'en-IE', timeZone: 'Europe/Dublin' });
    for (const path of ['/trust', '/trust/style.css'])
      store.serve(path, page.answer(path, language)?.body.toString() ?? '');
  };

const claimable =
  (open: boolean): Setting =>
  (store) => {
    store.answer('GET', /^\/v1\/claim$/, () => ({ open }));
    store.answer('POST', /^\/v1\/session$/, () => ({ status: 401, reason: 'WrongPassword', title: 'no' }));
  };
const wrongPassword =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await page.locator('input').first().fill(name);
    await page.locator('input[type=password]').first().fill('not the password');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.login-failed-said');
  };
const refused = (name: string, locale?: string): Scene => ({
  setting: claimable(false),
  act: wrongPassword(name),
  ...(locale === undefined ? {} : { locale }),
});
const code: Setting = (store) =>
  store.answer('POST', /^\/v1\/pairing$/, () => ({ ticket: 't', code: 'R9QQMH' }));

export const PUBLIC_PAGES: Readonly<Record<string, MatrixPage>> = {
  login: {
    path: '/login',
    ready: 'h1',
    states: {
      normal: claimable(false),
      'a new store': claimable(true),
      'name and password do not fit': refused('maeve'),
      'a very long name': refused(tenTimes('maeve of the bakery').slice(0, 64)),
      'right to left': refused(fromRight()),
      'in German': refused('maeve', 'de-DE'),
      'logged out meanwhile': { setting: claimable(false), path: '/login#from=journal' },
      'a link to set a password': { setting: claimable(false), path: '/login#set=ec_x' },
    },
    gone: { shown: 'h1' },
  },
  trust: {
    path: '/trust',
    ready: 'h1',
    states: {
      normal: trust('Linden Grocer, Harbour Street', 'en'),
      'in German': trust('Linden Grocer, Harbour Street', 'de'),
      'ten times as long': trust(tenTimes('Linden Grocer, Harbour Street').slice(0, 200), 'en'),
      'right to left': trust(fromRight(), 'en'),
    },
  },
  pairing: {
    path: '/screen',
    ready: '.pairing, [data-shows]',
    states: {
      normal: code,
      'in German': { setting: code, locale: 'de-DE' },
      'a browser that reads from right to left': { setting: code, locale: 'ar-EG' },
      'no code yet': () => undefined,
    },
    gone: { shown: '.pairing, [data-shows]' },
  },
  shopper: {
    path: '/me',
    ready: 'main',
    states: {
      normal: phone(held),
      'first visit': phone(unasked),
      empty: phone((now) => shopperView(now, { coupons: [], open: [] })),
      mine: tab(MINE),
      history: tab(HISTORY),
      privacy: tab(PRIVACY),
      'my data': myData,
      'at the till': { setting: phone(held), act: press('.coupon-code .button', '.qr-big') },
      'store gone for hours': { setting: phone(twoHeld), act: goneForHours },
      'ten times as long': phone(held, (payload) => withTexts(payload, tenTimes)),
      'right to left': phone(held, (payload) => withTexts(payload, fromRight)),
      'in German': phone(held, german),
      'history in German': tab(HISTORY, german),
      'privacy in German': tab(PRIVACY, german),
    },
    gone: { shown: '.try-again' },
  },
};
