import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Purpose, ShopperView } from '../../edge/contracts/index.js';
import { controlWith } from '../support/control-store.js';
import { keptPromise } from '../support/promise.js';
import { startPushService, type TestPushService } from '../support/push-service.js';
import { type EnrolledShopper, enrol, post, sessionOf } from '../support/shopper.js';
import { type RunningStore, type StoreSetup, startStore } from '../support/store.js';
import { until } from '../support/until.js';
import { allEventsOf, walkAbout, walkingStore } from './support/walking-shoppers.js';

const EFFECTIVE_MS = 1_000;
/** So long after it everybody goes on walking. */
const WATCHED_MS = 3_000;

/** What reached one person, and when it did, epoch ms. */
interface Reached {
  /** Offers on the open page, each as it came. */
  readonly page: number[];
  readonly push: number[];
  readonly decisions: number[];
  /** Where the store knew them to be. */
  readonly places: number[];
}
/** So long at each place that a message to a phone is still of use there. */
const VISIT_MS = 2_000;
const KINDS = ['page', 'push', 'decisions', 'places'] as const;

interface Person {
  readonly shopper: EnrolledShopper;
  /** What they take back; nothing for those who show that everything goes on. */
  readonly takesBack?: Purpose;
  readonly reached: Reached;
  /** Where messages to their phone go; empty for those with an open page. */
  endpoint: string;
  /** When they were told that it is done. */
  answeredMs: number;
}
/** What ends with a purpose; of the others nothing is said. */
const ENDS: Partial<Record<Purpose, readonly (keyof Reached)[]>> = {
  profile: ['page', 'push', 'decisions'],
  location: KINDS,
  push: ['push'],
};

