import { describe, expect, it } from 'vitest';
import type { TopicData } from '../../../edge/contracts/index.js';
import {
  archiveCoupon,
  couponOfCode,
  pastCoupon,
  pruneArchive,
  takeFromArchive,
} from '../../../edge/core/coupon/archive.js';
import { createCouponSlice, type PastCoupon } from '../../../edge/core/coupon/state.js';
import { ANNA, createStore, ofType, SODA_COUPON, transactionOf } from '../support/store.js';

const DAY_S = 86_400;
const DAY_MS = DAY_S * 1_000;
const FIRST = { till: 'till-1', businessDay: '2026-11-23', sequence: 5 };
const ELSEWHERE = { till: 'till-9', businessDay: '2026-11-30', sequence: 77 };

function withCoupon() {
  const store = createStore();
  store.configure([SODA_COUPON]);
  store.consent(ANNA);
  const [issued] = ofType(store.enter(`s:${ANNA}`), 'coupon.issued');
  const { couponId, code } = issued!.data;
  let request = 0;
  const ask = (at: Partial<TopicData<'coupon.request'>>) => {
    request += 1;
    const data = { requestId: `q${request}`, action: 'redeem' as const, couponId, ...FIRST, ...at };
    return store.say('coupon.request', data);
  };
  const isArchived = () =>
    (JSON.parse(store.core.serialise()) as { slices: { coupons: { archived: unknown[]; past: unknown[] } } })
      .slices.coupons;
  return { store, code, couponId, ask, isArchived };
}

type Store = ReturnType<typeof createStore>;
const figure = (store: Store, wanted: string): number =>
  store.views.staff(store.nowMs()).figures.find(({ id }) => id === wanted)?.value ?? Number.NaN;

describe('a coupon whose time is long over', () => {
  it.each([5, 40, 200, 399])('and that was taken is still used after %i days and a restart', (days) => {
    const { store, ask, isArchived } = withCoupon();
    expect(ofType(ask({}), 'coupon.redeemed')).toHaveLength(1);
    store.wait(days * DAY_S);
    store.say('tick', { at: new Date(store.nowMs()).toISOString() });
    expect(isArchived().past).toEqual([]);
    expect(isArchived().archived).not.toEqual([]);
    store.restart();
    expect(ofType(ask({}), 'coupon.answered')[0]?.data).toMatchObject({ ok: true, sku: 'cola' });
    expect(ofType(ask(ELSEWHERE), 'coupon.answered')[0]?.data).toMatchObject({
      ok: false,
      reason: 'CouponUsed',
      usedAt: FIRST,
    });
  });

  it('is called out once for each place that takes it again, by its code too', () => {
    const { store, code, couponId, ask } = withCoupon();
    ask({});
    store.wait(30 * DAY_S);
    expect(store.views.couponByCode(code)).toEqual({ couponId });
    expect(ofType(ask({ ...ELSEWHERE, offline: true }), 'fraud.verdict')[0]?.data).toMatchObject({
      verdict: 'coupon-used-twice',
      first: FIRST,
      second: ELSEWHERE,
    });
    store.wait(2 * DAY_S);
    store.restart();
    expect(ofType(ask({ ...ELSEWHERE, offline: true }), 'fraud.verdict')).toEqual([]);
    const sale = transactionOf([{ sku: 'cola', couponCode: code }], { ...ELSEWHERE, sequence: 78 });
    expect(ofType(store.say('pos.transaction', sale), 'fraud.verdict')).toHaveLength(1);
  });

  it.each([3, 20])(
    'is counted once, when a till tells after %i days that it was taken while cut off',
    (days) => {
      const { store, code, couponId, ask, isArchived } = withCoupon();
      store.wait(days * DAY_S);
      store.say('tick', { at: new Date(store.nowMs()).toISOString() });
      expect(isArchived().archived).not.toEqual([]);
      const takenBefore = figure(store, 'taken');
      expect(ofType(ask({}), 'coupon.answered')[0]?.data).toMatchObject({ reason: 'CouponExpired' });
      const [redeemed] = ofType(ask({ offline: true }), 'coupon.redeemed');
      expect(redeemed?.data).toMatchObject({ couponId, sid: ANNA, sku: 'cola', offline: true, ...FIRST });
      expect(`c-${redeemed?.data.decisionId}`).toBe(couponId);
      expect(figure(store, 'taken') - takenBefore).toBe(1);
      expect(store.views.stories({ limit: 5 }).stories.map(({ state }) => state)).toContain('taken');
      const again = ask({ offline: true });
      expect(ofType(again, 'coupon.redeemed')).toEqual([]);
      expect(figure(store, 'taken') - takenBefore).toBe(1);
      expect(ofType(again, 'coupon.answered')[0]?.data).toMatchObject({ ok: true, usedAt: FIRST });
      // Archived anew as what it is by now, for as long as those that were taken in time.
      store.wait(60 * DAY_S);
      store.say('tick', { at: new Date(store.nowMs()).toISOString() });
      expect(isArchived().past).toEqual([]);
      store.restart();
      expect(store.views.couponByCode(code)).toEqual({ couponId });
      expect(ofType(ask({ offline: true }), 'coupon.answered')[0]?.data).toMatchObject({ ok: true });
      const second = ask({ ...ELSEWHERE, offline: true });
      expect(ofType(second, 'coupon.answered')[0]?.data).toMatchObject({ reason: 'CouponUsed' });
      expect(ofType(second, 'fraud.verdict')).toHaveLength(1);
    },
  );

  it('is counted once, when it is the receipt that tells of it days later', () => {
    const { store, code, ask, isArchived } = withCoupon();
    store.wait(4 * DAY_S);
    store.say('tick', { at: new Date(store.nowMs()).toISOString() });
    expect(isArchived().archived).not.toEqual([]);
    const sale = transactionOf([{ sku: 'cola', couponCode: code }], { ...FIRST, sequence: 9 });
    expect(ofType(store.say('pos.transaction', sale), 'coupon.redeemed')).toHaveLength(1);
    const told = ask({ ...FIRST, sequence: 9, offline: true });
    expect(ofType(told, 'coupon.redeemed')).toEqual([]);
    expect(ofType(told, 'coupon.answered')[0]?.data.ok).toBe(true);
  });

  it('and that nobody took is expired for a month, then unknown', () => {
    const { store, ask } = withCoupon();
    store.wait(20 * DAY_S);
    expect(ofType(ask({}), 'coupon.answered')[0]?.data.reason).toBe('CouponExpired');
    store.wait(60 * DAY_S);
    expect(ofType(ask({}), 'coupon.answered')[0]?.data.reason).toBe('CouponUnknown');
  });

  it('and that was taken is forgotten when no till can bring it any more', () => {
    const { store, ask } = withCoupon();
    ask({});
    store.wait(440 * DAY_S);
    expect(ofType(ask(ELSEWHERE), 'coupon.answered')[0]?.data.reason).toBe('CouponUnknown');
  });
});

