import { describe, expect, it } from 'vitest';
import type { Campaign, StoreEvent } from '../../../edge/contracts/index.js';
import { explainDecision, simulateDecision } from '../../../edge/core/index.js';
import { ANNA, BERT, COLA_SCREEN, createStore, ofType, SODA_COUPON } from '../support/store.js';

function decisionFor(
  campaigns: readonly Campaign[],
  before?: (store: ReturnType<typeof createStore>) => void,
) {
  const store = createStore();
  store.configure(campaigns);
  store.consent(ANNA);
  before?.(store);
  const decisions = ofType(store.enter(`s:${ANNA}`), 'promo.decision');
  expect(decisions.length).toBeLessThanOrEqual(1);
  return { store, event: decisions[0], decision: decisions[0]?.data };
}

const change = (changes: Partial<Campaign>): Campaign => ({ ...SODA_COUPON, ...changes });

describe('a phone decision', () => {
  it('offers the favourite that is in stock', () => {
    const { decision } = decisionFor([SODA_COUPON], (store) =>
      store.sell([{ sku: 'cola-zero' }], { sid: ANNA }),
    );
    expect(decision).toMatchObject({
      outcome: 'offered',
      campaign: 'soda-10',
      offer: { sku: 'cola-zero', priceMinor: 179 },
    });
  });

  it('is never dearer than what a screen offers everybody: the next favourite is taken instead', () => {
    const { decision } = decisionFor([SODA_COUPON, COLA_SCREEN], (store) => {
      store.sell([{ sku: 'cola' }], { sid: ANNA, sequence: 501 });
      store.sell([{ sku: 'cola' }], { sid: ANNA, sequence: 502 });
      store.sell([{ sku: 'ginger' }], { sid: ANNA, sequence: 503 });
    });
    // Cola is at 1.50 for everybody; ten percent off 2.00 would be worth less than nothing.
    expect(decision).toMatchObject({ outcome: 'offered', offer: { sku: 'ginger', priceMinor: 225 } });
  });

  it('is refused where a screen offers its only product for as little, and made where it is better', () => {
    const only = { products: { skus: ['cola'] } };
    expect(decisionFor([change(only), COLA_SCREEN]).decision).toMatchObject({
      outcome: 'rejected',
      reason: 'OpenOfferBetter',
    });
    expect(decisionFor([change({ ...only, discount: { percent: 50 } }), COLA_SCREEN]).decision).toMatchObject(
      {
        outcome: 'offered',
        offer: { sku: 'cola', priceMinor: 100 },
      },
    );
  });

  it('says no with the reason of the first rule that fails', () => {
    const rejected: [string, Campaign, ((store: ReturnType<typeof createStore>) => void)?][] = [
      [
        'Stopped',
        SODA_COUPON,
        (store) =>
          store.say('promo.stop', { stopId: '1', scope: 'all', reason: 'recall', active: true, by: 'staff' }),
      ],
      ['OutsideTime', change({ when: { dayparts: [{ from: '09:00', until: '12:00' }] } })],
      ['OutsideTime', change({ when: { until: '2026-11-01T00:00:00Z' } })],
      ['StockTooLow', change({ inventory: { minStock: 500 } })],
      [
        'SoldOut',
        change({ products: { skus: ['cola'] } }),
        (store) => store.say('shelf.reading', { shelf: 'shelf-1', sku: 'cola', count: 0 }),
      ],
      ['NoProduct', change({ products: { skus: ['nobody sells this'] } })],
    ];
    for (const [reason, campaign, before] of rejected) {
      const { decision } = decisionFor([campaign], before);
      expect(decision, reason).toMatchObject({ outcome: 'rejected', reason });
      const checks = decision!.candidates[0]!.checks;
      expect(
        checks.filter(({ ok }) => !ok),
        reason,
      ).toHaveLength(1);
      expect(checks[checks.length - 1]!.ok, reason).toBe(false);
    }
  });

  it('counts dayparts on the wall clock of the store, not of the box', () => {
    // It is 14:00 in Amsterdam and 13:00 UTC.
    const at14 = change({ when: { dayparts: [{ from: '14:00', until: '14:30', days: [1] }] } });
    expect(decisionFor([at14]).decision?.outcome).toBe('offered');
    const tuesday = change({ when: { dayparts: [{ from: '14:00', until: '14:30', days: [2] }] } });
    expect(decisionFor([tuesday]).decision).toMatchObject({ outcome: 'rejected', reason: 'OutsideTime' });
  });

  it('waits for the dwell that a campaign asks for, then decides once', () => {
    const { store, decision } = decisionFor([change({ trigger: { dwellS: 30 } })]);
    expect(decision).toBeUndefined();
    const later = Array.from({ length: 40 }, () => [...store.wait(1), ...store.hear(`s:${ANNA}`)]).flat();
    const [made, ...more] = ofType(later, 'promo.decision');
    expect(made?.data).toMatchObject({ outcome: 'offered' });
    expect(made?.data.candidates[0]?.checks).toContainEqual({
      rule: 'dwell',
      ok: true,
      value: '30 s',
      needs: '30 s',
      saw: { say: 'seconds', with: [30] },
      wants: { say: 'seconds', with: [30] },
    });
    expect(more).toEqual([]);
  });

  it('makes one decision a visit, and a new one for a new visit', () => {
    const { store } = decisionFor([SODA_COUPON]);
    const stay = Array.from({ length: 60 }, () => [...store.wait(1), ...store.hear(`s:${ANNA}`)]).flat();
    expect(ofType(stay, 'promo.decision')).toEqual([]);
    store.wait(120);
    const again = ofType(store.enter(`s:${ANNA}`), 'promo.decision');
    expect(again.map(({ data }) => data.reason)).toEqual(['AlreadyHeld']);
  });

  it('keeps to its caps', () => {
    const capped = change({ caps: { perShopperDay: 1, perStore: 2 }, validMinutes: 1 });
    const { store, decision } = decisionFor([capped]);
    expect(decision?.candidates[0]?.checks).toContainEqual({
      rule: 'caps',
      ok: true,
      value: '0 of 1 today',
      needs: 'below 1',
      saw: { say: 'madeToday', with: [0, 1] },
      wants: { say: 'below', with: [1] },
    });
    store.wait(120);
    expect(ofType(store.enter(`s:${ANNA}`), 'promo.decision')[0]?.data.reason).toBe('FrequencyCapped');
    store.consent(BERT);
    expect(ofType(store.enter(`s:${BERT}`), 'promo.decision')[0]?.data.outcome).toBe('offered');
    store.consent('s_carla00000000');
    expect(ofType(store.enter('s:s_carla00000000'), 'promo.decision')[0]?.data.reason).toBe(
      'CampaignLimitReached',
    );
  });

  it('withholds from the comparison group what it would have offered, and nothing else', () => {
    const all = change({ experiment: { holdout: 1, seed: 'x' } });
    const { store, decision } = decisionFor([all]);
    expect(decision).toMatchObject({ outcome: 'withheld', reason: 'Withheld', offer: { sku: 'cola' } });
    expect(decision?.offer?.couponId).toBeUndefined();
    expect(ofType(store.outputs, 'coupon.issued')).toEqual([]);
    const soldOut = change({ experiment: { holdout: 1, seed: 'x' }, inventory: { minStock: 900 } });
    expect(decisionFor([soldOut]).decision?.reason).toBe('StockTooLow');
  });

  it('puts as many shoppers into the comparison group as it was told to', () => {
    const store = createStore();
    store.configure([change({ experiment: { holdout: 0.3, seed: 'share' } })]);
    const outcomes = Array.from({ length: 400 }, (_, index) => {
      const sid = `s_many${String(index).padStart(10, '0')}`;
      store.consent(sid);
      return ofType(store.enter(`s:${sid}`), 'promo.decision')[0]?.data.outcome;
    });
    const withheld = outcomes.filter((outcome) => outcome === 'withheld').length;
    expect(withheld).toBeGreaterThan(90);
    expect(withheld).toBeLessThan(150);
  });

  it('lets one of a class go first, by priority, then by liking', () => {
    const first = change({
      id: 'first',
      stacking: { exclusivity: 'soda', priority: 1 },
      products: { skus: ['cola'] },
    });
    const second = change({
      id: 'second',
      stacking: { exclusivity: 'soda' },
      products: { skus: ['ginger'] },
    });
    const third = change({ id: 'third', products: { skus: ['cola-zero'] } });
    const { decision } = decisionFor([second, third, first], (store) =>
      store.sell([{ sku: 'ginger' }], { sid: ANNA }),
    );
    expect(decision?.candidates.map(({ campaign, outcome, reason }) => [campaign, outcome, reason])).toEqual([
      ['first', 'offered', undefined],
      ['second', 'outbid', 'ExclusivityTaken'],
      ['third', 'outbid', 'Outbid'],
    ]);
  });

  it('is the same in whatever order the campaigns arrived', () => {
    const campaigns = [
      change({ id: 'a', stacking: { exclusivity: 'soda' } }),
      change({ id: 'b', stacking: { exclusivity: 'soda' }, products: { skus: ['ginger'] } }),
      change({ id: 'c', inventory: { minStock: 900 } }),
      change({ id: 'd', when: { dayparts: [{ from: '20:00', until: '21:00' }] } }),
    ];
    const decide = (order: readonly number[]) => {
      const { decision } = decisionFor(order.map((index) => campaigns[index]!));
      return JSON.stringify(decision);
    };
    for (const order of [
      [3, 2, 1, 0],
      [1, 0, 3, 2],
      [2, 3, 0, 1],
    ])
      expect(decide(order)).toBe(decide([0, 1, 2, 3]));
  });

  it('takes a similar product at a similar price where the campaign allows a substitute', () => {
    const only = { products: { skus: ['cola'] }, inventory: { minStock: 5, substitute: true } };
    const { decision } = decisionFor([change(only)], (store) =>
      store.say('shelf.reading', { shelf: 'shelf-1', sku: 'cola', count: 2 }),
    );
    expect(decision).toMatchObject({ outcome: 'offered', offer: { sku: 'cola-zero' } });
  });

  it('stays silent about people without consent, minors and strangers', () => {
    const store = createStore();
    store.configure([SODA_COUPON]);
    store.consent(ANNA, { ageBand: 'under16' });
    store.consent(BERT, { granted: false });
    const made = [...store.enter(`s:${ANNA}`), ...store.enter(`s:${BERT}`), ...store.enter('a:stranger-1')];
    expect(ofType(made, 'promo.decision')).toEqual([]);
    expect(JSON.stringify(made)).not.toContain(BERT);
  });

  it('decides at once when somebody in the aisle gives the last consent', () => {
    const store = createStore();
    store.configure([SODA_COUPON]);
    const give = (purpose: 'location' | 'profile') =>
      store.say('consent.receipt', {
        receiptId: purpose,
        sid: ANNA,
        purpose,
        granted: true,
        textVersion: '1',
        ageBand: '18+',
        validMs: 1e9,
      });
    give('location');
    expect(ofType(store.enter(`s:${ANNA}`), 'promo.decision')).toEqual([]);
    expect(ofType(give('profile'), 'promo.decision')).toHaveLength(1);
  });
});

