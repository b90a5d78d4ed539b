import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Purpose, StoreEvent, TopicData } from '../../../edge/contracts/index.js';
import { seeded } from '../support/seed.js';
import { ANNA, createStore, ofType, SODA_COUPON } from '../support/store.js';

const HOUR_MS = 3_600_000;

function receipt(
  purpose: Purpose,
  extra: Partial<TopicData<'consent.receipt'>> = {},
): TopicData<'consent.receipt'> {
  const given = { receiptId: `r-${purpose}`, sid: ANNA, purpose, granted: true } as const;
  return { ...given, textVersion: '1', ageBand: '18+', validMs: HOUR_MS, ...extra };
}

describe('consent', () => {
  it('hides everything personal in the step of the withdrawal', () => {
    const store = createStore();
    store.configure([SODA_COUPON]);
    store.consent(ANNA);
    store.sell([{ sku: 'ginger' }], { sid: ANNA });
    store.enter(`s:${ANNA}`);
    const before = store.views.shopper(ANNA, store.nowMs());
    expect(before).toMatchObject({ zone: 'beverages', coupons: [{ state: 'good' }] });
    const out = store.say('consent.withdrawn', { receiptId: 'w1', sid: ANNA, purpose: 'location' });
    expect(out).toEqual([]);
    expect(store.views.shopper(ANNA, store.nowMs()).zone).toBeUndefined();
    store.say('consent.withdrawn', { receiptId: 'w2', sid: ANNA, purpose: 'profile' });
    expect(store.views.shopper(ANNA, store.nowMs())).toMatchObject({
      coupons: [],
      consents: { location: 'refused', profile: 'refused', push: 'unasked' },
    });
    // Favourites are gone for good: a new yes starts from nothing.
    store.consent(ANNA);
    store.wait(120);
    const [held] = ofType(store.enter(`s:${ANNA}`), 'promo.decision');
    expect(held?.data.candidates[0]?.sku).toBe('cola');
  });

  it('taken back leaves the coupon good at the till, where it names nobody', () => {
    const store = createStore();
    store.configure([SODA_COUPON]);
    store.consent(ANNA);
    const [coupon] = ofType(store.enter(`s:${ANNA}`), 'coupon.issued');
    store.say('consent.withdrawn', { receiptId: 'w', sid: ANNA, purpose: 'profile' });
    const place = { till: 'till-1', businessDay: '2026-11-23', sequence: 1 };
    const { couponId } = coupon!.data;
    const out = store.say('coupon.request', { requestId: 'q', action: 'redeem', couponId, ...place });
    expect(out.map(({ type }) => type)).toEqual(['coupon.redeemed']);
    expect(JSON.stringify(out)).not.toContain(ANNA);
  });

  it('ends by itself, on the page and in the aisle', () => {
    const store = createStore();
    store.configure([SODA_COUPON]);
    store.consent(ANNA, { validMs: HOUR_MS });
    store.enter(`s:${ANNA}`);
    store.wait(3_601);
    expect(store.views.consented(ANNA, 'location', store.nowMs())).toBe(false);
    expect(store.views.shopper(ANNA, store.nowMs()).consents.location).toBe('expired');
    const later = store.enter(`s:${ANNA}`);
    expect(JSON.stringify(later)).not.toContain(ANNA);
    expect(ofType(later, 'presence.zone')[0]?.data.visitor).toMatch(/^a:/);
  });

  it('lasts at most as long as the store allows', () => {
    const store = createStore({ policy: { consentDays: 1 } });
    store.configure([]);
    store.say('consent.receipt', receipt('push', { validMs: 900 * 24 * HOUR_MS }));
    expect(store.views.consented(ANNA, 'push', store.nowMs() + 23 * HOUR_MS)).toBe(true);
    expect(store.views.consented(ANNA, 'push', store.nowMs() + 25 * HOUR_MS)).toBe(false);
  });

  it('is not revived by a repeat of an old yes', () => {
    const store = createStore();
    store.configure([]);
    store.say('consent.receipt', receipt('push'));
    store.say('consent.withdrawn', { receiptId: 'r-push', sid: ANNA, purpose: 'push' });
    store.say('consent.receipt', receipt('push'));
    expect(store.views.consented(ANNA, 'push', store.nowMs())).toBe(false);
    store.say('consent.receipt', receipt('push', { receiptId: 'a new one' }));
    expect(store.views.consented(ANNA, 'push', store.nowMs())).toBe(true);
  });

  it('is not extended when the clock of the box goes back', () => {
    const store = createStore();
    store.configure([]);
    store.say('consent.receipt', receipt('push'));
    store.wait(2_000);
    const yesterday = { recordedtime: new Date(store.nowMs() - 24 * HOUR_MS).toISOString() };
    store.say('consent.receipt', receipt('profile', { receiptId: 'second' }), yesterday);
    store.say('tick', { at: yesterday.recordedtime }, yesterday);
    expect(store.views.consented(ANNA, 'push', store.nowMs() + HOUR_MS)).toBe(false);
    expect(store.views.consented(ANNA, 'profile', store.nowMs() + HOUR_MS)).toBe(false);
    expect(store.views.consented(ANNA, 'profile', store.nowMs())).toBe(true);
  });
});

/** What the law asks, written down without the core: purpose → valid until. */
interface Model {
  until: Partial<Record<Purpose, number>>;
  age: Partial<Record<Purpose, string>>;
  seen: Set<string>;
}
const valid = (model: Model, purpose: Purpose, atMs: number) => atMs < (model.until[purpose] ?? 0);
const personal = (model: Model, atMs: number) =>
  (['location', 'profile'] as const).every((p) => valid(model, p, atMs) && model.age[p] === '18+');

