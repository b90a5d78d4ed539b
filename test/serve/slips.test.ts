import { once } from 'node:events';
import { connect } from 'node:net';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COUPON_CODE_CHARACTERS_MAX, type StoreEvent } from '../../edge/contracts/index.js';
import { until } from '../support/until.js';
import { type Answer, startTestStore, type TestStore } from './support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

const reasonOf = ({ status, body }: Answer): unknown[] => [status, body.reason, body.field];

describe('a cursor', () => {
  const stories = (query: string) => store.call(`/v1/stories?${query}`, { token: store.token('viewer') });

  it('of stories that is none is refused, and so is one that lies ahead of them', async () => {
    const { next } = (await stories('limit=1')).body;
    expect((await stories(`after=${next}`)).status).toBe(200);
    expect(reasonOf(await stories('after=zz'))).toEqual([422, 'SchemaMismatch', '/after']);
    expect(reasonOf(await stories('after=szzzzz'))).toEqual([410, 'CursorGone', '/after']);
  });

  it('of a consumer group is refused by the topic under which it stands', async () => {
    const answer = await store.call('/v1/consumers/group/offsets', {
      method: 'PUT',
      token: store.token('admin'),
      body: { offsets: { tick: 'zz' } },
    });
    expect(reasonOf(answer)).toEqual([422, 'SchemaMismatch', '/offsets/tick']);
  });
});

it('the code of a coupon has one length, on the page and at the till', async () => {
  const page = (await store.call('/v1/openapi.json')).body;
  const { schema } = page.paths['/v1/pos/coupons/redeem'].post.requestBody.content['application/json'];
  const { minLength, maxLength } = schema.properties.code;
  expect([minLength, maxLength]).toEqual([13, COUPON_CODE_CHARACTERS_MAX]);
  const redeem = (code: string) =>
    store.call('/v1/pos/coupons/redeem', {
      token: store.token('till', 'till-1'),
      body: { code, till: 'till-1', businessDay: '2026-11-23', sequence: 1 },
    });
  expect(reasonOf(await redeem('x'.repeat(minLength - 1)))).toEqual([422, 'SchemaMismatch', '/code']);
  expect(reasonOf(await redeem('x'.repeat(maxLength)))).toEqual([422, 'CouponSignature', '/code']);
  expect(reasonOf(await redeem('x'.repeat(maxLength + 1)))).toEqual([422, 'SchemaMismatch', '/code']);
});

describe('explaining', () => {
  const explain = (id: string) => store.call('/v1/explain', { token: store.token('viewer'), body: { id } });
  const eventsOf = async (type: string): Promise<StoreEvent[]> =>
    (await store.call(`/v1/topics/${type}/events`, { token: store.token('admin') })).body.events;

  it('goes from what came of a decision back to it: the coupon, its redemption, the sale', async () => {
    const coupon = await someCoupon();
    const sale = await sell({ couponCode: coupon.data.code, sku: coupon.data.sku });
    expect(sale.status).toBe(201);
    const redeemed = await until(async () => (await eventsOf('coupon.redeemed'))[0], {
      withinMs: 5_000,
      what: 'the redemption',
    });
    for (const id of [coupon.data.decisionId, coupon.id, redeemed.id, sale.body.id]) {
      const { status, body } = await explain(id);
      expect([id, status]).toEqual([id, 200]);
      expect(JSON.stringify(body)).toContain(coupon.data.decisionId);
    }
  });

  it('says what can be explained where no decision led to an event', async () => {
    const [policy] = await eventsOf('hq.policy');
    const answer = await explain(policy!.id);
    expect(reasonOf(answer)).toEqual([404, 'NotFound', '/id']);
    expect(answer.body.detail).toMatch(/is a hq\.policy .* coupon\.issued/);
    expect((await explain('none')).body.detail).toBe('no decision none is held');
  });

  /** Shoppers walk in until one of them gets a coupon: one in ten is in the comparison group. */
  async function someCoupon(): Promise<StoreEvent<'coupon.issued'>> {
    const device = store.app.auth.registerDevice({ name: 'beverages-2', kind: 'device' });
    const node = await connectAsync(store.app.mqttUrl, {
      username: device.id,
      password: device.token,
      clientId: device.id,
    });
    const token = store.token('associate');
    const tags = [1, 2, 3].map((minor) => `iBeacon:e5ca1ade-f007-ba11-0000-000000000000-8-${minor}`);
    for (const tag of tags) {
      const { sid } = (await store.call('/v1/shoppers', { token, method: 'POST' })).body;
      await store.call(`/v1/shoppers/${sid}/tags`, { token, body: { tag } });
      for (const purpose of ['location', 'profile']) {
        const consent = { sid, purpose, granted: true, ageBand: '18+', textVersion: '2026-11' };
        await store.call('/v1/consents', { token, body: consent });
      }
    }
    const issued = await until(
      async () => {
        for (const id of tags) {
          const heard = { id, rssi: -58, 'rssi@1m': -59, distance: 1.2 };
          await node.publishAsync(`espresense/devices/${id}/beverages-2`, JSON.stringify(heard), { qos: 1 });
        }
        return (await eventsOf('coupon.issued'))[0];
      },
      { withinMs: 20_000, what: 'a coupon' },
    );
    await node.endAsync();
    return issued as StoreEvent<'coupon.issued'>;
  }
});

