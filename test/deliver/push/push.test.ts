import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { joinOutcome, type TestStore } from '../../serve/support.js';
import { startPushService, type TestPushService } from '../../support/push-service.js';
import { until } from '../../support/until.js';
import {
  closeNodes,
  couponsOf,
  enrolPerson,
  outcomesOf,
  type Person,
  startPushStore,
  subscribe,
  walk,
} from './support.js';

let store: TestStore;
let service: TestPushService;
let other: TestPushService;

const pushesTo = (endpoint: string, from = service) =>
  from.received.filter((push) => push.endpoint === endpoint);
const settled = (person: Person) =>
  until(async () => (await outcomesOf(store, person.sid)).length > 0 && outcomesOf(store, person.sid), {
    withinMs: 10_000,
    what: 'an outcome',
  });

beforeAll(async () => {
  service = await startPushService();
  other = await startPushService();
  store = await startPushStore([service, other]);
});
afterEach(() => {
  service.answer(undefined);
  other.answer(undefined);
  expect([...service.violations, ...other.violations]).toEqual([]);
});
afterAll(async () => {
  await closeNodes(store);
  await store.remove();
  await service.close();
  await other.close();
});

describe('a message to a phone whose page is closed', () => {
  it('comes from a sighting in the aisle, encrypted and signed, and says no more than it must', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    await walk(store, [person], { what: 'a message', done: () => pushesTo(endpoint)[0] });
    const [push] = pushesTo(endpoint);
    const [coupon] = couponsOf(store, person.sid);
    const { offer, decisionId } = coupon!;
    expect(push!.payload).toEqual({
      version: 1,
      decisionId,
      tag: push!.topic,
      title: offer.name,
      body: expect.stringMatching(/^€\d\.\d\d instead of €\d\.\d\d, until \d\d:\d\d$/),
      picture: '/icon-192.png',
      url: `/me#offer=${encodeURIComponent(decisionId)}`,
      expires: offer.validUntil,
      lang: 'en',
      actions: { code: 'Show code', later: 'Not now' },
    });
    expect(JSON.stringify(push!.payload)).not.toContain(person.sid);
    expect(push).toMatchObject({ urgency: 'high', subject: 'mailto:suite@example.com' });
    const left = store.app.engine.views.pushLeave(person.sid, push!.atMs);
    expect(left.ok && push!.ttlS * 1_000).toBeLessThanOrEqual(left.ok ? left.stayMs + 2_000 : 0);
    expect(push!.ttlS * 1_000).toBeLessThanOrEqual(Date.parse(offer.validUntil) - push!.atMs + 1_000);
    const sent = { decisionId, sid: person.sid, channel: 'push', outcome: 'sent' };
    expect(await settled(person)).toEqual([sent]);
  });

  it('speaks the language of the phone', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service, 'de-DE');
    await walk(store, [person], { what: 'a message', done: () => pushesTo(endpoint)[0] });
    const { payload, bytes } = pushesTo(endpoint)[0]!;
    expect(payload.body).toMatch(/^\d,\d\d\s€ statt \d,\d\d\s€, bis \d\d:\d\d Uhr$/);
    expect(payload.actions).toEqual({ code: 'Code zeigen', later: 'Jetzt nicht' });
    // Padded: its length tells nobody on the way which product it is about.
    expect(new Set(service.received.map((push) => push.bytes))).toEqual(new Set([bytes]));
  });

  it('gives way to a page that is open, and nobody hears of it twice', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    const page = store.socket('/shopper', {}, { cookie: person.cookie });
    expect(await joinOutcome(page)).toBe('connected');
    page.on('view', ({ coupons }: { coupons: { decisionId: string }[] }) => {
      for (const { decisionId } of coupons) page.emit('seen', { decisionId }, () => undefined);
    });
    await walk(store, [person], { what: 'a coupon', done: () => couponsOf(store, person.sid)[0] });
    expect(await settled(person)).toMatchObject([{ channel: 'socket', outcome: 'sent' }]);
    page.disconnect();
    const witness = await enrolPerson(store);
    const later = await subscribe(store, witness, service);
    await walk(store, [person, witness], { what: 'a later message', done: () => pushesTo(later)[0] });
    expect(pushesTo(endpoint)).toEqual([]);
  });

  it('goes out all the same when the open page shows it to nobody', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    const page = store.socket('/shopper', {}, { cookie: person.cookie });
    expect(await joinOutcome(page)).toBe('connected');
    await walk(store, [person], { what: 'a message', done: () => pushesTo(endpoint)[0] });
    page.disconnect();
    expect(await settled(person)).toMatchObject([{ channel: 'push', outcome: 'sent' }]);
  });

  it('finds another phone of the person when one is gone, and forgets the gone one at once', async () => {
    const person = await enrolPerson(store);
    const stays = await subscribe(store, person, service);
    const gone = await subscribe(store, person, service);
    service.answer((endpoint) => (endpoint === gone ? { status: 410 } : undefined));
    await walk(store, [person], { what: 'a message', done: () => pushesTo(stays)[0] });
    expect(service.tries.filter(({ endpoint }) => endpoint === gone)).toHaveLength(1);
    expect(await settled(person)).toMatchObject([{ channel: 'push', outcome: 'sent' }]);
  });

  it('says that the phone is gone when it was the only one; the page still shows the offer', async () => {
    const person = await enrolPerson(store);
    await subscribe(store, person, service);
    service.answer(() => ({ status: 404 }));
    await walk(store, [person], { what: 'a coupon', done: () => couponsOf(store, person.sid)[0] });
    expect(await settled(person)).toMatchObject([
      { channel: 'push', outcome: 'failed', reason: 'SubscriptionGone' },
    ]);
    const page = store.socket('/shopper', {}, { cookie: person.cookie });
    expect(await joinOutcome(page)).toBe('connected');
    const { decisionId } = couponsOf(store, person.sid)[0]!;
    expect(await page.timeout(5_000).emitWithAck('seen', { decisionId })).toEqual({ ok: true });
    page.disconnect();
    const outcomes = (await outcomesOf(store, person.sid)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['failed', 'sent']);
  });

  it('waits as long as a busy service asks, and is sent once', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    service.answer((_, nth) => (nth === 1 ? { status: 429, headers: { 'retry-after': '2' } } : undefined));
    await walk(store, [person], { what: 'a message', done: () => pushesTo(endpoint)[0] });
    const tries = service.tries.filter((attempt) => attempt.endpoint === endpoint);
    expect(tries).toHaveLength(2);
    expect(tries[1]!.atMs - tries[0]!.atMs).toBeGreaterThanOrEqual(2_000);
    expect(await settled(person)).toMatchObject([{ channel: 'push', outcome: 'sent' }]);
  });

  it('goes one at a time a person: the second waits for the first', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    const tries = () => service.tries.filter((attempt) => attempt.endpoint === endpoint);
    let release = (): void => undefined;
    const held = new Promise<undefined>((done) => {
      release = () => done(undefined);
    });
    service.answer((to) => (to === endpoint ? held : undefined));
    await walk(store, [person], { what: 'the first on its way', done: () => tries().length === 1 });
    await walk(store, [person], {
      node: 'bakery-1',
      what: 'a second offer',
      done: () => couponsOf(store, person.sid).length === 2,
    });
    // Both have been looked at by the hand.
    const token = store.token('admin');
    await until(async () => (await store.call('/v1/status', { token })).body.push.waiting >= 2, {
      withinMs: 3_000,
      what: 'the second to wait',
    });
    const releasedMs = Date.now();
    release();
    await until(() => pushesTo(endpoint).length === 2, { withinMs: 5_000, what: 'the second' });
    expect(tries()).toHaveLength(2);
    expect(tries()[1]!.atMs).toBeGreaterThanOrEqual(releasedMs);
    expect(new Set(pushesTo(endpoint).map(({ topic }) => topic)).size).toBe(2);
  });

  it('is not held up by a push service that hangs', async () => {
    const stuck = await enrolPerson(store);
    await subscribe(store, stuck, other);
    other.answer(() => 'hang');
    await walk(store, [stuck], { what: 'the first to be stuck', done: () => other.tries.length > 0 });
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    await walk(store, [person], { what: 'a message', done: () => pushesTo(endpoint)[0], withinMs: 6_000 });
    expect(await outcomesOf(store, stuck.sid)).toEqual([]);
  });
});

