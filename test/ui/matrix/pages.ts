import { equipmentNow, serveDesk } from '../support/desk-samples.js';
import type { FixtureStore } from '../support/fixture-store.js';
import { serveJournal } from '../support/journal-samples.js';
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

export interface MatrixPage {
  readonly path: string;
  /** Shown once the page has something to say. */
  readonly ready: string;
  readonly states: Readonly<Record<string, Setting>>;
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
  };
}
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
};
const staffPage = (path: string, ready: string): MatrixPage => ({
  path,
  ready,
  states: {
    normal: staff(same),
    empty: nobody,
    'ten times as long': staff((payload) => withTexts(payload, tenTimes)),
    'right to left': staff((payload) => withTexts(payload, fromRight)),
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
const held = (now: number) => shopperView(now, { coupons: [coupon(kolibri(now))] });

export const MATRIX: Readonly<Record<string, MatrixPage>> = {
  'staff-now': staffPage('/', '.floor'),
  'staff-offers': staffPage('/#offers', '.desk-row, .empty'),
  'staff-stock': staffPage('/#stock', '.desk-row, .empty'),
  'staff-devices': staffPage('/#devices', '.desk-row, .empty'),
  'staff-journal': staffPage('/#journal', '.event, .empty'),
  'staff-health': staffPage('/#health', '.health-part, .empty'),
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
