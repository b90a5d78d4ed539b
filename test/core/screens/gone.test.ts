import { expect, it } from 'vitest';
import type { StorePolicy } from '../../../edge/contracts/index.js';
import { ANNA, COLA_SCREEN, createStore, ofType, SODA_COUPON } from '../support/store.js';

type Store = ReturnType<typeof createStore>;

/** Cola is open to everybody on screen-1, for less than any coupon on it would make it. */
function setUp(): Store {
  const store = createStore();
  store.configure([COLA_SCREEN, { ...SODA_COUPON, products: { skus: ['cola'] } }]);
  store.say('device.online', { device: 'screen-1', kind: 'screen' });
  return store;
}
function keepOnly(store: Store, screen: string): void {
  const policy = store.views.policy() as StorePolicy;
  store.say('hq.policy', { ...policy, screens: policy.screens.filter(({ id }) => id === screen) });
}
const offerTo = (store: Store) => {
  store.consent(ANNA);
  const made = [...store.enter(`s:${ANNA}`), ...store.wait(5)];
  return ofType(made, 'promo.decision')
    .filter(({ data }) => data.surface === 'phone')
    .map(({ data }) => data.outcome);
};
const stories = (store: Store) =>
  store.views
    .stories({ limit: 10 })
    .stories.flatMap(({ screen, state }) => (screen === 'screen-1' ? [state] : []));
const devices = (store: Store) => store.views.devices().map(({ device }) => device);

it('forgets a screen that the policy names no more: its price, its story, and that it is silent', () => {
  const store = setUp();
  expect(stories(store)).toEqual(['on-screen']);
  expect(devices(store)).toContain('screen-1');
  keepOnly(store, 'screen-2');
  store.say('device.offline', { device: 'screen-1', kind: 'screen', reason: 'did not come back' });
  expect(stories(store)).toEqual(['expired']);
  expect(devices(store)).not.toContain('screen-1');
  expect(offerTo(store)).toEqual(['offered']);
});

it('keeps a screen that stays, whoever named it', () => {
  const store = setUp();
  keepOnly(store, 'screen-1');
  store.say('device.offline', { device: 'screen-1', kind: 'screen' });
  expect(stories(store)).toEqual(['on-screen']);
  expect(devices(store)).toContain('screen-1');
  expect(offerTo(store)).toEqual(['rejected']);
});