const sell = ({ currency = 'EUR', ...line }: { couponCode?: string; sku?: string; currency?: string }) =>
  store.call('/v1/pos/transactions', {
    token: store.token('till', 'till-1'),
    body: {
      ...{ store: store.config.policy.store.id, till: 'till-1', businessDay: '2026-11-23', sequence: 7 },
      ...{ type: 'sale', currency, tenders: [], totalMinor: 349 },
      lines: [
        { line: 1, sku: 'DRK-1001', quantity: 1, unitMinor: 349, totalMinor: 349, kind: 'sale', ...line },
      ],
    },
  });

it('a sale in another currency is refused by its field, and set aside to be seen', async () => {
  const answer = await sell({ currency: 'GBP' });
  expect(reasonOf(answer)).toEqual([422, 'WrongCurrency', '/currency']);
  expect(answer.body.detail).toContain('counts in EUR, the transaction is in GBP');
  const { records } = (await store.call('/v1/quarantine', { token: store.token('associate') })).body;
  expect(records[0]).toMatchObject({ reason: 'WrongCurrency' });
});

it('a stop of a campaign that does not exist is refused, and stops nothing', async () => {
  const token = store.token('associate');
  const stop = (campaign: string) =>
    store.call('/v1/stop', { token, body: { scope: { campaign }, reason: 'recall' } });
  expect(reasonOf(await stop('favourite-drnk'))).toEqual([404, 'NotFound', '/scope/campaign']);
  expect((await store.call('/v1/stop', { token })).body.stops).toEqual([]);
  const { status, body } = await stop('favourite-drink');
  expect(status).toBe(201);
  await store.call(`/v1/stop/${body.id}`, { token, method: 'DELETE' });
});

describe('what is no request', () => {
  async function answerTo(
    text: string,
  ): Promise<{ head: string; problem: { status: number; reason: string } }> {
    const { hostname, port } = new URL(store.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain('application/problem+json');
    return { head, problem: JSON.parse(body) };
  }

  it('is told so as a problem document: too large headers, and no HTTP', async () => {
    const large = await answerTo(
      `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(large.head).toMatch(/^HTTP\/1\.1 431 /);
    expect(large.problem).toMatchObject({ status: 431, reason: 'HeadersTooLarge' });
    const none = await answerTo('hello\r\n\r\n');
    expect(none.head).toMatch(/^HTTP\/1\.1 400 /);
    expect(none.problem).toMatchObject({ status: 400, reason: 'MalformedRequest' });
  });
});
