import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import { type Address, isPublicAddress } from '../../../edge/deliver/push/addresses.js';
import { retryInMs } from '../../../edge/deliver/push/pace.js';
import { createPushSender, type SenderDeps } from '../../../edge/deliver/push/sender.js';
import type { PushService } from '../../../edge/deliver/push/services.js';
import { type Subscription, subscriptionId } from '../../../edge/deliver/push/subscriptions.js';
import { createVapid } from '../../../edge/deliver/push/vapid.js';
import { createSystemTime } from '../../../edge/ops/system-time.js';
import { keptPromise } from '../../support/promise.js';
import { startPushService, type TestPushService } from '../../support/push-service.js';

const LOOPBACK: readonly Address[] = [{ address: '127.0.0.1', family: 4 }];
const keys = webPush.generateVAPIDKeys();
const system = createSystemTime();
const clock = { nowMs: () => Date.now(), monotonicMs: () => system.monotonicMs() };
const authorization = createVapid({ keys, contact: 'mailto:suite@example.com', clock });
const message = { payload: Buffer.from('{}'), ttlS: 60, topic: 'a' };
const onError = (): void => undefined;

let service: TestPushService;
/** Counts who knocks; speaks to nobody. */
let victim: Server;
let knocks = 0;

const listed = (changes: Partial<PushService> = {}): PushService => ({
  host: 'localhost',
  port: service.port,
  mayBePrivate: true,
  ca: service.ca,
  ...changes,
});
const senderOf = (services: readonly PushService[], changes: Partial<SenderDeps> = {}) =>
  createPushSender({
    ...{ services, authorization, clock, onError, resolve: async () => LOOPBACK, timeoutMs: 1_500 },
    ...changes,
  });
function subscriptionAt(endpoint?: string): Subscription {
  const made = service.subscribe(keys.publicKey);
  const place = endpoint ?? made.endpoint;
  return { ...made.keys, endpoint: place, id: subscriptionId(place), sid: 's_test00000000', locale: 'en' };
}

beforeAll(async () => {
  service = await startPushService();
  victim = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => victim.listen(0, '127.0.0.1', done));
});
afterEach(() => service.answer(undefined));
afterAll(async () => {
  await service.close();
  await new Promise((done) => victim.close(done));
});

describe('a message on its way', () => {
  it.each([
    [201, { result: 'sent' }],
    [404, { result: 'gone' }],
    [410, { result: 'gone' }],
    [429, { result: 'busy', status: 429, retryAfter: '7' }],
    [500, { result: 'busy', status: 500, retryAfter: '7' }],
    [413, { result: 'refused', reason: 'PushRefused-413' }],
    [403, { result: 'refused', reason: 'PushRefused-403' }],
  ])('that is answered with %i', async (status, expected) => {
    const sender = senderOf([listed()]);
    if (status !== 201) service.answer(() => ({ status, headers: { 'retry-after': '7' } }));
    expect(await sender.send(subscriptionAt(), message)).toEqual(expected);
    sender.close();
  });

  it('is given up in time when the service hangs or hangs up', async () => {
    const sender = senderOf([listed()]);
    for (const reply of ['hang', 'cut'] as const) {
      service.answer(() => reply);
      const startedMs = performance.now();
      const answer = await sender.send(subscriptionAt(), message);
      expect(answer).toEqual({ result: 'unreachable', reason: 'PushUnreachable' });
      expect(performance.now() - startedMs).toBeLessThan(4_000);
    }
    sender.close();
  });

  it('trusts nobody whose certificate it does not know', async () => {
    const { ca: _ca, ...unknown } = listed();
    const sender = senderOf([unknown]);
    expect((await sender.send(subscriptionAt(), message)).result).toBe('unreachable');
    sender.close();
  });

  it('replaces an older one of its campaign that is still waiting, and waits no longer than it may', async () => {
    const sender = senderOf([listed()]);
    const subscription = subscriptionAt();
    const say = (text: string, topic: string, ttlS = 60) =>
      sender.send(subscription, { payload: Buffer.from(JSON.stringify(text)), topic, ttlS });
    for (const [text, topic] of [
      ['first', 'drinks'],
      ['bread', 'bread'],
      ['second', 'drinks'],
    ] as const)
      expect(await say(text, topic)).toEqual({ result: 'sent' });
    await say('brief', 'brief', 1);
    const back = (inMs: number) =>
      service.waitingFor(subscription.endpoint, Date.now() + inMs).map(({ payload }) => payload);
    expect(back(0)).toEqual(['second', 'bread', 'brief']);
    expect(back(1_100)).toEqual(['second', 'bread']);
    expect(back(61_000)).toEqual([]);
    sender.close();
  });

  it('waits for its turn at a busy host, and at no other', async () => {
    const other = await startPushService();
    const sender = senderOf([listed(), { ...listed(), port: other.port, ca: other.ca }], { perHostMax: 2 });
    service.answer(() => 'hang');
    const stuck = [subscriptionAt(), subscriptionAt()].map((one) => sender.send(one, message));
    const elsewhere = { ...subscriptionAt(), ...other.subscribe(keys.publicKey) };
    expect([sender.free(subscriptionAt().endpoint), sender.free(elsewhere.endpoint)]).toEqual([false, true]);
    const free = { ...elsewhere, ...elsewhere.keys };
    expect(await sender.send(free, message)).toEqual({ result: 'sent' });
    await Promise.all(stuck);
    expect(sender.free(subscriptionAt().endpoint)).toBe(true);
    sender.close();
    await other.close();
  });
});

