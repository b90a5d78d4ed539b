import type { StaffNow } from '../../../edge/contracts/index.js';
import { equipmentNow, serveDesk } from '../support/desk-samples.js';
import type { FixtureStore } from '../support/fixture-store.js';
import { serveJournal } from '../support/journal-samples.js';
import { playlistsNow, servePlaylists } from '../support/media-samples.js';
import { servePeople } from '../support/people-samples.js';
import { iso } from '../support/samples.js';
import { link, staffNow, stories } from '../support/staff-samples.js';
import { type Change, german, type MatrixPage, press, type Scene, type Setting, same } from './scene.js';
import { fromRight, tenTimes, withTexts } from './texts.js';

/** The store whose answers pass through a change. */
function answering(store: FixtureStore, change: Change): FixtureStore {
  const answer: FixtureStore['answer'] = (method, path, reply) =>
    store.answer(method, path, (request) => change(reply(request)));
  return { ...store, answer };
}

const staff =
  (change: Change, more: (now: number) => Partial<StaffNow> = () => ({})): Setting =>
  (store, now) => {
    store.stories = change(stories(now));
    store.say('/staff', 'now', change(staffNow(now, more(now))));
    serveJournal(answering(store, change), now);
    serveDesk(answering(store, change), now);
    servePeople(answering(store, change), now);
  };
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
const staffPage = (
  path: string,
  ready: string,
  more: Readonly<Record<string, Setting | Scene>> = {},
  setting = staff,
): MatrixPage => ({
  path,
  ready,
  states: {
    normal: setting(same),
    empty: nobody,
    'ten times as long': setting((payload) => withTexts(payload, tenTimes)),
    'right to left': setting((payload) => withTexts(payload, fromRight)),
    'in German': setting(german),
    ...more,
  },
  stale: { shown: '.band-server:has-text("old. Waiting")' },
  gone: { shown: '.band-server:has-text("No answer")' },
});

const offline = staff(same, (now) => ({
  link: link(now, {
    ...{ state: 'offline', since: iso(now - 7_800_000), waiting: 48_211, oldestWaitingS: 7_800, etaS: 360 },
    detail: 'no answer from 10.0.0.7:9092',
  }),
}));
const stopped = staff(same, (now) => ({
  stops: [{ stopId: 'stop-1', scope: 'all', reason: 'wrong prices', at: iso(now - 240_000) }],
}));
const dialog = (target: string, opens = 'dialog[open]'): Scene => ({
  setting: staff(same),
  act: press(target, opens),
});

export const STAFF_PAGES: Readonly<Record<string, MatrixPage>> = {
  'staff-now': staffPage('/', '.floor', {
    'no link to HQ': offline,
    'all offers stopped': stopped,
    'the plan in words': dialog('.plan-list summary', '.plan-list[open]'),
    'who works here': dialog('.who-name', '.who[open]'),
  }),
  'staff-offers': staffPage('/#offers', '.desk-row, .empty', {
    'a campaign': { setting: staff(same), path: '/#offers/kolibri-zero-near' },
  }),
  'staff-stock': staffPage('/#stock', '.desk-row, .empty', {
    'a count': dialog('.desk-action .button'),
  }),
  'staff-devices': staffPage('/#devices', '.desk-row, .empty', {
    'a new device': dialog('button:has-text("Add a device")'),
    'a new screen': dialog('.screens-buttons .button-primary'),
  }),
  'staff-playlists': staffPage('/#devices/playlists', '.media-back', {}, withPlaylists),
  'staff-journal': staffPage('/#journal', '.event, .events > .empty', {
    'several candidates': { setting: staff(same), path: '/#journal/d-8f31c2' },
    'what if': {
      setting: staff(same),
      path: '/#journal/d-8f31c2',
      act: press('.why-head .button', '.field'),
    },
  }),
  'staff-health': staffPage('/#health', '.health-part, .empty'),
  'staff-people': staffPage('/#people', '.desk-row, .empty'),
  'staff-audit': staffPage('/#audit', '.desk-row, .empty'),
  'staff-password': staffPage('/#password', '.password-card'),
};
