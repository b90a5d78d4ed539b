import { connectAsync, type MqttClient } from 'mqtt';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../edge/config/load.js';
import type { ShopperView } from '../../edge/contracts/index.js';
import { joinOutcome, startTestStore, type TestStore } from '../serve/support.js';
import { until } from '../support/until.js';

let store: TestStore;
let node: MqttClient;
const decisions: { topic: string; text: string }[] = [];
const NODES = ['beverages-1'];

/** Everybody who stands in the beverage aisle gets elderflower, without waiting and without a comparison group. */
function eager(config: Config): Config {
  const [coupon] = config.campaigns;
  const { experiment: _experiment, trigger: _trigger, stacking: _stacking, ...rest } = coupon!;
  const products = { skus: ['DRK-1001'], choose: 'first' as const };
  const others = config.campaigns.filter(({ kind }) => kind === 'display');
  return { ...config, campaigns: [{ ...rest, products }, ...others] };
}

async function arrive(granted: boolean): Promise<{ sid: string; tag: string; cookie: string }> {
  const token = store.token('associate');
  const { sid, link } = (await store.call('/v1/shoppers', { token, method: 'POST' })).body;
  const tag = `iBeacon:e5ca1ade-f007-ba11-0000-${Math.random().toString(16).slice(2, 14).padEnd(12, '0')}-1-2`;
  await store.call(`/v1/shoppers/${sid}/tags`, { token, body: { tag } });
  for (const purpose of ['location', 'profile', 'push', 'measurement']) {
    const body = { sid, purpose, granted, textVersion: '2026-11', ageBand: '18+' };
    expect((await store.call('/v1/consents', { token, body })).status).toBe(201);
  }
  const page = await store.call(link.slice(store.url.length));
  expect(page.status).toBe(303);
  return { sid, tag, cookie: page.headers.get('set-cookie')!.split(';')[0]! };
}

/** A phone in the aisle, heard until `until` holds. */
async function walk(tag: string, done: () => boolean, what: string): Promise<void> {
  await until(
    async () => {
      const body = JSON.stringify({ id: tag, rssi: -55, distance: 1.2 });
      await node.publishAsync(`espresense/devices/${tag}/${NODES[0]}`, body, { qos: 1 });
      return done();
    },
    { withinMs: 15_000, what, everyMs: 200 },
  );
}

async function openPage(cookie: string): Promise<{ socket: Socket; views: ShopperView[] }> {
  const socket = store.socket('/shopper', {}, { cookie });
  const views: ShopperView[] = [];
  socket.on('view', (view: ShopperView) => views.push(view));
  expect(await joinOutcome(socket)).toBe('connected');
  return { socket, views };
}

const events = async (type: string): Promise<Record<string, unknown>[]> => {
  const { body } = await store.call(`/v1/topics/${type}/events?limit=1000`, { token: store.token('admin') });
  return body.events.map(({ data }: { data: object }) => data);
};

beforeAll(async () => {
  store = await startTestStore(eager);
  const { id, token } = store.app.auth.registerDevice({ name: NODES[0]!, kind: 'device' });
  node = await connectAsync(store.app.mqttUrl, { username: id, password: token, clientId: id });
  await node.subscribeAsync('endcap/v1/decision/#');
  node.on('message', (topic, bytes) => decisions.push({ topic, text: bytes.toString() }));
});
afterAll(async () => {
  await node.endAsync();
  await store.remove();
});

describe('the hand that reaches the own phone', () => {
  it('shows the offer on the open page, confirms it once, and the till takes it once', async () => {
    const shopper = await arrive(true);
    const { socket, views } = await openPage(shopper.cookie);
    const coupon = () => views[views.length - 1]?.coupons[0];
    await walk(shopper.tag, () => coupon() !== undefined, 'a coupon on the page');
    const { decisionId, code, token, offer } = coupon()!;
    const seen = (): Promise<{ ok: boolean }> => socket.timeout(5_000).emitWithAck('seen', { decisionId });
    expect(await Promise.all([seen(), seen()])).toEqual([{ ok: true }, { ok: true }]);
    expect(await events('push.sent')).toEqual([
      { decisionId, sid: shopper.sid, channel: 'socket', outcome: 'sent' },
    ]);

    const till = store.token('till', 'till-1');
    const at = { till: 'till-1', businessDay: '2026-11-23', sequence: 1 };
    const verified = await store.call('/v1/pos/coupons/verify', {
      token: till,
      body: { code: token, ...at },
    });
    expect(verified.body).toMatchObject({ ok: true, sku: offer.sku });
    const redeem = (sequence: number) =>
      store.call('/v1/pos/coupons/redeem', { token: till, body: { code, ...at, sequence } });
    expect((await redeem(1)).status).toBe(200);
    expect((await redeem(1)).status).toBe(200);
    const second = await redeem(2);
    expect([second.status, second.body.reason]).toEqual([409, 'CouponUsed']);
    expect(second.body.usedAt).toMatchObject(at);
    await until(() => coupon()?.state === 'taken', { withinMs: 5_000, what: 'the page to show it as taken' });
  });

  it('shows a shopper nothing of another one', async () => {
    const [mine, theirs] = [await arrive(true), await arrive(true)];
    const page = await openPage(mine.cookie);
    await walk(theirs.tag, () => decisionsOf(theirs.sid).length > 0, 'a decision for the other');
    expect(page.views.every((view) => view.sid === mine.sid && view.coupons.length === 0)).toBe(true);
    const peek = await store.call(`/v1/shoppers/${theirs.sid}`, { headers: { cookie: mine.cookie } });
    expect([peek.status, peek.body.reason]).toEqual([403, 'NotAllowed']);
    const own = await store.call(`/v1/shoppers/${mine.sid}`, { headers: { cookie: mine.cookie } });
    expect(own.body.sid).toBe(mine.sid);
    const foreign = await page.socket
      .timeout(5_000)
      .emitWithAck('seen', { decisionId: decisionsOf(theirs.sid)[0]! });
    expect(foreign).toEqual({ ok: true });
    expect((await events('push.sent')).map(({ decisionId }) => decisionId)).not.toContain(
      decisionsOf(theirs.sid)[0],
    );
  });

  it('never tells the local listeners what is personal', async () => {
    const token = store.token('associate');
    // Sold out and there again: the screens of the aisle decide anew.
    for (const count of [0, 40]) {
      const answer = await store.call('/v1/stock/DRK-1001/count', { token, body: { count } });
      expect(answer.status).toBe(201);
    }
    await until(() => decisions.length > 0, { withinMs: 10_000, what: 'a public decision' });
    for (const { topic, text } of decisions) {
      expect(topic).toMatch(/^endcap\/v1\/decision\/[a-z0-9-]+$/);
      expect(text).not.toMatch(/s_[A-Za-z0-9_-]{10,}|couponId|"why"|candidates|inputs/);
      const { outcome, offer } = JSON.parse(text).data;
      expect(offer?.sku !== undefined).toBe(outcome === 'offered');
    }
  });
});

function decisionsOf(sid: string): string[] {
  const { stories } = store.app.engine.views.stories({ limit: 200 });
  const coupons = store.app.engine.views.shopper(sid, Date.now()).coupons;
  return coupons.map(({ decisionId }) => decisionId).filter((id) => stories.length > 0 && id !== '');
}
