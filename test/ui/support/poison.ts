/** Payloads of a page with every free text in them replaced, and a store that answers with nothing else. */
import { PURPOSES } from '../../../edge/contracts/index.js';
import { createTrustPage } from '../../../edge/serve/tls/trust-page.js';
import { makeRoot } from '../../../edge/serve/tls/x509.js';
import { equipmentNow, healthNow, offersNow, serveDesk, stockNow } from './desk-samples.js';
import type { FixtureStore } from './fixture-store.js';
import { decision, events, record, serveJournal } from './journal-samples.js';
import { coupon, elderflower, iso, kolibri, shopperView, signage, slide } from './samples.js';
import { link, staffNow, stories } from './staff-samples.js';

/** Members whose few values decide what a page does: any other word there is no page at all. */
const CHOICES = new Set([
  ...['state', 'kind', 'step', 'surface', 'unit', 'outcome', 'change', 'role', 'orientation', 'encoding'],
  ...['currency', 'locale', 'timeZone', 'choose', 'purpose', 'channel', 'lane', 'before', 'day'],
  // Signed by the store, drawn as a code.
  ...['token', 'gtin'],
]);
const TIME = /^\d{4}-\d\d-\d\dT|^\d\d:\d\d$/;

/** The same payload with `text` in place of every string that is free. */
export function poisoned<T>(payload: T, text: string, key = ''): T {
  if (Array.isArray(payload)) return payload.map((item) => poisoned(item, text, key)) as T;
  if (payload !== null && typeof payload === 'object') {
    // A figure is known by its id.
    const known = 'halfHours' in payload ? ['id'] : [];
    return Object.fromEntries(
      Object.entries(payload).map(([name, value]) => [
        name,
        known.includes(name) ? value : poisoned(value, text, name),
      ]),
    ) as T;
  }
  if (typeof payload !== 'string' || CHOICES.has(key) || TIME.test(payload)) return payload;
  return text as T;
}

/** One row a payload, made from the samples in turn. */
const rows = <T>(samples: readonly T[], texts: readonly string[]): T[] =>
  texts.map((text, place) => poisoned(samples[place % samples.length] as T, text));

export function poisonedNow(atMs: number, text: string) {
  const stop = { stopId: 's', scope: { campaign: 'c' }, reason: 'r', at: iso(atMs) };
  const now = staffNow(atMs, {
    link: link(atMs, { state: 'offline', detail: 'd', code: 'Failed' }),
    stops: [stop],
    alarms: [{ code: 'MediaDamaged', text: 't', since: iso(atMs), facts: { files: 'f' } }],
  });
  return poisoned(now, text);
}

/** The page of files and playlists: a screen, a file and a place in a rotation for each payload. */
export function servePoisonedPlaylists(store: FixtureStore, atMs: number, texts: readonly string[]): void {
  const { policy } = staffNow(atMs);
  const screens = rows(policy.screens, texts).map((screen, place) => ({
    ...screen,
    id: `screen-${place}`,
    group: screen.name ?? '',
    playlist: [
      { show: 'house' as const, headline: screen.name ?? '', line: screen.name ?? '' },
      { show: 'media' as const, media: screen.name ?? '', headline: screen.name ?? '' },
    ],
  }));
  store.say('/staff', 'now', staffNow(atMs, { policy: { ...policy, screens } }));
  store.answer('GET', /^\/v1\/media$/, () => ({
    files: texts.map((name) => ({ name, bytes: 100, contentType: name, width: 3, height: 2 })),
    damaged: texts,
  }));
}

/** Every tab of the staff page: a row a payload in each list. */
export function servePoisonedDesk(store: FixtureStore, atMs: number, texts: readonly string[]): void {
  const [first = ''] = texts;
  store.say('/staff', 'now', poisonedNow(atMs, first));
  store.stories = rows(stories(atMs), texts).map((story, place) => ({ ...story, id: `s-${place}` }));
  serveDesk(store, atMs, {
    offers: rows(offersNow(atMs), texts),
    stock: rows(stockNow(atMs), texts),
    health: poisonedHealth(atMs, texts),
  });
  // Whatever is asked for by a word or a page of the list, all of it.
  const products = rows(stockNow(atMs), texts);
  store.answer('GET', /^\/v1\/stock/, () => ({
    ...{ at: iso(atMs), total: texts.length, counts: { all: texts.length }, products },
  }));
  const { screens, devices } = equipmentNow(atMs);
  store.answer('GET', /^\/v1\/equipment/, () => ({
    at: iso(atMs),
    screens: rows(screens, texts),
    devices: rows(devices, texts),
  }));
  servePoisonedPeople(store, atMs, texts);
  servePoisonedJournal(store, atMs, texts);
}

