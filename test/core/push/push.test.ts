import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PushPolicy } from '../../../edge/contracts/index.js';
import { seeded } from '../support/seed.js';
import { ANNA, BERT, createStore, ofType, POLICY, SODA_COUPON } from '../support/store.js';

const HOUR_S = 3_600;

/** Anna stands in the beverage aisle and agreed to everything; it is 14:00 in Amsterdam. */
function storeWith(push: PushPolicy | undefined, consent: object = {}) {
  const store = createStore(push === undefined ? {} : { policy: { push } });
  store.configure([SODA_COUPON]);
  store.consent(ANNA);
  agree(store, ANNA, consent);
  store.enter(`s:${ANNA}`);
  return store;
}
function agree(store: ReturnType<typeof createStore>, sid: string, extra: object = {}): void {
  const receipt = { receiptId: `push-${sid}-${store.nowMs()}`, sid, purpose: 'push', granted: true } as const;
  store.say('consent.receipt', {
    ...receipt,
    ...{ textVersion: '1', ageBand: '18+', validMs: 400 * 24 * HOUR_S * 1_000 },
    ...extra,
  });
}
const leave = (store: ReturnType<typeof createStore>, sid = ANNA) =>
  store.views.pushLeave(sid, store.nowMs());
const sent = (store: ReturnType<typeof createStore>, n: number, channel: 'push' | 'socket' = 'push') =>
  store.say('push.sent', { decisionId: `d-${n}`, sid: ANNA, channel, outcome: 'sent' });

describe('whether a phone may be messaged', () => {
  it('needs the consent to messages, an age, and a person who is there', () => {
    expect(leave(storeWith(undefined))).toMatchObject({ ok: true });
    expect(leave(storeWith(undefined, { granted: false }))).toEqual({ ok: false, reason: 'NoConsent' });
    for (const ageBand of ['under16', 'unknown'] as const)
      expect(leave(storeWith(undefined, { ageBand }))).toEqual({ ok: false, reason: 'AgeUnknown' });
    expect(leave(storeWith(undefined), BERT)).toEqual({ ok: false, reason: 'NoConsent' });
    const store = storeWith(undefined);
    store.wait(POLICY.presence.forgetS + 5);
    expect(leave(store)).toEqual({ ok: false, reason: 'Left' });
  });

  it('ends with the consent, to the moment', () => {
    const store = storeWith(undefined, { validMs: 20_000 });
    expect(leave(store).ok).toBe(true);
    store.wait(20);
    expect(leave(store)).toEqual({ ok: false, reason: 'NoConsent' });
  });

  it.each([
    ['13:00', '15:00', false],
    ['14:01', '15:00', true],
    ['12:00', '14:00', true],
    ['22:00', '14:01', false],
    ['22:00', '08:00', true],
    ['13:59', '08:00', false],
    ['00:00', '00:00', true],
  ] as const)('keeps quiet from %s to %s by the clock on the wall of the store', (from, until, ok) => {
    expect(leave(storeWith({ perDay: 3, quietHours: { from, until } })).ok).toBe(ok);
  });

  it('counts what went out by the day of the store, over a restart, and pages do not count', () => {
    const store = storeWith({ perDay: 2 });
    sent(store, 1);
    for (const n of [2, 3, 4]) sent(store, n, 'socket');
    store.say('push.sent', { decisionId: 'd-5', sid: ANNA, channel: 'push', outcome: 'failed' });
    expect(leave(store).ok).toBe(true);
    sent(store, 6);
    store.restart();
    expect(leave(store)).toEqual({ ok: false, reason: 'DailyCap' });
    // 23:00 UTC is midnight in Amsterdam.
    store.wait(9 * HOUR_S + 3_500);
    store.enter(`s:${ANNA}`);
    const beforeMidnight = new Date(store.nowMs()).toISOString() < '2026-11-23T23:00:00';
    expect([beforeMidnight, leave(store)]).toEqual([true, { ok: false, reason: 'DailyCap' }]);
    store.wait(120);
    store.enter(`s:${ANNA}`);
    expect(leave(store)).toMatchObject({ ok: true });
  });

  it('expects as much more as half of those stayed who stayed that long, and nothing where nobody did', () => {
    const store = storeWith(undefined);
    const rest = () => {
      const answer = leave(store);
      return answer.ok ? answer.stayMs / 1_000 : answer.reason;
    };
    // Nothing is known of the zone yet: five minutes, of which some seconds are over.
    expect(rest()).toBe(300 - spentS(store));
    store.wait(POLICY.presence.forgetS + 5);
    for (const [n, seconds] of [20, 60, 70, 200].entries()) stays(store, `a:000000000000000${n}`, seconds);
    store.enter(`s:${ANNA}`);
    // Her own stay before was of seconds: of those who stayed longer than she has so far, 60 s is the middle.
    expect(rest()).toBe(60 - spentS(store));
    linger(store, 61 - spentS(store));
    expect(rest()).toBe(70 - spentS(store));
    linger(store, 71 - spentS(store));
    expect(rest()).toBe(200 - spentS(store));
    linger(store, 201 - spentS(store));
    expect(rest()).toBe('StayOver');
  });

  it('lets no message outlive the stay, whatever the stays before were (property)', () => {
    const stayS = fc.integer({ min: 0, max: 400 });
    fc.assert(
      fc.property(fc.array(stayS, { maxLength: 6 }), fc.array(stayS, { maxLength: 3 }), (before, waits) => {
        const store = storeWith(undefined);
        store.wait(POLICY.presence.forgetS + 5);
        for (const [n, seconds] of before.entries()) stays(store, `a:000000000000000${n}`, seconds);
        store.enter(`s:${ANNA}`);
        for (const seconds of [0, ...waits]) {
          linger(store, seconds);
          const answer = leave(store);
          const leftMs = likelyMs(store);
          if (answer.ok) expect(answer.stayMs).toBeGreaterThanOrEqual(1_000);
          else expect(answer.reason).toBe('StayOver');
          if (answer.ok) expect(answer.stayMs).toBeLessThanOrEqual(leftMs);
          else expect(leftMs).toBeLessThan(1_000);
        }
      }),
      seeded(50),
    );
  });
});