describe('the archive', () => {
  const START = Date.UTC(2026, 0, 1);
  const couponOf = (n: number): { couponId: string; code: string; past: PastCoupon } => {
    const untilMs = START + (n % 100) * DAY_MS;
    const time = new Date(untilMs).toISOString();
    const used = { till: `till|${n % 8}`, businessDay: time.slice(0, 10), sequence: n, time };
    const past = { untilMs, campaign: 'favourite|drink', sku: `DRK-${n % 100}`, discountMinor: n % 300 };
    return {
      couponId: `c-${n}.2`,
      code: String(9_800_000_000_000 + n * 7),
      past: n % 3 === 0 ? { ...past, used } : past,
    };
  };

  it('lets one go as used without touching its neighbours', () => {
    const slice = createCouponSlice();
    const all = Array.from({ length: 3_000 }, (_, n) => couponOf(n));
    for (const coupon of all) archiveCoupon(slice, coupon);
    const isTaken = (n: number): boolean => n % 3 !== 0 && n % 5 === 0;
    for (const [n, { couponId }] of all.entries()) if (isTaken(n)) takeFromArchive(slice, couponId);
    for (const [n, { couponId, code, past }] of all.entries()) {
      expect(pastCoupon(slice, couponId)).toEqual(isTaken(n) ? undefined : past);
      expect(couponOfCode(slice, code)).toBe(couponId);
    }
    expect(slice.codes.size).toBe(all.filter((_, n) => isTaken(n)).length);
  });

  it('gives back each of 20,000 coupons as it was, and none that it does not hold', () => {
    const slice = createCouponSlice();
    const all = Array.from({ length: 20_000 }, (_, n) => couponOf(n));
    for (const coupon of all) archiveCoupon(slice, coupon);
    for (const { couponId, code, past } of all.filter((_, n) => n % 7 === 0)) {
      expect(pastCoupon(slice, couponId)).toEqual(past);
      expect(couponOfCode(slice, code)).toBe(couponId);
    }
    for (const unknown of ['c-20001.2', 'c-1', '.2', 'favourite|drink'])
      expect(pastCoupon(slice, unknown)).toBeUndefined();
    // What 400 days of a busy store may take of a checkpoint: 800 coupons a day that are kept, 40 MB.
    const bytes = [...slice.archived, ...slice.archivedCodes].reduce((sum, [, text]) => sum + text.length, 0);
    expect(bytes / all.length).toBeLessThan(125);
  });

  it('lets a month go when all of it is over', () => {
    const slice = createCouponSlice();
    for (let n = 0; n < 300; n += 1) archiveCoupon(slice, couponOf(n));
    pruneArchive(slice, START + 70 * DAY_MS);
    expect(pastCoupon(slice, couponOf(1).couponId)).toBeUndefined();
    expect(pastCoupon(slice, couponOf(50).couponId)).toBeDefined();
    expect(pastCoupon(slice, couponOf(3).couponId)).toBeDefined();
    pruneArchive(slice, START + 540 * DAY_MS);
    expect(slice.archived.size + slice.archivedCodes.size).toBe(0);
  });
});
