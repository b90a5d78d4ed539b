import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER_SERVICES } from '../../../edge/config/push.js';
import { checkEndpoint, type PushService } from '../../../edge/deliver/push/services.js';
import type { TestStore } from '../../serve/support.js';
import { keptPromise } from '../../support/promise.js';
import { startPushService, type TestPushService } from '../../support/push-service.js';
import {
  closeNodes,
  couponsOf,
  enrolPerson,
  keyOf,
  type Person,
  sendSubscription,
  startPushStore,
  subscribe,
  walk,
} from './support.js';

let store: TestStore;
let service: TestPushService;
let person: Person;
let publicKey = '';

beforeAll(async () => {
  service = await startPushService();
  // As a store is that names no services, with the suite's own beside them.
  store = await startPushStore([service], {
    change: (config) => ({
      ...config,
      push: { ...config.push!, services: [...BROWSER_SERVICES, ...config.push!.services] },
    }),
  });
  person = await enrolPerson(store);
  publicKey = await keyOf(store, person);
});
afterAll(async () => {
  await closeNodes(store);
  await store.remove();
  await service.close();
});

const phones = async (): Promise<number> =>
  (await store.call('/v1/status', { token: store.token('admin') })).body.push.phones;
const offer = (endpoint: string) =>
  sendSubscription(store, person, { endpoint, keys: service.subscribe(publicKey).keys });

/** The list of a store on which the very host of an address stands. */
function listWith(endpoint: string): readonly PushService[] {
  if (!URL.canParse(endpoint)) return [];
  const { hostname, port } = new URL(endpoint);
  return [{ host: hostname, port: port === '' ? 443 : Number(port), mayBePrivate: false }];
}

const GOOD = [
  'https://fcm.googleapis.com/fcm/send/abc:APA91b',
  'https://updates.push.services.mozilla.com/wpush/v2/gAAA',
  'https://web.push.apple.com/QGu',
  'https://wns2-par02p.notify.windows.com/w/?token=BQY',
  'https://FCM.googleapis.com:443/fcm/send/abc',
];
const BAD = [
  'http://fcm.googleapis.com/fcm/send/abc',
  'https://127.0.0.1/push',
  'https://127.1/push',
  'https://2130706433/push',
  'https://0x7f000001/push',
  'https://017700000001/push',
  'https://[::1]/push',
  'https://[::ffff:127.0.0.1]/push',
  'https://169.254.169.254/latest/meta-data',
  'https://localhost/push',
  'https://localhost:1/push',
  'https://metadata.google.internal/',
  'https://fcm.googleapis.com.evil.example/fcm/send/abc',
  'https://evil.example/fcm.googleapis.com/',
  'https://evil.example#fcm.googleapis.com',
  'https://evil.example?fcm.googleapis.com',
  'https://fcm.googleapis.com@evil.example/',
  'https://user:pass@fcm.googleapis.com/',
  'https://fcm.googleapis.com\\@evil.example/',
  'https://fcm.googleapis.com\n.evil.example/',
  'https://fcm.googleapis.com./fcm/send/abc',
  'https://fcm.googleapis.com:8443/fcm/send/abc',
  'https://fcm.googleapis.com:22/',
  'https://fcm.googleapis.com/fcm/send/abc#part',
  'https://notify.windows.com/',
  'https://xnotify.windows.com/',
  'https://notify.windows.com.evil.example/',
  'https://*.notify.windows.com.evil/',
  'https://１２７．０．０．１/push',
  'file:///etc/passwd',
  'ftp://fcm.googleapis.com/',
  'gopher://fcm.googleapis.com/',
  'javascript:alert(1)',
  '//fcm.googleapis.com/',
  'fcm.googleapis.com',
  `https://fcm.googleapis.com/${'a'.repeat(1_100)}`,
];