type Store = ReturnType<typeof createStore>;

const zoneChanges = (store: Store) =>
  ofType(store.outputs, 'presence.zone').filter(({ data }) => data.zone === 'beverages');

/** How long Anna has been in the aisle, by what the store told. */
function spentS(store: Store): number {
  const entered = zoneChanges(store).findLast(({ data }) => data.sid === ANNA && data.change === 'enter')!;
  return (store.nowMs() - Date.parse(entered.recordedtime)) / 1_000 + entered.data.dwellMs / 1_000;
}

/** The same estimate from the events alone: the lower middle of the longer stays, five minutes while few are known. */
function likelyMs(store: Store): number {
  const told = zoneChanges(store).flatMap(({ data }) => (data.change === 'exit' ? [data.dwellMs] : []));
  const spentMs = spentS(store) * 1_000;
  const longer = (told.length < 3 ? [300_000] : told).filter((stayMs) => stayMs > spentMs);
  longer.sort((left, right) => left - right);
  return longer.length === 0 ? 0 : longer[Math.ceil(longer.length / 2) - 1]! - spentMs;
}

/** Anna stays, and is heard now and then. */
function linger(store: Store, seconds: number): void {
  for (let left = seconds; left > 0; left -= 20) {
    store.wait(Math.min(20, left));
    store.hear(`s:${ANNA}`, 'node-1', -50);
  }
}

/** Somebody comes, stays for so long, and is gone. */
function stays(store: Store, visitor: string, seconds: number): void {
  store.enter(visitor);
  const entered = zoneChanges(store).findLast(
    ({ data }) => data.visitor === visitor && data.change === 'enter',
  );
  const sinceMs = Date.parse(entered!.recordedtime) - entered!.data.dwellMs;
  for (let left = seconds - (store.nowMs() - sinceMs) / 1_000; left > 0; left -= 20) {
    store.wait(Math.min(20, left));
    store.hear(visitor, 'node-1', -50);
  }
  store.wait(POLICY.presence.forgetS + 1);
}

describe('what a click tells the story', () => {
  it('is one step, however often it is told', () => {
    const store = storeWith(undefined);
    const [story] = store.views.stories({ limit: 1 }).stories;
    for (const action of ['open', 'code', 'open'] as const)
      store.say('push.clicked', { decisionId: story!.id, sid: ANNA, action });
    const steps = store.views.story(story!.id)!.steps.filter(({ outcome }) => outcome === 'clicked');
    expect(steps).toHaveLength(1);
  });
});
