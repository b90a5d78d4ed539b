import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Campaign, StoreEvent } from '../../../edge/contracts/index.js';
import { seeded } from '../support/seed.js';
import { ANNA, BERT, COLA_SCREEN, createStore, ofType, SODA_COUPON } from '../support/store.js';

const change = (changes: Partial<Campaign>): Campaign => ({ ...COLA_SCREEN, ...changes });
const GINGER_SCREEN = change({ id: 'ginger-screen', name: 'Ginger', products: { skus: ['ginger'] } });

const onScreen = (store: ReturnType<typeof createStore>, screen = 'screen-1') => {
  const [slide] = store.views.signage(screen, store.nowMs()).slides;
  return slide?.kind === 'house' ? 'house' : slide?.offer?.sku;
};
const screenDecisions = (events: readonly StoreEvent[]) =>
  ofType(events, 'promo.decision').filter(({ data }) => data.surface === 'screen');
const count = (store: ReturnType<typeof createStore>, sku: string, pieces: number) =>
  store.say('shelf.reading', { shelf: 'shelf-1', sku, count: pieces });

describe('a public screen', () => {
  it('shows what is open to everybody, and house content where there is nothing', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    expect(onScreen(store)).toBe('cola');
    expect(onScreen(store, 'screen-2')).toBe('house');
    expect(store.views.signage('no such screen', store.nowMs()).slides[0]?.kind).toBe('house');
  });

  it('goes to the next candidate in the step in which the product is sold out, and to house content after that', () => {
    const store = createStore();
    store.configure([COLA_SCREEN, GINGER_SCREEN]);
    const [taken] = screenDecisions(count(store, 'cola', 0));
    expect(taken?.data).toMatchObject({ outcome: 'offered', offer: { sku: 'ginger' } });
    expect(taken?.data.candidates.map(({ sku, reason }) => [sku, reason])).toEqual([
      ['ginger', undefined],
      ['cola', 'SoldOut'],
    ]);
    expect(onScreen(store)).toBe('ginger');
    expect(screenDecisions(count(store, 'ginger', 0))[0]?.data).toMatchObject({
      outcome: 'rejected',
      reason: 'SoldOut',
    });
    expect(onScreen(store)).toBe('house');
    expect(screenDecisions(count(store, 'cola', 9))[0]?.data.offer?.sku).toBe('cola');
  });

  it('does the same when it is the till that sells the last one', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    store.sell([{ sku: 'cola', quantity: 29 }]);
    expect(onScreen(store)).toBe('cola');
    store.sell([{ sku: 'cola' }]);
    expect(onScreen(store)).toBe('house');
  });

  it('tells how many are left now, not how many there were', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    store.sell([{ sku: 'cola', quantity: 4 }]);
    expect(store.views.signage('screen-1', store.nowMs()).slides[0]?.offer).toMatchObject({
      piecesLeft: 26,
      piecesOf: 30,
    });
  });

  it('follows the hours of its campaigns without anything else happening', () => {
    const store = createStore();
    store.configure([change({ when: { dayparts: [{ from: '14:10', until: '14:20' }] } })]);
    expect(onScreen(store)).toBe('house');
    expect(screenDecisions(store.wait(11 * 60)).map(({ data }) => data.outcome)).toEqual(['offered']);
    expect(screenDecisions(store.wait(10 * 60)).map(({ data }) => data.reason)).toEqual(['OutsideTime']);
  });

  it('stops at once and comes back with the same offer', () => {
    const store = createStore();
    store.configure([COLA_SCREEN, SODA_COUPON]);
    store.consent(ANNA);
    store.enter(`s:${ANNA}`);
    const stop = { stopId: 'stop-1', scope: 'all' as const, reason: 'recall', by: 'staff' };
    const before = store.views.signage('screen-1', store.nowMs()).slides[0]?.offer;
    store.say('promo.stop', { ...stop, active: true });
    expect(onScreen(store)).toBe('house');
    expect(store.views.shopper(ANNA, store.nowMs())).toMatchObject({
      coupons: [{ state: 'stopped' }],
      open: [],
    });
    store.say('promo.stop', { ...stop, active: false });
    expect(store.views.signage('screen-1', store.nowMs()).slides[0]?.offer).toEqual(before);
    expect(store.views.shopper(ANNA, store.nowMs()).coupons[0]?.state).toBe('good');
  });

  const stopOf = (campaign: string, active: boolean) =>
    ({ stopId: 'stop-2', scope: { campaign }, reason: 'r', by: 'staff', active }) as const;
  const shownNow = (store: ReturnType<typeof createStore>) =>
    store.views.signage('screen-1', store.nowMs()).slides[0];

  it('brings the very decision back when a stop is undone soon, also over what took its place and a restart', () => {
    const store = createStore();
    store.configure([
      { ...COLA_SCREEN, bidMicros: 5 },
      { ...GINGER_SCREEN, bidMicros: 1 },
    ]);
    const before = shownNow(store);
    expect(before?.offer?.sku).toBe('cola');
    store.say('promo.stop', stopOf(COLA_SCREEN.id, true));
    expect(onScreen(store)).toBe('ginger');
    store.say('hq.campaign', { ...GINGER_SCREEN, version: 2, bidMicros: 9_000_000 });
    store.wait(9);
    store.restart();
    const made = store.say('promo.stop', stopOf(COLA_SCREEN.id, false));
    expect(screenDecisions(made)).toEqual([]);
    expect(shownNow(store)).toEqual(before);
    expect(store.views.story(before!.decisionId!)?.state).toBe('on-screen');
  });

  /** Everything is stopped; meanwhile something better comes up; after so many seconds it is undone. */
  const undoneAfter = (seconds: number) => {
    const store = createStore();
    store.configure([{ ...COLA_SCREEN, bidMicros: 5 }, { ...GINGER_SCREEN, bidMicros: 1 }, SODA_COUPON]);
    store.consent(ANNA);
    store.enter(`s:${ANNA}`);
    const coupons = () => store.views.shopper(ANNA, store.nowMs()).coupons;
    const before = { slide: shownNow(store), coupons: coupons() };
    const stop = { stopId: 'stop-3', scope: 'all', reason: 'recall', by: 'staff' } as const;
    store.say('promo.stop', { ...stop, active: true });
    expect([onScreen(store), coupons()[0]?.state]).toEqual(['house', 'stopped']);
    store.say('hq.campaign', { ...GINGER_SCREEN, version: 2, bidMicros: 9_000_000 });
    store.wait(seconds);
    const made = screenDecisions(store.say('promo.stop', { ...stop, active: false }));
    return { before, after: { slide: shownNow(store), coupons: coupons() }, made };
  };

  it.each([0, 9.9, 10, 15])(
    'undone after %d s, the very same ones are back, on screens and on phones',
    (seconds) => {
      const { before, after, made } = undoneAfter(seconds);
      expect(before.slide?.offer?.sku).toBe('cola');
      expect(before.coupons.map(({ state }) => state)).toEqual(['good']);
      expect(after).toEqual(before);
      expect(made).toEqual([]);
    },
  );

  it.each([15.001, 60])(
    'undone after %d s, the coupon is back and the screen shows what would win by then',
    (seconds) => {
      const { before, after, made } = undoneAfter(seconds);
      expect(after.coupons).toEqual(before.coupons);
      expect(after.slide?.offer?.sku).toBe('ginger');
      expect(made.map(({ data }) => data.offer?.sku)).toEqual(['ginger']);
    },
  );

  it('decides anew when the undo comes late and something better stands there, or the offer is no longer good', () => {
    for (const spoil of ['late', 'sold out'] as const) {
      const store = createStore();
      store.configure([
        { ...COLA_SCREEN, bidMicros: 5 },
        { ...GINGER_SCREEN, bidMicros: 1 },
      ]);
      store.say('promo.stop', stopOf(COLA_SCREEN.id, true));
      if (spoil === 'late') {
        store.wait(60);
        store.say('hq.campaign', { ...GINGER_SCREEN, version: 2, bidMicros: 9_000_000 });
      } else count(store, 'cola', 0);
      store.say('promo.stop', stopOf(COLA_SCREEN.id, false));
      expect(`${spoil} ${onScreen(store)}`).toBe(`${spoil} ginger`);
    }
    const store = createStore();
    store.configure([COLA_SCREEN]);
    store.say('promo.stop', stopOf(COLA_SCREEN.id, true));
    store.say('hq.campaign', { ...COLA_SCREEN, version: 2, discount: { amountMinor: 10 } });
    const made = store.say('promo.stop', stopOf(COLA_SCREEN.id, false));
    expect(screenDecisions(made)[0]?.data.offer?.priceMinor).toBe(190);
  });

  it('does not flap: people, sales and readings that change nothing make no decision', () => {
    const store = createStore();
    store.configure([
      change({ products: { category: 'soda', choose: 'best-stocked' } }),
      change({ id: 'second', bidMicros: 0 }),
    ]);
    const made = [0, 1, 2, 3, 4, 5].flatMap((index) => [
      ...store.enter(`a:visitor-${index}`),
      ...store.sell([{ sku: 'cola', quantity: 2 }]),
      ...count(store, 'ginger', 19 - index),
      ...store.wait(90),
    ]);
    expect(screenDecisions(made)).toEqual([]);
  });

  it('follows a better offer at once when somebody puts one up', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    store.say('hq.campaign', { ...GINGER_SCREEN, bidMicros: 9_000_000 });
    expect(onScreen(store)).toBe('ginger');
  });

  it('listens to a group, after people had time to read what is up', () => {
    const bread = change({ id: 'bread', products: { skus: ['rye'] }, stacking: { priority: 0 } });
    const store = createStore();
    store.configure([GINGER_SCREEN, bread, COLA_SCREEN]);
    expect(onScreen(store)).toBe('rye');
    for (const sid of [ANNA, BERT]) {
      store.consent(sid);
      store.sell([{ sku: 'ginger' }], { sid });
    }
    expect(screenDecisions(store.enter(`s:${ANNA}`))).toEqual([]);
    const early = store.enter(`s:${BERT}`);
    expect(screenDecisions(early)).toEqual([]);
    const together = store.wait(20);
    expect(screenDecisions(together).map(({ data }) => data.offer?.sku)).toEqual(['ginger']);
    expect(screenDecisions(together)[0]?.data.inputs).toMatchObject({ audience: 2 });
  });

  it('shows nothing that is derived from one person', () => {
    const screens = (histories: readonly (readonly string[])[], crowd: number) => {
      const store = createStore();
      store.configure([
        change({ products: { category: 'soda', choose: 'favourite' } }),
        GINGER_SCREEN,
        SODA_COUPON,
      ]);
      histories.forEach((history, index) => {
        const sid = `s_person${String(index).padStart(9, '0')}`;
        store.consent(sid);
        // Everybody buys as often, so that stock and figures are the same whatever they like.
        for (const sku of history) store.sell([{ sku }], { sid });
        for (const sku of ['cola', 'cola-zero', 'ginger']) {
          store.say('shelf.reading', { shelf: 'shelf-1', sku, count: 25 });
        }
        store.enter(`s:${sid}`);
      });
      for (let index = 0; index < crowd; index += 1) store.enter(`a:stranger-${index}`);
      store.wait(30);
      // Have every screen decide anew with exactly these people in front of it.
      const stop = { stopId: 's', scope: 'all' as const, reason: 'look again', by: 'staff' };
      for (const active of [true, false]) store.say('promo.stop', { ...stop, active });
      return screenDecisions(store.outputs).map(
        ({ data: { decisionId: _id, storyId: _story, ...data } }) => data,
      );
    };
    const history = fc.array(fc.constantFrom('cola', 'cola-zero', 'ginger'), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(history, history, fc.nat(3), fc.nat(3), (one, other, crowd, companions) => {
        // Companions consent too, but nothing is known of them: what one of them likes is still one person's taste.
        const unknown = Array.from({ length: companions }, () => []);
        const shown = screens([one, ...unknown], crowd);
        expect(shown).toEqual(screens([other, ...unknown], crowd));
        for (const { inputs } of shown) expect(inputs['audience']).not.toBe(1);
      }),
      seeded(40),
    );
    // Negative control: two who agree do change it, so the history was there to be used.
    const agreed = (sku: string) =>
      screens(
        [
          [sku, sku, sku],
          [sku, sku, sku],
        ],
        0,
      );
    expect(agreed('ginger')).not.toEqual(agreed('cola-zero'));
  });
});