describe('a subscription', () => {
  it('is taken at the push services of the browsers', async () => {
    for (const endpoint of GOOD) expect([endpoint, (await offer(endpoint)).status]).toEqual([endpoint, 201]);
    // Three phones of a person at most; the newest stay.
    expect(await phones()).toBe(3);
  });

  it('is refused everywhere else, in words, and nothing is kept', async () => {
    const before = await phones();
    for (const endpoint of BAD) {
      const { status, body } = await offer(endpoint);
      expect([endpoint, status, body.reason]).toEqual([endpoint, 422, 'PushEndpointRefused']);
      expect(body).toMatchObject({
        field: '/subscription/endpoint',
        detail: expect.stringMatching(/\w+ \w+/),
      });
    }
    expect(await phones()).toBe(before);
    const control = await offer(service.subscribe(publicKey).endpoint);
    expect(control.status).toBe(201);
    const taken = BAD.filter((endpoint) => checkEndpoint(endpoint, listWith(endpoint)).service);
    expect(taken.length).toBeGreaterThanOrEqual(10);
    keptPromise({
      promise: 'S10',
      what: 'SSRF through push endpoints: addresses that are no push service of the list',
      figure: `${BAD.length} of ${BAD.length} refused at the subscription`,
      control: `the same host on the list (push.services), and nothing else changed: ${taken.length} are taken`,
    });
  });

  it('needs keys that a message can be encrypted with', async () => {
    const { endpoint, keys } = service.subscribe(publicKey);
    const wrong = [
      { ...keys, p256dh: keys.auth },
      { ...keys, p256dh: Buffer.concat([Buffer.of(4), Buffer.alloc(64, 7)]).toString('base64url') },
      { ...keys, auth: 'AAAA' },
      { ...keys, auth: 'not base64!' },
    ];
    for (const each of wrong) {
      const { status, body } = await sendSubscription(store, person, { endpoint, keys: each });
      expect([status, body.reason]).toEqual([422, 'SchemaMismatch']);
    }
  });

  it('needs the consent to messages and an age, and is one’s own', async () => {
    const subscription = service.subscribe(publicKey);
    const cases = [
      [await enrolPerson(store, ['location', 'profile']), 'ConsentMissing'],
      [await enrolPerson(store, ['location', 'profile', 'push'], 'under16'), 'ConsentMissing'],
      [await enrolPerson(store, ['push'], 'unknown'), 'ConsentMissing'],
    ] as const;
    for (const [who, reason] of cases) {
      const { status, body } = await sendSubscription(store, who, subscription);
      expect([status, body.reason]).toEqual([403, reason]);
    }
    const foreign = await sendSubscription(store, { ...person, cookie: cases[0][0].cookie }, subscription);
    expect([foreign.status, foreign.body.reason]).toEqual([403, 'NotAllowed']);
  });

  it('moves to whoever uses the phone now, and goes when it is told to', async () => {
    const next = await enrolPerson(store);
    const subscription = service.subscribe(publicKey);
    const first = await sendSubscription(store, person, subscription);
    const before = await phones();
    const { body } = await sendSubscription(store, next, subscription);
    expect([body.id, await phones()]).toEqual([first.body.id, before]);
    const gone = (who: Person) =>
      store.call(`/v1/push/subscriptions/${who.sid}/${body.id}`, {
        method: 'DELETE',
        headers: { cookie: who.cookie },
      });
    expect((await gone(person)).status).toBe(204);
    expect(await phones()).toBe(before);
    expect((await gone(next)).status).toBe(204);
    expect(await phones()).toBe(before - 1);
  });
});

describe('a click', () => {
  it('is recorded once, and only on the own offer', async () => {
    const who = await enrolPerson(store);
    const endpoint = await subscribe(store, who, service);
    const mine = () => service.received.find((push) => push.endpoint === endpoint);
    await walk(store, [who], { what: 'a message', done: mine });
    const { decisionId } = couponsOf(store, who.sid)[0]!;
    const click = (cookie: string, id = decisionId) =>
      store.call('/v1/push/clicked', { headers: { cookie }, body: { decisionId: id, action: 'open' } });
    const answers = await Promise.all([
      click(person.cookie),
      click(who.cookie),
      click(who.cookie),
      click(who.cookie, 'no-such-decision'),
    ]);
    await click(who.cookie);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    const { text } = await store.call('/metrics', { token: store.token('admin') });
    expect(text).toMatch(/^endcap_push_total\{result="sent"\} 1$/m);
    expect(text).toMatch(/^endcap_push_phones \d+$/m);
    expect(text).not.toContain('localhost');
    const { body } = await store.call('/v1/topics/push.clicked/events', { token: store.token('admin') });
    expect(body.events.map(({ data }: { data: object }) => data)).toEqual([
      { decisionId, sid: who.sid, action: 'open' },
    ]);
  });
});

describe('a store without the section push', () => {
  it('says so, and keeps nothing', async () => {
    const quiet = await startPushStore([service], {
      change: ({ push: _push, ...rest }) => rest,
    });
    try {
      const who = await enrolPerson(quiet);
      const key = await quiet.call('/v1/push/key', { headers: { cookie: who.cookie } });
      expect([key.status, key.body.reason]).toEqual([409, 'PushOff']);
      const { status, body } = await sendSubscription(quiet, who, service.subscribe(publicKey));
      expect([status, body.reason]).toEqual([409, 'PushOff']);
    } finally {
      await quiet.remove();
    }
  });
});
