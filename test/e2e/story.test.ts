import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Story } from '../../edge/contracts/index.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';

/** The story of the README, by hand: one tag, one consented shopper, one coupon, one till. */
describe('one story, from beacon to till', () => {
  let store: RunningStore;
  let nodes: MqttClient[] = [];
  const tag = 'iBeacon:e5ca1ade-f007-ba11-0000-000000000000-7-42';

  beforeAll(async () => {
    // Without a comparison group: one shopper in ten would get nothing, and the story would have no end.
    store = await startStore({
      changeCampaigns: (yaml) => yaml.replaceAll(/holdout: [0-9.]+/g, 'holdout: 0'),
    });
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.endAsync(true)));
    await store?.remove();
  });

  async function post<T>(path: string, body: unknown): Promise<{ status: number; body: T }> {
    const answer = await store.call(path, { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }
  async function events(topic: string): Promise<{ data: Record<string, unknown> }[]> {
    const page = (await (await store.call(`/v1/topics/${topic}/events?limit=100`)).json()) as {
      events: { data: Record<string, unknown> }[];
    };
    return page.events;
  }
  async function node(name: string): Promise<MqttClient> {
    const device = await post<{ id: string; token: string }>('/v1/devices', { name, kind: 'device' });
    expect(device.status).toBe(201);
    const client = await connectAsync(store.mqttUrl, {
      username: device.body.id,
      password: device.body.token,
      clientId: device.body.id,
    });
    nodes = [...nodes, client];
    return client;
  }

  it('goes from the aisle to the till, each step in the story', async () => {
    const shopper = await post<{ sid: string; link: string }>('/v1/shoppers', {});
    expect(shopper.status).toBe(201);
    const { sid } = shopper.body;
    expect((await post(`/v1/shoppers/${sid}/tags`, { tag })).status).toBeLessThan(300);
    for (const purpose of ['location', 'profile']) {
      const receipt = await post('/v1/consents', {
        sid,
        purpose,
        granted: true,
        textVersion: '2026-11',
        ageBand: '18+',
      });
      expect(receipt.status).toBe(201);
    }
    const near = await node('beverages-2');
    const far = await node('bakery-1');
    const stop = new AbortController();
    const hear = (client: MqttClient, name: string, rssi: number) =>
      client.publishAsync(
        `espresense/devices/${tag}/${name}`,
        JSON.stringify({ id: tag, rssi, 'rssi@1m': -59, distance: 2.1 }),
        { qos: 1 },
      );
    const walking = (async () => {
      while (!stop.signal.aborted) {
        await Promise.all([hear(near, 'beverages-2', -58), hear(far, 'bakery-1', -84)]);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    })();
    const issued = await until(
      async () => (await events('coupon.issued')).find((event) => event.data['sid'] === sid),
      {
        withinMs: 25_000,
        what: 'a coupon for the shopper in the beverage aisle',
      },
    );
    stop.abort();
    await walking;
    const place = { till: 'till-2', businessDay: '2026-11-23', sequence: 1041 };
    const code = issued.data['code'] as string;
    const redeemed = await post<{ ok: boolean }>('/v1/pos/coupons/redeem', { code, ...place });
    expect(redeemed).toMatchObject({ status: 200, body: { ok: true } });
    const again = await post('/v1/pos/coupons/redeem', { code, ...place });
    expect(again).toMatchObject({ status: 200, body: redeemed.body });
    const elsewhere = await post('/v1/pos/coupons/redeem', { code, ...place, till: 'till-3' });
    expect(elsewhere).toMatchObject({
      status: 409,
      body: { reason: 'CouponUsed', usedAt: { till: 'till-2' } },
    });
    const { stories } = (await (await store.call('/v1/stories')).json()) as { stories: Story[] };
    const story = stories.find((one) => one.surface === 'phone');
    expect(story?.state).toBe('taken');
    expect(story?.steps.map((step) => step.step)).toEqual(['entered', 'decided', 'redeemed']);
  });

  it('says why it was decided so, and what another rule would have done', async () => {
    const { stories } = (await (await store.call('/v1/stories?state=taken')).json()) as { stories: Story[] };
    const id = stories[0]!.id;
    const why = await post<{ outcome: string; rules: { rule: string }[] }>('/v1/explain', { id });
    expect(why.body).toMatchObject({ outcome: 'offered', decisionId: id });
    expect(why.body.rules.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['consent', 'dwell', 'stock', 'better']),
    );
    const campaign = (await events('hq.campaign')).find(
      ({ data }) => data['id'] === stories[0]!.campaign,
    )!.data;
    const generous = { ...campaign, discount: { percent: 50 } };
    const one = await post<{ differs: boolean }>('/v1/simulate', { id, campaigns: [generous] });
    expect(one.body.differs).toBe(true);
    expect(
      (await post<{ differs: boolean }>('/v1/simulate', { id, campaigns: [campaign] })).body.differs,
    ).toBe(false);
    const range = await post<{ differences: number }>('/v1/simulate', { campaigns: [generous] });
    expect(range.body.differences).toBeGreaterThan(0);
  });

  it('writes no raw tag anywhere', async () => {
    const { execFileSync } = await import('node:child_process');
    const hits = () => execFileSync('grep', ['-rlai', 'e5ca1ade-f007', store.data], { encoding: 'utf8' });
    expect(hits).toThrow();
  });
});