describe('explain and simulate', () => {
  it('shows rules down and candidates across, from the event alone', () => {
    const { event } = decisionFor([
      SODA_COUPON,
      change({ id: 'late', when: { dayparts: [{ from: '20:00', until: '21:00' }] } }),
    ]);
    const why = explainDecision(JSON.parse(JSON.stringify(event)) as StoreEvent<'promo.decision'>);
    expect(why.candidates.map(({ campaign, words }) => [campaign, words])).toEqual([
      ['soda-10', undefined],
      ['late', 'not at this time'],
    ]);
    expect(why.rules.map(({ rule }) => rule)).toEqual([
      'stop',
      'consent',
      'time',
      'zone',
      'dwell',
      'stock',
      'better',
      'caps',
      'held',
      'comparison group',
      'likes',
    ]);
    expect(why.rules[2]?.checks).toEqual([
      { ok: true, value: '2026-11-23 14:00' },
      {
        ok: false,
        value: '2026-11-23 14:00',
        needs: '20:00 to 21:00',
        wants: { say: 'when', with: ['', '', '20:00', '21:00'] },
      },
    ]);
    expect(why.rules[5]?.checks[1]).toBeNull();
  });

  it('says what a decision would have been under a changed campaign', () => {
    const { decision } = decisionFor([SODA_COUPON]);
    const cheaper = simulateDecision(decision!, [change({ discount: { percent: 50 } })]);
    expect(cheaper).toMatchObject({
      differs: true,
      before: { priceMinor: 180 },
      after: { outcome: 'offered', priceMinor: 100 },
    });
    const later = simulateDecision(decision!, [
      change({ when: { dayparts: [{ from: '20:00', until: '21:00' }] } }),
    ]);
    expect(later.after).toMatchObject({ outcome: 'rejected', reason: 'OutsideTime' });
    const heldOut = simulateDecision(decision!, [change({ experiment: { holdout: 1, seed: 's' } })]);
    expect(heldOut.after.outcome).toBe('withheld');
    expect(simulateDecision(decision!, [])).toMatchObject({ differs: false });
    expect(simulateDecision(decision!, [change({ id: 'new' })])).toMatchObject({
      differs: false,
      unknown: ['new'],
    });
    expect(simulateDecision(decision!, [change({ withdrawn: true })]).after).toMatchObject({
      outcome: 'rejected',
    });
  });
});