describe.concurrent('S14: a withdrawal is effective within a second of its answer', () => {
  let service: TestPushService;
  beforeAll(async () => {
    service = await startPushService();
  });
  afterAll(() => service?.close());

  const messagesTo = (to: string): readonly number[] =>
    service.received.filter(({ endpoint }) => endpoint === to).map(({ atMs }) => atMs);

  /** One with an open page, or one whose page is closed and whose phone takes messages. */
  async function personOf(
    store: RunningStore,
    takesBack: Purpose | undefined,
    open: boolean,
    closers: (() => unknown)[],
  ): Promise<Person> {
    const shopper = await enrol(store);
    const person = {
      ...{
        shopper,
        answeredMs: Infinity,
        endpoint: '',
        reached: { page: [], push: [], decisions: [], places: [] },
      },
      ...(takesBack === undefined ? {} : { takesBack }),
    } as Person;
    const cookie = await sessionOf(shopper);
    if (open) closers.push(openPage(store, person, cookie));
    else await takeMessages(store, person, cookie);
    return person;
  }

  /** Notes each offer as it comes to the page. */
  function openPage(store: RunningStore, person: Person, cookie: string): () => unknown {
    const socket = io(`${store.url}/shopper`, { extraHeaders: { cookie }, transports: ['websocket'] });
    const held = new Set<string>();
    socket.on('view', ({ coupons }: ShopperView) => {
      for (const { decisionId } of coupons) {
        if (!held.has(decisionId)) person.reached.page.push(Date.now());
        held.add(decisionId);
      }
    });
    return () => socket.disconnect();
  }

  async function takeMessages(store: RunningStore, person: Person, cookie: string): Promise<void> {
    const { sid } = person.shopper;
    await post(store, '/v1/consents', {
      ...{ sid, purpose: 'push', granted: true, textVersion: '2026-11', ageBand: '18+' },
    });
    const headers = { cookie, 'content-type': 'application/json' };
    const key = await fetch(`${store.url}/v1/push/key`, { headers });
    const { publicKey } = (await key.json()) as { publicKey: string };
    const subscription = service.subscribe(publicKey);
    const body = JSON.stringify({ sid, subscription, locale: 'en-IE' });
    const taken = await fetch(`${store.url}/v1/push/subscriptions`, { method: 'POST', headers, body });
    expect(taken.status).toBe(201);
    person.endpoint = subscription.endpoint;
  }

  /** Everybody walks, some take something back, everybody walks on; then what came later than a second after. */
  async function watch(setup: StoreSetup): Promise<readonly Person[]> {
    const store = await startStore(setup);
    const closers: (() => unknown)[] = [];
    try {
      const purposes = ['profile', 'location', undefined] as const;
      const open = await Promise.all(purposes.map((purpose) => personOf(store, purpose, true, closers)));
      const closed = await Promise.all(
        [...purposes, 'push' as const].map((purpose) => personOf(store, purpose, false, closers)),
      );
      await walkAndTakeBack(store, [...open, ...closed]);
      return [...open, ...closed];
    } finally {
      for (const close of closers) close();
      await store.remove();
    }
  }

  async function walkAndTakeBack(store: RunningStore, people: readonly Person[]): Promise<void> {
    const walk = await walkAbout(
      store,
      people.map(({ shopper }) => shopper),
      { flipMs: VISIT_MS },
    );
    try {
      const decided = async (sid: string, afterMs: number): Promise<number> =>
        (await allEventsOf(store, 'promo.decision')).filter(
          ({ data, recordedtime }) => data['sid'] === sid && Date.parse(recordedtime) > afterMs,
        ).length;
      const all = async () =>
        (await Promise.all(people.map(({ shopper }) => decided(shopper.sid, 0)))).every((n) => n >= 2);
      await until(all, { withinMs: 20_000, everyMs: 200, what: 'decisions for everybody' });
      const told = () => people.every(({ endpoint }) => endpoint === '' || messagesTo(endpoint).length > 0);
      await until(told, { withinMs: 10_000, what: 'messages to phones' });
      await Promise.all(
        people.map(async (person) => {
          if (person.takesBack === undefined) return;
          const path = `/v1/consents/${person.shopper.sid}/${person.takesBack}`;
          const answer = await store.call(path, { method: 'DELETE' });
          expect(answer.status).toBe(200);
          person.answeredMs = Date.now();
        }),
      );
      const lastMs = Math.max(...people.map(({ answeredMs }) => answeredMs).filter(Number.isFinite));
      const goingOn = people.filter(({ takesBack }) => takesBack === undefined);
      const longAfter = async (): Promise<boolean> => {
        const later = goingOn.map(({ shopper }) => decided(shopper.sid, lastMs + WATCHED_MS));
        if ((await Promise.all(later)).some((n) => n < 2)) return false;
        return goingOn.every(({ endpoint, reached }) =>
          (endpoint === '' ? reached.page : messagesTo(endpoint)).some(
            (atMs) => atMs > lastMs + EFFECTIVE_MS,
          ),
        );
      };
      await until(longAfter, {
        withinMs: 20_000,
        everyMs: 200,
        what: 'decisions and messages for those who go on',
      });
    } finally {
      await walk.stop();
    }
    for (const { endpoint, reached } of people) reached.push.push(...messagesTo(endpoint));
    for (const [topic, kind] of [
      ['promo.decision', 'decisions'],
      ['presence.zone', 'places'],
    ] as const) {
      for (const { data, recordedtime } of await allEventsOf(store, topic))
        for (const { shopper, reached } of people)
          if (data['sid'] === shopper.sid) reached[kind].push(Date.parse(recordedtime));
    }
  }

  /** What reached whom too late, and how long after the answer the last of all that should have ended came, ms. */
  function findings(people: readonly Person[]) {
    const late: Record<string, number> = {};
    let lastMs = 0;
    let before = 0;
    for (const { takesBack, answeredMs, reached } of people) {
      for (const kind of (takesBack && ENDS[takesBack]) ?? []) {
        for (const atMs of reached[kind]) {
          if (atMs <= answeredMs) before += 1;
          else lastMs = Math.max(lastMs, atMs - answeredMs);
          const key = `${takesBack}: ${kind}`;
          if (atMs > answeredMs + EFFECTIVE_MS) late[key] = (late[key] ?? 0) + 1;
        }
      }
    }
    return { late, lastMs, before };
  }

  it('no decision, message or place of the person later than that, while sightings go on', {
    timeout: 120_000,
  }, async () => {
    const people = await watch(walkingStore(service));
    const { late, lastMs, before } = findings(people);
    expect(late).toEqual({});
    const overMs =
      EFFECTIVE_MS + Math.max(...people.map(({ answeredMs }) => answeredMs).filter(Number.isFinite));
    for (const kind of KINDS)
      expect(
        people.some(
          ({ takesBack, reached }) => takesBack === undefined && reached[kind].some((atMs) => atMs > overMs),
        ),
        `${kind} of those who go on`,
      ).toBe(true);
    keptPromise({
      promise: 'S14 (within a second)',
      what: `profile, location and push taken back over HTTP by ${people.filter(({ takesBack }) => takesBack !== undefined).length} who walk on, ${before} decisions, messages and places before it`,
      figure: `0 later than 1 s after the answer; the last after ${lastMs} ms`,
      control: 'a store that answers and does nothing: of each kind some come',
    });
  });

  it('control: a store that answers and does nothing is found out in each kind', {
    timeout: 120_000,
  }, async () => {
    const { late } = findings(
      await watch({ ...walkingStore(service), ...controlWith('deaf-to-withdrawals') }),
    );
    const kinds = Object.entries(ENDS).flatMap(([purpose, ends]) =>
      ends.map((kind) => `${purpose}: ${kind}`),
    );
    expect(Object.keys(late).sort()).toEqual(kinds.sort());
  });
});
