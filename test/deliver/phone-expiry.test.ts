import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../edge/config/load.js';
import { startTestStore, type TestStore } from '../serve/support.js';
import { until } from '../support/until.js';

let store: TestStore;
const TAG = 'iBeacon:e5ca1ade-f007-ba11-0000-000000000001-1-2';

/** One coupon, good for three seconds, for whoever stands in the aisle. */
function brief(config: Config): Config {
  const { experiment: _experiment, trigger: _trigger, stacking: _stacking, ...rest } = config.campaigns[0]!;
  return { ...config, campaigns: [{ ...rest, products: { skus: ['DRK-1001'] }, validMinutes: 0.05 }] };
}
const sent = async (): Promise<object[]> => {
  const { body } = await store.call('/v1/topics/push.sent/events', { token: store.token('admin') });
  return body.events.map(({ data }: { data: object }) => data);
};

beforeAll(async () => {
  store = await startTestStore(brief);
});
afterAll(() => store.remove());

describe('a personal offer that nobody saw', () => {
  it('is written off once when its time is over, also when the store was down at that moment', async () => {
    const token = store.token('associate');
    const { sid } = (await store.call('/v1/shoppers', { token, method: 'POST' })).body;
    await store.call(`/v1/shoppers/${sid}/tags`, { token, body: { tag: TAG } });
    for (const purpose of ['location', 'profile', 'push']) {
      const body = { sid, purpose, granted: true, textVersion: '1', ageBand: '18+' };
      await store.call('/v1/consents', { token, body });
    }
    const { id, token: password } = store.app.auth.registerDevice({ name: 'beverages-1', kind: 'device' });
    const node = await connectAsync(store.app.mqttUrl, { username: id, password, clientId: id });
    const coupons = () => store.app.engine.views.shopper(sid, Date.now()).coupons;
    await until(
      async () => {
        await node.publishAsync(
          `espresense/devices/${TAG}/beverages-1`,
          JSON.stringify({ id: TAG, rssi: -50 }),
          { qos: 1 },
        );
        return coupons().length > 0;
      },
      { withinMs: 15_000, what: 'a coupon', everyMs: 200 },
    );
    await node.endAsync();
    const { decisionId } = coupons()[0]!;
    expect(await sent()).toEqual([]);
    store = await store.restart();
    const expired = { decisionId, sid, channel: 'socket', outcome: 'expired', reason: 'DeadlinePassed' };
    await until(async () => (await sent()).length > 0, {
      withinMs: 10_000,
      what: 'the offer to be written off',
    });
    store = await store.restart();
    expect(await sent()).toEqual([expired]);
  });
});