type Act =
  | { do: 'grant'; purpose: Purpose; minutes: number; age: '18+' | 'under16'; receipt: number }
  | { do: 'refuse' | 'withdraw'; purpose: Purpose; receipt: number }
  | { do: 'enter' | 'buy' | 'redeem' | 'restart' }
  | { do: 'wait'; minutes: number }
  | { do: 'clock'; minutes: number };

const purposes = fc.constantFrom<Purpose>('location', 'location', 'profile', 'profile', 'push');
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      purpose: purposes,
      minutes: fc.integer({ min: 1, max: 90 }),
      age: fc.constantFrom('18+' as const, '18+' as const, '18+' as const, 'under16' as const),
      receipt: fc.nat(30),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('refuse' as const, 'withdraw' as const),
      purpose: purposes,
      receipt: fc.nat(30),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'enter' as const,
        'enter' as const,
        'buy' as const,
        'redeem' as const,
        'restart' as const,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 45 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      minutes: fc.integer({ min: -1_500, max: -1 }),
    }),
  },
);

/** Events that may speak of a person only under these purposes. */
function lawful(event: StoreEvent, model: Model, atMs: number): boolean {
  if (!JSON.stringify(event).includes(ANNA)) return true;
  if (event.type === 'presence.zone') return valid(model, 'location', atMs);
  if (event.type === 'coupon.redeemed') return valid(model, 'profile', atMs);
  return (event.type === 'promo.decision' || event.type === 'coupon.issued') && personal(model, atMs);
}

function run(
  sequence: readonly Act[],
  judge: (event: StoreEvent, model: Model, atMs: number) => boolean,
): string[] {
  const store = createStore();
  store.configure([SODA_COUPON]);
  const model: Model = { until: {}, age: {}, seen: new Set() };
  const wrong: string[] = [];
  let coupon = '';
  const check = (events: readonly StoreEvent[]) => {
    for (const event of events) {
      if (event.type === 'coupon.issued') coupon = (event as StoreEvent<'coupon.issued'>).data.couponId;
      if (!judge(event, model, Date.parse(event.recordedtime))) wrong.push(JSON.stringify(event));
    }
  };
  for (const act of sequence) {
    const nowMs = store.nowMs();
    if (act.do === 'grant' || act.do === 'refuse') {
      const granted = act.do === 'grant';
      const key = `${act.purpose} ${act.receipt}`;
      if (!model.seen.has(key)) {
        model.until[act.purpose] = granted ? nowMs + act.minutes * 60_000 : 0;
        model.age[act.purpose] = granted ? act.age : 'unknown';
      }
      model.seen.add(key);
      const age = granted
        ? { validMs: act.minutes * 60_000, ageBand: act.age }
        : { ageBand: 'unknown' as const };
      check(
        store.say('consent.receipt', receipt(act.purpose, { granted, receiptId: `${act.receipt}`, ...age })),
      );
    } else if (act.do === 'withdraw') {
      model.until[act.purpose] = 0;
      check(store.say('consent.withdrawn', { receiptId: `${act.receipt}`, sid: ANNA, purpose: act.purpose }));
    } else if (act.do === 'enter') {
      for (let second = 0; second < 12; second += 1) check([...store.wait(1), ...store.hear(`s:${ANNA}`)]);
    } else if (act.do === 'buy') check(store.sell([{ sku: 'ginger' }], { sid: ANNA }));
    else if (act.do === 'redeem') {
      const place = { till: 'till-1', businessDay: '2026-11-23', sequence: 1 };
      check(
        store.say('coupon.request', {
          requestId: 'q',
          action: 'redeem',
          couponId: coupon || 'none',
          ...place,
        }),
      );
    } else if (act.do === 'restart') store.restart();
    else if (act.do === 'wait') check(store.wait(act.minutes * 60));
    else if (act.do === 'clock') {
      // A box whose clock jumps back still tells its last time: nothing may come back to life by it.
      const at = new Date(nowMs + act.minutes * 60_000).toISOString();
      check(
        store
          .say('tick', { at }, { recordedtime: at })
          .map((event) => ({ ...event, recordedtime: new Date(nowMs).toISOString() })),
      );
    }
    const view = store.views.shopper(ANNA, store.nowMs());
    if (view.zone !== undefined && !valid(model, 'location', store.nowMs())) wrong.push('zone shown');
    if (view.coupons.length > 0 && !valid(model, 'profile', store.nowMs())) wrong.push('coupons shown');
  }
  return wrong;
}

describe('consent against a model', () => {
  it('speaks of a person only while a valid receipt says so', () => {
    let spoken = 0;
    fc.assert(
      fc.property(fc.array(acts, { minLength: 5, maxLength: 40 }), (sequence) => {
        const wrong = run(sequence, (event, model, atMs) => {
          if (JSON.stringify(event).includes(ANNA)) spoken += 1;
          return lawful(event, model, atMs);
        });
        expect(wrong).toEqual([]);
      }),
      seeded(150),
    );
    // The run was not empty: personal events did happen while they were allowed.
    expect(spoken).toBeGreaterThan(50);
  });

  it('would notice one that is not allowed', () => {
    const never = (event: StoreEvent, model: Model, atMs: number) =>
      lawful(event, { ...model, until: {} }, atMs);
    const sequence: Act[] = [
      { do: 'grant', purpose: 'location', minutes: 60, age: '18+', receipt: 1 },
      { do: 'enter' },
    ];
    expect(run(sequence, lawful)).toEqual([]);
    expect(run(sequence, never)).not.toEqual([]);
  });
});