describe('without the internet', () => {
  it('the page in the store stands in, and the outcome says why', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    service.answer(() => 'cut');
    const tries = () => service.tries.filter((attempt) => attempt.endpoint === endpoint).length;
    await walk(store, [person], { what: 'a second try', done: () => tries() > 1 });
    const page = store.socket('/shopper', {}, { cookie: person.cookie });
    expect(await joinOutcome(page)).toBe('connected');
    const { decisionId } = couponsOf(store, person.sid)[0]!;
    expect(await page.timeout(5_000).emitWithAck('seen', { decisionId })).toEqual({ ok: true });
    page.disconnect();
    expect(await settled(person)).toMatchObject([
      { channel: 'socket', outcome: 'sent', reason: 'PushUnreachable' },
    ]);
  });
});

describe('what is kept', () => {
  it('lies in the vault with its own rights; the journal has none of it', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    const root = store.config.dataDirectory;
    const holders = filesUnder(root).filter((path) =>
      readFileSync(path).includes(new URL(endpoint).pathname),
    );
    expect(holders.map((path) => path.slice(root.length + 1))).toEqual(['vault/push.sqlite']);
    for (const path of [...holders, join(root, 'keys/push-vapid.json')])
      expect(statSync(path).mode & 0o777).toBe(0o600);
    const withdrawn = await store.call(`/v1/consents/${person.sid}/push`, {
      method: 'DELETE',
      headers: { cookie: person.cookie },
    });
    expect(withdrawn.status).toBe(200);
    await until(() => holding(new URL(endpoint).pathname).length === 0, {
      withinMs: 1_000,
      what: 'the subscription to be gone',
    });
  });

  it('goes with the person when they are erased, and a message on its way leaves no trace of them', async () => {
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    service.answer(() => ({ status: 429, headers: { 'retry-after': '1' } }));
    const tries = () => service.tries.filter((attempt) => attempt.endpoint === endpoint).length;
    await walk(store, [person], { what: 'a try', done: () => tries() > 0 });
    const erasure = await store.call(`/v1/shoppers/${person.sid}/erasure`, {
      headers: { cookie: person.cookie },
      body: {},
    });
    expect([erasure.status, holding(new URL(endpoint).pathname)]).toEqual([200, []]);
    const before = tries();
    const witness = await enrolPerson(store);
    const place = await subscribe(store, witness, service);
    service.answer((to) => (to === place ? undefined : { status: 201 }));
    await walk(store, [person, witness], { what: 'a later message', done: () => pushesTo(place)[0] });
    expect([tries(), await outcomesOf(store, person.sid)]).toEqual([before, []]);
  });
});

function holding(text: string): string[] {
  return filesUnder(store.config.dataDirectory).filter((path) => readFileSync(path).includes(text));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