/** The page shows no more than ten rows of each: several texts a row. */
function poisonedHealth(atMs: number, texts: readonly string[]) {
  const health = healthNow(atMs);
  const ten = inGroups(texts, Math.ceil(texts.length / 10));
  const five = inGroups(texts, Math.ceil(texts.length / 5));
  return {
    ...health,
    refusals: rows(health.refusals, ten),
    gaps: rows(health.gaps, ten),
    starts: rows(health.starts, five),
    backups: rows(health.backups, five),
    version: texts[0] ?? '',
  };
}
/** Several texts in one, each on a line of its own, where a page has one place for many. */
export function inGroups(texts: readonly string[], size: number): string[] {
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, group) =>
    texts.slice(group * size, (group + 1) * size).join('\n'),
  );
}

function servePoisonedPeople(store: FixtureStore, atMs: number, texts: readonly string[]): void {
  const user = { name: 'n', role: 'associate', state: 'good', created: iso(atMs) };
  const entry = {
    ...{ at: iso(atMs), by: 'b', role: 'associate', action: 'a', target: 't', reason: 'r', detail: 'd' },
  };
  store.answer('GET', /^\/v1\/users$/, () => ({ users: rows([user], texts) }));
  store.answer('GET', /^\/v1\/users\/.*sessions/, () => ({
    sessions: rows([{ id: 'i', since: iso(atMs), seen: iso(atMs), agent: 'a' }], texts),
  }));
  store.answer('GET', /^\/v1\/audit\?/, () => ({
    entries: rows([{ ...entry, outcome: 'x' }], texts).map((row, n) => ({ ...row, n, outcome: texts[n] })),
  }));
}

function servePoisonedJournal(store: FixtureStore, atMs: number, texts: readonly string[]): void {
  serveJournal(store, atMs);
  // These two say nothing in their line that came from outside.
  const samples = events(atMs).filter(({ type }) => type !== 'push.sent' && type !== 'consent.receipt');
  const list = rows(samples, texts).map((event, place) => ({
    ...event,
    id: `p-${place}`,
    // Half of them are of a kind that the page has words for.
    type: place % 2 === 0 ? (samples[place % samples.length]?.type ?? '') : event.type,
  }));
  store.answer('GET', /^\/v1\/journal\?/, () => ({ events: list }));
  const made = decision(atMs);
  const { candidates } = made.data as { candidates: readonly object[] };
  const known = { ...made, id: 'd-8f31c2', type: 'promo.decision' };
  store.answer('GET', /^\/v1\/journal\/d-8f31c2$/, () => ({
    ...known,
    data: {
      ...poisoned(made.data as object, texts[0] ?? ''),
      candidates: rows(candidates, inGroups(texts, 3)),
    },
  }));
  const held = record(atMs);
  store.answer('GET', /^\/v1\/quarantine\?/, () => ({
    records: rows([held], texts).map((row, place) => ({ ...row, quarantineId: `q-${place}` })),
    total: texts.length,
  }));
  const placeOf = (url: string): number => Number(/q-(\d+)/.exec(url)?.[1] ?? 0);
  const heldAt = (url: string) => poisoned(held, texts[placeOf(url)] ?? '');
  store.answer('GET', /^\/v1\/quarantine\/q-/, ({ url }) => heldAt(url));
  store.answer('GET', /^\/v1\/journal\/q-/, ({ url }) => {
    const id = `q-${placeOf(url)}`;
    return { ...made, id, type: 'quarantine.event', data: { ...heldAt(url), quarantineId: id } };
  });
}

