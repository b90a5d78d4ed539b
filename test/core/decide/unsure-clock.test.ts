import { describe, expect, it } from 'vitest';
import { ANNA, BERT, COLA_SCREEN, createStore, ofType, SODA_COUPON } from '../support/store.js';

const HAPPY_HOUR = {
  ...COLA_SCREEN,
  id: 'happy-hour',
  version: 1,
  stacking: { priority: 50 },
  products: { skus: ['ginger'] },
  when: { dayparts: [{ from: '13:00', until: '18:00' }] },
};

const shown = (store: ReturnType<typeof createStore>) =>
  store.views.signage('screen-1', store.nowMs()).slides[0]?.offer?.sku;
const clock = (store: ReturnType<typeof createStore>, word: 'sure' | 'unsure') =>
  store.say('tick', { at: new Date(store.nowMs()).toISOString(), clock: word });

describe('while the clock is not sure', () => {
  it('what runs at certain hours falls back at once, what always runs goes on, and it comes back', () => {
    const store = createStore();
    store.configure([HAPPY_HOUR, COLA_SCREEN]);
    expect(shown(store)).toBe('ginger');
    const [decision] = ofType(clock(store, 'unsure'), 'promo.decision');
    expect(shown(store)).toBe('cola');
    expect(decision?.data.candidates).toContainEqual(
      expect.objectContaining({ campaign: 'happy-hour', outcome: 'rejected', reason: 'ClockUntrusted' }),
    );
    expect(store.views.clockSure()).toBe(false);
    clock(store, 'sure');
    expect(shown(store)).toBe('ginger');
  });

  it('nobody gets a coupon, and the decision says why', () => {
    const store = createStore();
    store.configure([SODA_COUPON]);
    store.consent(ANNA);
    store.consent(BERT);
    clock(store, 'unsure');
    const made = store.enter(`s:${ANNA}`);
    expect(ofType(made, 'promo.decision')[0]?.data).toMatchObject({
      outcome: 'rejected',
      reason: 'ClockUntrusted',
    });
    expect(ofType(made, 'coupon.issued')).toHaveLength(0);
    clock(store, 'sure');
    expect(ofType(store.enter(`s:${BERT}`), 'coupon.issued')).toHaveLength(1);
  });

  it('a restart does not make it sure, and hearing it twice decides nothing twice', () => {
    const store = createStore();
    store.configure([HAPPY_HOUR, COLA_SCREEN]);
    clock(store, 'unsure');
    store.restart();
    expect(store.views.clockSure()).toBe(false);
    expect(clock(store, 'unsure')).toEqual([]);
  });
});

describe('a campaign of a screen that waits for one visitor', () => {
  it('is refused: a public screen shows nothing derived from one person', () => {
    const store = createStore();
    const lurking = { ...COLA_SCREEN, trigger: { dwellS: 8 } };
    const decisions = ofType(store.configure([lurking]), 'promo.decision');
    expect(decisions.at(-1)?.data).toMatchObject({ outcome: 'rejected', reason: 'SinglePerson' });
    expect(ofType(store.enter(`s:${ANNA}`), 'promo.decision')).toEqual([]);
    expect(shown(store)).toBeUndefined();
  });
});