describe('the next try', () => {
  const pace = { baseMs: 1_000, maxMs: 60_000 };
  const nowMs = Date.UTC(2026, 10, 23, 12);
  it.each([
    ['0', [0, 1_000]],
    ['120', [120_000, 121_000]],
    ['Mon, 23 Nov 2026 12:00:30 GMT', [30_000, 31_000]],
    ['Mon, 23 Nov 2026 11:00:00 GMT', [0, 1_000]],
    ['soon', [500, 1_000]],
  ] as const)('after Retry-After: %s', (retryAfter, [least, most]) => {
    for (const chance of [0, 0.5, 0.999]) {
      const inMs = retryInMs({ tries: 1, retryAfter, nowMs }, pace, () => chance);
      expect(inMs).toBeGreaterThanOrEqual(least);
      expect(inMs).toBeLessThanOrEqual(most);
    }
  });

  it('comes later each time, to a limit, and never for all at once', () => {
    const waits = [1, 2, 3, 7, 50].map((tries) => retryInMs({ tries, nowMs }, pace, () => 0));
    expect(waits).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
    expect(retryInMs({ tries: 50, nowMs }, pace, () => 0.999)).toBeGreaterThan(59_000);
  });
});

const PRIVATE = [
  '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8',
  '192.168.1.1 198.18.0.1 203.0.113.7 224.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8',
  '64:ff9b::7f00:1 fc00::1 fd12:3456::1 fe80::1 ff02::1 2001:db8::1 2001::1 2002:7f00:1:: not-an-address',
].flatMap((line) => line.split(' '));
const PUBLIC = ['8.8.8.8', '142.250.185.74', '172.32.0.1', '2a00:1450:4001:830::200a', '2606:4700::6810:1'];

describe('no way into the own network', () => {
  it('is an address that is not public', () => {
    expect(PRIVATE.filter(isPublicAddress)).toEqual([]);
    expect(PUBLIC.filter((address) => !isPublicAddress(address))).toEqual([]);
  });

  /** A listed name whose DNS says something else, sent to as often as there are lies. */
  async function lure(mayBePrivate: boolean): Promise<{ tried: number; refused: number; knocked: number }> {
    const { port } = victim.address() as AddressInfo;
    const before = knocks;
    const lies: (readonly Address[])[] = [
      LOOPBACK,
      [{ address: '8.8.8.8', family: 4 }, ...LOOPBACK],
      ...PRIVATE.filter((address) => address !== 'not-an-address').map((address) => [
        { address, family: address.includes(':') ? 6 : 4 },
      ]),
    ];
    let refused = 0;
    const tried = mayBePrivate ? lies.slice(0, 1) : lies;
    for (const answer of tried) {
      const host = 'push.example.com';
      const sender = senderOf([{ host, port, mayBePrivate }], { resolve: async () => answer });
      const result = await sender.send(subscriptionAt(`https://${host}:${port}/push/x`), message);
      if (result.result === 'unreachable' && result.reason === 'PushAddressRefused') refused += 1;
      sender.close();
    }
    return { tried: tried.length, refused, knocked: knocks - before };
  }

  it('leads through DNS; a service that may be private is the control that knocks', async () => {
    const kept = await lure(false);
    expect(kept).toEqual({ tried: kept.tried, refused: kept.tried, knocked: 0 });
    const control = await lure(true);
    expect(control).toEqual({ tried: 1, refused: 0, knocked: 1 });
    keptPromise({
      promise: 'S10',
      what: 'SSRF through push endpoints: names that lead into the own network',
      figure: `${kept.tried} lies of DNS, ${kept.knocked} connections`,
      control: 'mayBePrivate: true connects',
    });
  });

  it('leads through a name that answers differently a moment later: what was checked is what is used', async () => {
    let asked = 0;
    const sender = senderOf([listed()], {
      resolve: async () => {
        asked += 1;
        return asked === 1 ? LOOPBACK : [{ address: '127.0.0.66', family: 4 }];
      },
    });
    expect(await sender.send(subscriptionAt(), message)).toEqual({ result: 'sent' });
    expect(asked).toBe(1);
    sender.close();
  });

  it('leads through a redirect', async () => {
    const { port } = victim.address() as AddressInfo;
    const before = knocks;
    const sender = senderOf([listed(), { host: 'localhost', port, mayBePrivate: true }]);
    for (const status of [301, 302, 303, 307, 308]) {
      service.answer(() => ({ status, headers: { location: `https://localhost:${port}/` } }));
      const answer = await sender.send(subscriptionAt(), message);
      expect(answer).toEqual({ result: 'refused', reason: `PushRefused-${status}` });
    }
    sender.close();
    expect(knocks).toBe(before);
  });

  it('leads through an address that was kept before the list was changed', async () => {
    const sender = senderOf([{ host: 'fcm.googleapis.com', port: 443, mayBePrivate: false }]);
    const answer = await sender.send(subscriptionAt(), message);
    expect(answer).toEqual({ result: 'refused', reason: 'PushEndpointRefused' });
    sender.close();
  });
});
