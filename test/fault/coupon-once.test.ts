import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Coupon, eventsOf, post, shopperWithCoupon } from '../support/shopper.js';
import { type RunningStore, startStore } from '../support/store.js';

interface Answer {
  readonly ok?: boolean;
  readonly reason?: string;
  readonly usedAt?: { till: string; businessDay: string; sequence: number; time: string };
}

const BUSINESS_DAY = '2026-11-23';

describe('a code is good once', () => {
  let store: RunningStore;
  let coupon: Coupon;

  beforeAll(async () => {
    store = await startStore();
    ({ coupon } = await shopperWithCoupon(store));
  });
  afterAll(async () => {
    await store?.remove();
  });

  const redeem = (n: number) =>
    post<Answer>(store, '/v1/pos/coupons/redeem', {
      code: coupon.code,
      till: `till-${n}`,
      businessDay: BUSINESS_DAY,
      sequence: n,
    });

  it('under a hundred tills at the same moment, killed in the middle, and after a restart', async () => {
    const first = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => redeem(n)).concat(killSoon()),
    );
    store = await store.restart();
    const second = await Promise.all(Array.from({ length: 100 }, (_, n) => redeem(n)));
    const taken = second.filter((answer) => answer.status === 200);
    expect(taken).toHaveLength(1);
    const refused = second.filter((answer) => answer.status === 409);
    expect(refused).toHaveLength(99);
    const winner = second.findIndex((answer) => answer.status === 200);
    expect(new Set(refused.map(({ body }) => `${body.reason} ${body.usedAt?.till}`))).toEqual(
      new Set([`CouponUsed till-${winner}`]),
    );
    // Whoever heard yes before the kill is the one who has it.
    first.forEach((outcome, n) => {
      if (outcome.status === 'fulfilled' && (outcome.value as { status?: number })?.status === 200)
        expect(n).toBe(winner);
    });
    expect(await eventsOf(store, 'coupon.redeemed')).toHaveLength(1);
  });

  function killSoon(): Promise<never> {
    return new Promise((resolve) => setImmediate(() => store.kill().then(resolve as () => void)));
  }

  it('tells a cut-off till that accepts the same code by signature apart, once, as a fraud verdict', async () => {
    const late = {
      code: coupon.code,
      till: 'till-77',
      businessDay: BUSINESS_DAY,
      sequence: 77,
      offline: true,
    };
    await post(store, '/v1/pos/coupons/redeem', late);
    await post(store, '/v1/pos/coupons/redeem', late);
    const verdicts = await eventsOf(store, 'fraud.verdict');
    expect(verdicts).toHaveLength(1);
    expect(verdicts[0]?.data).toMatchObject({ verdict: 'coupon-used-twice', second: { till: 'till-77' } });
    expect(await eventsOf(store, 'coupon.redeemed')).toHaveLength(1);
    const { stories } = (await (await store.call('/v1/stories')).json()) as { stories: { state: string }[] };
    expect(stories.filter((story) => story.state === 'fraud')).toHaveLength(1);
  });
});