export function poisonedView(atMs: number, text: string) {
  const past = {
    ...{ decisionId: 'd', name: 'n', why: 'w', priceMinor: 1, wasMinor: 2, currency: 'EUR' },
    receivedAt: iso(atMs),
  };
  const view = shopperView(atMs, {
    coupons: [coupon(kolibri(atMs))],
    open: [elderflower(atMs)],
    past: [past],
    receipts: [{ receiptId: 'r', purpose: 'location', granted: true, at: iso(atMs), textVersion: 'v' }],
  });
  return poisoned(view, text);
}

/** Every tab of a phone at once: a coupon, an offer of before and a receipt for each payload. */
export function poisonedPhone(atMs: number, texts: readonly string[]) {
  const views = texts.map((text) => poisonedView(atMs, text));
  return {
    ...views[0]!,
    coupons: views.flatMap(({ coupons: [held] }, n) => ({
      ...held!,
      couponId: `c-${n}`,
      decisionId: `c-${n}`,
    })),
    past: views.flatMap(({ past: [before] }, n) => ({ ...before!, decisionId: `p-${n}` })),
    // A page has one receipt for each purpose.
    receipts: inGroups(texts, Math.ceil(texts.length / PURPOSES.length)).map((text, n) => ({
      ...{ receiptId: text, purpose: PURPOSES[n]!, granted: true, at: iso(atMs), textVersion: text },
    })),
  };
}

/** What the store answers to who looks closer: what-if, the check of the audit log, sessions, all that is held. */
export function servePoisonedInside(store: FixtureStore, atMs: number, texts: readonly string[]): void {
  const { candidates } = decision(atMs).data as { candidates: readonly { campaign: string }[] };
  const [campaign] = offersNow(atMs).map((offer) => offer.campaign);
  const ids = rows(candidates, inGroups(texts, 3)).map((candidate) => candidate.campaign);
  store.answer('GET', /^\/v1\/topics\/hq\.campaign\/events/, () => ({
    events: ids.map((id) => ({ data: { ...campaign, id } })),
    next: 'x',
  }));
  const sides = { offered: 1, withheld: 2, rejected: 3 };
  const side = (text: string) => ({ outcome: text, sku: text });
  store.answer('POST', /^\/v1\/simulate$/, () => ({
    ...{ events: 9, differences: 8, before: sides, after: sides },
    shown: inGroups(texts, Math.ceil(texts.length / 8)).map((text, offset) => ({
      ...{ offset, at: iso(atMs), surface: 'phone', before: side(text), after: side(text) },
    })),
  }));
  store.answer('GET', /^\/v1\/audit\/verify/, () => ({
    entries: 9,
    findings: texts.map((detail, n) => ({ n, detail })),
  }));
  const event = (type: string, id: string, data: object) => ({ type, id, recordedtime: iso(atMs), data });
  store.answer('GET', /\/export$/, () => ({
    ...{ format: 'endcap.person/1', madeAt: iso(atMs), sid: 's_demo000000000001', left: 0 },
    linked: { tags: 1, loyaltyIds: 0, phones: 0 },
    events: texts.flatMap((text, n) => [
      event('pos.transaction', `b-${n}`, {
        ...{
          currency: 'EUR',
          totalMinor: 1,
          lines: [{ line: 1, sku: text, description: text, quantity: 1 }],
        },
      }),
      event('coupon.issued', `i-${n}`, { code: text }),
      event('presence.zone', `z-${n}`, { zone: text, change: 'enter' }),
    ]),
  }));
}

export const poisonedContent = (atMs: number, revision: number, text: string) =>
  poisoned(signage(revision, [slide(elderflower(atMs))]), text);

/** The page that is written by the store itself, once for each name of a shop. */
export async function trustPages(storeNames: readonly string[]): Promise<string[]> {
  const validity = { notBefore: new Date(0), notAfter: new Date(Date.now() + 86_400_000) };
  const { certificate: root } = await makeRoot('A shop', validity);
  return storeNames.map(
    (storeName) =>
      createTrustPage({ storeName, root, locale: 'en-IE', timeZone: 'Europe/Dublin' })
        .answer('/trust', 'en')
        ?.body.toString() ?? '',
  );
}
