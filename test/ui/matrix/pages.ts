import type { Page } from 'playwright-core';
import { createTrustPage } from '../../../edge/serve/tls/trust-page.js';
import { makeRoot } from '../../../edge/serve/tls/x509.js';
import { equipmentNow, serveDesk } from '../support/desk-samples.js';
import type { FixtureStore } from '../support/fixture-store.js';
import { serveJournal } from '../support/journal-samples.js';
import { playlistsNow, servePlaylists } from '../support/media-samples.js';
import { servePeople } from '../support/people-samples.js';
import {
  coupon,
  elderflower,
  kolibri,
  shopperView,
  signage,
  slide,
  strawberries,
} from '../support/samples.js';
import { staffNow, stories } from '../support/staff-samples.js';
import { fromRight, tenTimes, withTexts } from './texts.js';

/** What the store says before the page opens. */
export type Setting = (store: FixtureStore, now: number) => void;

/** A state that is reached on the page: at another address, or by what somebody does there. */
export interface Scene {
  readonly setting: Setting;
  readonly path?: string;
  readonly act?: (page: Page, store: FixtureStore) => Promise<unknown>;
}

export interface MatrixPage {
  readonly path: string;
  /** Shown once the page has something to say. */
  readonly ready: string;
  readonly states: Readonly<Record<string, Setting | Scene>>;
  /** Silence after which the page says how old it is; without it there is no such state. */
  readonly stale?: { readonly shown: string };
  readonly gone?: { readonly shown: string };
}

const same = <T>(payload: T): T => payload;

type Change = <T>(payload: T) => T;

/** The store whose answers pass through a change. */
function answering(store: FixtureStore, change: Change): FixtureStore {
  const answer: FixtureStore['answer'] = (method, path, reply) =>
    store.answer(method, path, (request) => change(reply(request)));
  return { ...store, answer };
}

function staff(change: Change): Setting {
  return (store, now) => {
    store.stories = change(stories(now));
    store.say('/staff', 'now', change(staffNow(now)));
    serveJournal(answering(store, change), now);
    serveDesk(answering(store, change), now);
    servePeople(answering(store, change), now);
  };
}
const withPlaylists =
  (change: Change): Setting =>
  (store, now) => {
    staff(change)(store, now);
    servePlaylists(store, now);
    store.say('/staff', 'now', change(playlistsNow(now)));
  };
const nobody: Setting = (store, now) => {
  const { policy } = staffNow(now);
  store.stories = [];
  store.say(
    '/staff',
    'now',
    staffNow(now, { policy, zones: [], dots: [], figures: [], screens: [], toMend: 0 }),
  );
  serveDesk(store, now, { offers: [], stock: [] });
  store.answer('GET', /^\/v1\/journal/, () => ({ events: [], next: '' }));
  store.answer('GET', /^\/v1\/equipment/, () => ({ ...equipmentNow(now), screens: [], devices: [] }));
  store.answer('GET', /^\/v1\/users/, () => ({ users: [] }));
  store.answer('GET', /^\/v1\/media$/, () => ({ files: [], damaged: [] }));
  store.answer('GET', /^\/v1\/audit/, () => ({ entries: [] }));
};
const staffPage = (path: string, ready: string, setting = staff): MatrixPage => ({
  path,
  ready,
  states: {
    normal: setting(same),
    empty: nobody,
    'ten times as long': setting((payload) => withTexts(payload, tenTimes)),
    'right to left': setting((payload) => withTexts(payload, fromRight)),
  },
  stale: { shown: '.band-look' },
  gone: { shown: '.band-look' },
});

const phone =
  (view: (now: number) => ReturnType<typeof shopperView>, change: Change = same): Setting =>
  (store, now) =>
    store.say('/shopper', 'view', change(view(now)));
const screen =
  (slides: (now: number) => ReturnType<typeof slide>[], change: Change = same): Setting =>
  (store, now) =>
    store.say('/signage', 'content', change(signage(1, slides(now))));
const offers = (now: number) => [slide(elderflower(now)), slide(strawberries(now))];
const HOUR_MS = 3_600_000;
/** Two coupons, of which the first ends long before the second. */
const twoHeld = (now: number) =>
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
const held = (now: number) => shopperView(now, { coupons: [coupon(kolibri(now))] });

const validity = { notBefore: new Date(0), notAfter: new Date(Date.now() + 10 * 365 * 24 * HOUR_MS) };
const { certificate: root } = await makeRoot('Linden Grocer', validity);
const trust =
  (storeName: string, language: string): Setting =>
  (store) => {
    const page = createTrustPage({ storeName, root });
    for (const path of ['/trust', '/trust/style.css'])
      store.serve(path, page.answer(path, language)?.body.toString() ?? '');
  };

const claimable =
  (open: boolean): Setting =>
  (store) => {
    store.answer('GET', /^\/v1\/claim$/, () => ({ open }));
    store.answer('POST', /^\/v1\/session$/, () => ({ status: 401, reason: 'WrongPassword', title: 'no' }));
  };
const wrongPassword = async (page: Page): Promise<void> => {
  await page.getByLabel('Name').fill('maeve');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.login-failed-said');
};

export const MATRIX: Readonly<Record<string, MatrixPage>> = {
  'staff-now': staffPage('/', '.floor'),
  'staff-offers': staffPage('/#offers', '.desk-row, .empty'),
  'staff-stock': staffPage('/#stock', '.desk-row, .empty'),
  'staff-devices': staffPage('/#devices', '.desk-row, .empty'),
  'staff-playlists': staffPage('/#devices/playlists', '.media-back', withPlaylists),
  'staff-journal': staffPage('/#journal', '.event, .events > .empty'),
  'staff-health': staffPage('/#health', '.health-part, .empty'),
  'staff-people': staffPage('/#people', '.desk-row, .empty'),
  'staff-audit': staffPage('/#audit', '.desk-row, .empty'),
  login: {
    path: '/login',
    ready: 'h1',
    states: {
      normal: claimable(false),
      'a new store': claimable(true),
      'name and password do not fit': { setting: claimable(false), act: wrongPassword },
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
      normal: (store) => store.answer('POST', /^\/v1\/pairing$/, () => ({ ticket: 't', code: 'R9QQMH' })),
      'no code yet': () => undefined,
    },
    gone: { shown: '.pairing, [data-shows]' },
  },
  shopper: {
    path: '/me',
    ready: 'main',
    states: {
      normal: phone(held),
      'first visit': phone((now) =>
        shopperView(now, {
          consents: { location: 'unasked', profile: 'unasked', push: 'unasked', measurement: 'unasked' },
          coupons: [],
          open: [],
        }),
      ),
      empty: phone((now) => shopperView(now, { coupons: [], open: [] })),
      'store gone for hours': { setting: phone(twoHeld), act: goneForHours },
      'ten times as long': phone(held, (payload) => withTexts(payload, tenTimes)),
      'right to left': phone(held, (payload) => withTexts(payload, fromRight)),
    },
    gone: { shown: 'main' },
  },
  player: {
    path: '/screen/screen-3',
    ready: '[data-shows]',
    states: {
      normal: screen(offers),
      'house content': screen(() => []),
      'ten times as long': screen(offers, (payload) => withTexts(payload, tenTimes)),
      'right to left': screen(offers, (payload) => withTexts(payload, fromRight)),
    },
    gone: { shown: '[data-shows]' },
  },
};
