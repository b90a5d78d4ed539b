import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../edge/contracts/index.js';
import { ANNA, BERT, COLA_SCREEN, createStore, ofType } from '../support/store.js';

const HINT: Campaign = {
  id: 'rye-today',
  version: 1,
  name: 'Rye bread is warm',
  kind: 'hint',
  products: { skus: ['cola'] },
  discount: {},
  where: { zones: ['beverages'] },
};
const change = (changes: Partial<Campaign>): Campaign => ({ ...HINT, ...changes });

function storeWith(campaign: Campaign, ...more: readonly Campaign[]) {
  const store = createStore();
  store.configure([campaign, ...more]);
  store.consent(ANNA);
  return store;
}

type Store = ReturnType<typeof createStore>;
const heardAgain = (store: Store, seq?: number, sid = ANNA) =>
  ofType(
    store.say('presence.sighting', {
      visitor: `s:${sid}`,
      node: 'node-1',
      rssi: -50,
      ...(seq === undefined ? {} : { seq }),
    }),
    'promo.decision',
  );

describe('a hint', () => {
  it('is given at each sighting in its zone, says which, and issues, holds and tells nothing else', () => {
    const store = storeWith(HINT);
    store.enter(`s:${ANNA}`);
    for (const seq of [7, 8, 9]) {
      expect(heardAgain(store, seq).map(({ data }) => data)).toMatchObject([
        {
          outcome: 'offered',
          surface: 'phone',
          zone: 'beverages',
          sid: ANNA,
          campaign: 'rye-today',
          offer: { sku: 'cola', priceMinor: 200, wasMinor: 200 },
          inputs: { sighting: { node: 'node-1', seq } },
        },
      ]);
    }
    expect(ofType(store.outputs, 'coupon.issued')).toEqual([]);
    expect(store.views.stories({ limit: 10 }).stories).toEqual([]);
    expect(heardAgain(store)[0]?.data.offer?.couponId).toBeUndefined();
  });

  it('is given to nobody outside its zone, to no stranger, and to no one who did not agree', () => {
    const store = storeWith(HINT);
    store.enter(`s:${ANNA}`, 'node-2');
    store.enter('a:somebody');
    store.say('loyalty.profile', { sid: BERT, change: 'created' });
    store.enter(`s:${BERT}`);
    expect(ofType(store.outputs, 'promo.decision')).toEqual([]);
  });

  it('is not repeated for a reading that is a repeat', () => {
    const store = storeWith(HINT);
    store.enter(`s:${ANNA}`);
    expect(heardAgain(store, 7)).toHaveLength(1);
    expect(heardAgain(store, 7)).toHaveLength(0);
  });

  it('keeps its caps, and says once a visit why it is not given', () => {
    const store = storeWith(change({ caps: { perShopperDay: 2 } }));
    store.enter(`s:${ANNA}`);
    const decisions = ofType(store.outputs, 'promo.decision').map(({ data }) => data);
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['offered', 'offered', 'rejected']);
    expect(decisions.at(-1)?.reason).toBe('FrequencyCapped');
    expect(heardAgain(store)).toEqual([]);
    store.enter(`s:${ANNA}`, 'node-2');
    store.enter(`s:${ANNA}`);
    const again = ofType(store.outputs, 'promo.decision').slice(decisions.length);
    expect(again.map(({ data }) => data.outcome)).toEqual(['rejected']);
  });

  it('yields to an offer that a screen makes everybody', () => {
    const store = storeWith(HINT, COLA_SCREEN);
    store.enter(`s:${ANNA}`);
    const [decision] = ofType(store.outputs, 'promo.decision').filter(({ data }) => data.surface === 'phone');
    expect(decision?.data).toMatchObject({ outcome: 'rejected', reason: 'OpenOfferBetter' });
  });

  it('is withheld from the comparison group, who learn nothing of it', () => {
    const store = storeWith(change({ experiment: { holdout: 1, seed: 'all' } }));
    store.enter(`s:${ANNA}`);
    expect(heardAgain(store)).toMatchObject([{ data: { outcome: 'withheld' } }]);
    expect(store.views.shopper(ANNA, store.nowMs()).hints).toEqual([]);
  });
});

describe('the hints on the own page', () => {
  const hints = (store: Store) => store.views.shopper(ANNA, store.nowMs()).hints;
  const given = () => {
    const store = storeWith(HINT);
    store.enter(`s:${ANNA}`);
    heardAgain(store);
    return store;
  };

  it('are the newest of each campaign, and survive a restart', () => {
    const store = given();
    const [latest] = heardAgain(store);
    store.restart();
    expect(hints(store)).toEqual([{ decisionId: latest?.data.decisionId, offer: latest?.data.offer }]);
  });

  it('end with their time, a stop, a consent that ends, and the person', () => {
    const store = given();
    store.say('promo.stop', { stopId: 'x', scope: 'all', reason: 'test', active: true, by: 'test' });
    expect(hints(store)).toEqual([]);
    store.say('promo.stop', { stopId: 'x', scope: 'all', reason: 'test', active: false, by: 'test' });
    expect(hints(store)).toHaveLength(1);
    expect(store.views.shopper(ANNA, store.nowMs() + 15 * 60_000).hints).toEqual([]);
    store.say('consent.withdrawn', { receiptId: 'w-1', sid: ANNA, purpose: 'location' });
    expect(hints(store)).toEqual([]);
    const other = given();
    other.say('erasure.done', { sid: ANNA, receiptId: 'e-1', asked: 'desk' });
    expect(other.core.serialise()).not.toContain(`"${ANNA}",[{"campaign"`);
  });
});
