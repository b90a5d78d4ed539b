import { afterAll, describe, expect, it } from 'vitest';
import type { PushPolicy } from '../../../edge/contracts/index.js';
import type { TestStore } from '../../serve/support.js';
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

/** Offers that last some seconds, so that what was not sent is seen to have ended. */
const VALID_MINUTES = 0.15;
const stores: TestStore[] = [];
const services: TestPushService[] = [];

async function open(policy: PushPolicy): Promise<{ store: TestStore; service: TestPushService }> {
  const service = await startPushService();
  services.push(service);
  const store = await startPushStore([service], { policy, validMinutes: VALID_MINUTES });
  stores.push(store);
  return { store, service };
}
afterAll(async () => {
  for (const store of stores.splice(0)) {
    await closeNodes(store);
    await store.remove();
  }
  for (const service of services) await service.close();
  for (const { violations } of services) expect(violations).toEqual([]);
});

const ended = (store: TestStore, { sid }: Person, count = 1) =>
  until(async () => (await outcomesOf(store, sid)).length >= count && outcomesOf(store, sid), {
    withinMs: 25_000,
    what: 'the end of an offer',
  });
const triesOf = (service: TestPushService, endpoint: string) =>
  service.tries.filter((attempt) => attempt.endpoint === endpoint);

// Side by side, each with a store of its own: they wait for offers to end.
describe.concurrent('a message that may not go, or cannot', () => {
  it('ends with its offer, and is never sent after it, without consent, or over again', async () => {
    const { store, service } = await open({ perDay: 10 });
    const [late, withdrawn, unknown, fine] = [
      await enrolPerson(store),
      await enrolPerson(store),
      await enrolPerson(store),
      await enrolPerson(store),
    ];
    const places = {
      late: await subscribe(store, late, service),
      withdrawn: await subscribe(store, withdrawn, service),
      unknown: await subscribe(store, unknown, service),
      fine: await subscribe(store, fine, service),
    };
    service.answer((endpoint) => {
      if (endpoint === places.late) return { status: 503 };
      const later = { status: 429, headers: { 'retry-after': '2' } };
      return endpoint === places.withdrawn || endpoint === places.unknown ? later : undefined;
    });
    const all = Object.values(places);
    await walk(store, [late, withdrawn, unknown, fine], {
      what: 'a try at each',
      done: () => all.every((endpoint) => triesOf(service, endpoint).length > 0),
    });
    // The one takes messages back, the other what their offers rest on.
    for (const [{ sid, cookie }, purpose] of [
      [withdrawn, 'push'],
      [unknown, 'profile'],
    ] as const) {
      const path = `/v1/consents/${sid}/${purpose}`;
      expect((await store.call(path, { method: 'DELETE', headers: { cookie } })).status).toBe(200);
    }
    const deadline = Date.parse(couponsOf(store, late.sid)[0]!.offer.validUntil);
    expect(await ended(store, late)).toMatchObject([
      { channel: 'push', outcome: 'expired', reason: 'PushBusy' },
    ]);
    const tries = triesOf(service, places.late);
    expect(tries.length).toBeGreaterThan(2);
    expect(tries.at(-1)!.atMs).toBeLessThan(deadline);
    expect(await ended(store, withdrawn)).toMatchObject([{ channel: 'socket', outcome: 'expired' }]);
    expect(triesOf(service, places.withdrawn)).toHaveLength(1);
    expect(await ended(store, unknown)).toMatchObject([{ outcome: 'expired', reason: 'NoConsent' }]);
    expect(triesOf(service, places.unknown)).toHaveLength(1);
    expect(await ended(store, fine)).toMatchObject([{ channel: 'push', outcome: 'sent' }]);
    expect(triesOf(service, places.fine)).toHaveLength(1);
  });

  /** Drinks, then bread; what becomes of the second offer. */
  async function secondOffer(perDay: number): Promise<{ messages: number; second: unknown }> {
    const opened = await open({ perDay });
    const { service } = opened;
    let { store } = opened;
    const person = await enrolPerson(store);
    const endpoint = await subscribe(store, person, service);
    await walk(store, [person], { what: 'a message', done: () => triesOf(service, endpoint).length > 0 });
    await ended(store, person);
    await closeNodes(store);
    store = await store.restart();
    stores.splice(stores.indexOf(opened.store), 1, store);
    await walk(store, [person], {
      node: 'bakery-1',
      what: 'a second offer',
      done: () => couponsOf(store, person.sid).length > 1,
    });
    const [, second] = await ended(store, person, 2);
    return { messages: triesOf(service, endpoint).length, second };
  }

  it('is one more than a person gets in a day, also over a restart; a higher cap is the control', async () => {
    const [capped, control] = await Promise.all([secondOffer(1), secondOffer(2)]);
    expect(capped).toMatchObject({
      messages: 1,
      second: { channel: 'push', outcome: 'expired', reason: 'DailyCap' },
    });
    expect(control).toMatchObject({ messages: 2, second: { channel: 'push', outcome: 'sent' } });
  });

  /** The clock on the wall of the demo store, so many minutes from now. */
  const inMinutes = (minutes: number): string =>
    new Intl.DateTimeFormat('en-GB', {
      ...{ hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Dublin', hourCycle: 'h23' },
    }).format(Date.now() + minutes * 60_000);

  async function inTheAisle(from: number, to: number): Promise<{ messages: number; outcome: unknown }> {
    const { store, service } = await open({
      perDay: 10,
      quietHours: { from: inMinutes(from), until: inMinutes(to) },
    });
    const person = await enrolPerson(store);
    await subscribe(store, person, service);
    await walk(store, [person], { what: 'an offer', done: () => couponsOf(store, person.sid)[0] });
    const [outcome] = await ended(store, person);
    return { messages: service.tries.length, outcome };
  }

  it('would come in the quiet hours of the store; hours that are over are the control', async () => {
    const [quiet, control] = await Promise.all([inTheAisle(-60, 60), inTheAisle(-60, -30)]);
    expect(quiet).toMatchObject({ messages: 0, outcome: { outcome: 'expired', reason: 'QuietHours' } });
    expect(control).toMatchObject({ messages: 1, outcome: { outcome: 'sent' } });
  });
});
