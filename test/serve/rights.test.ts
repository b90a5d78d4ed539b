import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShopperErased, ShopperView, StaffNow, Story } from '../../edge/contracts/index.js';
import { until } from '../support/until.js';
import { payloads, startTestStore, type TestStore } from './support.js';

const NODE = 'beverages-2';
const WITHIN_MS = 1_000;

interface Shopper {
  readonly sid: string;
  readonly tag: string;
  readonly cookie: string;
}

let store: TestStore;
let node: MqttClient;
let made = 0;

async function arrive(
  ageBand = '18+',
  granted: readonly string[] = ['location', 'profile'],
): Promise<Shopper> {
  made += 1;
  const tag = `iBeacon:e5ca1ade-f007-ba11-0000-000000000000-9-${made}`;
  const token = store.token('associate');
  const { sid, link } = (await store.call('/v1/shoppers', { token, method: 'POST' })).body;
  await store.call(`/v1/shoppers/${sid}/tags`, { token, body: { tag } });
  for (const purpose of granted) await say({ sid, purpose, granted: true, ageBand });
  const opened = await fetch(link, { redirect: 'manual' });
  const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
  return { sid, tag, cookie };
}

const say = (
  what: { sid: string; purpose: string; granted: boolean; ageBand: string },
  textVersion = '2026-11',
) => store.call('/v1/consents', { token: store.token('associate'), body: { ...what, textVersion } });

const mine = async ({ sid, cookie }: Shopper, path = '') =>
  store.call(`/v1/shoppers/${sid}${path}`, { headers: { cookie } });
const viewOf = async (shopper: Shopper): Promise<ShopperView> => (await mine(shopper)).body;

const hear = (tag: string) =>
  node.publishAsync(
    `espresense/devices/${tag}/${NODE}`,
    JSON.stringify({ id: tag, rssi: -58, 'rssi@1m': -59, distance: 1.2 }),
    { qos: 1 },
  );

/** Shoppers walk in until one of them holds a coupon: one in ten is in the comparison group. */
async function withCoupon(): Promise<Shopper> {
  const shoppers = await Promise.all([arrive(), arrive(), arrive()]);
  return until(
    async () => {
      for (const shopper of shoppers) {
        await hear(shopper.tag);
        if ((await viewOf(shopper)).coupons.length > 0) return shopper;
      }
      return undefined;
    },
    { withinMs: 25_000, everyMs: 200, what: 'a coupon' },
  );
}

beforeAll(async () => {
  store = await startTestStore();
  const { id, token } = store.app.auth.registerDevice({ name: NODE, kind: 'device' });
  node = await connectAsync(store.app.mqttUrl, { username: id, password: token, clientId: id });
});
afterAll(async () => {
  await node?.endAsync();
  await store?.remove();
});

describe('what a person agreed to', () => {
  it('stands on their page with its number, text, time and end, and the number is the one they were told', async () => {
    const shopper = await arrive('18+', []);
    const told = await say({ sid: shopper.sid, purpose: 'location', granted: true, ageBand: '18+' });
    const [receipt] = (await viewOf(shopper)).receipts;
    expect(receipt).toMatchObject({
      ...{ receiptId: told.body.receiptId, purpose: 'location', granted: true, textVersion: '2026-11' },
    });
    expect(Date.parse(receipt!.until!) - Date.parse(receipt!.at)).toBe(365 * 86_400_000);
    const headers = { cookie: shopper.cookie };
    const back = await store.call(`/v1/consents/${shopper.sid}/location`, { method: 'DELETE', headers });
    const after = await viewOf(shopper);
    expect(after.consents.location).toBe('refused');
    expect(after.receipts[0]).toMatchObject({ receiptId: back.body.receiptId, granted: false });
    expect(after.receipts[0]!.until).toBeUndefined();
  });

  it('is asked again when the text has changed, and holds until they answer', async () => {
    const shopper = await arrive('18+', []);
    const yes = { sid: shopper.sid, purpose: 'profile', granted: true, ageBand: '18+' };
    await say(yes, '2020-01');
    const before = await viewOf(shopper);
    expect([before.askAgain, before.consents.profile]).toEqual([['profile'], 'granted']);
    await say(yes);
    expect((await viewOf(shopper)).askAgain).toEqual([]);
  });

  it.each(['under16', 'unknown'])('has no effect from somebody %s: nothing personal', async (ageBand) => {
    const shopper = await arrive(ageBand, ['location', 'profile', 'push']);
    for (let times = 0; times < 5; times += 1) await hear(shopper.tag);
    const view = await viewOf(shopper);
    expect(Object.values(view.consents)).not.toContain('granted');
    expect([view.zone, view.coupons]).toEqual([undefined, []]);
    const { body } = await mine(shopper, '/export');
    const types = new Set(body.events.map(({ type }: { type: string }) => type));
    expect([...types].sort()).toEqual(['audit.entry', 'consent.receipt', 'loyalty.profile']);
  });

  it('costs nothing when it is no: what the screens offer everybody is theirs too', async () => {
    const [no, yes] = [await arrive('18+', []), await arrive()];
    for (const purpose of ['location', 'profile', 'push', 'measurement'])
      await say({ sid: no.sid, purpose, granted: false, ageBand: 'unknown' });
    const open = await until(
      async () => {
        const found = (await viewOf(no)).open;
        return found.length > 0 ? found : undefined;
      },
      { withinMs: 10_000, what: 'an open offer' },
    );
    expect(open).toEqual((await viewOf(yes)).open);
  });
});

describe('what a person may have', () => {
  it('is everything that is held about them, and of nobody else', async () => {
    const shopper = await withCoupon();
    // A page may be a moment ahead of the disk.
    await store.app.engine.idle();
    const { status, body, headers } = await mine(shopper, '/export');
    expect([status, body.format, body.sid, body.left]).toEqual([200, 'endcap.person/1', shopper.sid, 0]);
    expect(headers.get('content-disposition')).toContain('attachment');
    expect(body.linked).toEqual({ tags: 1, loyaltyIds: 0, phones: 0 });
    const types = new Set(body.events.map(({ type }: { type: string }) => type));
    for (const type of [
      ...['loyalty.profile', 'consent.receipt', 'presence.sighting', 'presence.zone'],
      ...['promo.decision', 'coupon.issued'],
    ]) {
      expect(types, type).toContain(type);
    }
    // Whole words: a signature may hold the same letters.
    const others = JSON.stringify(body).match(/(?<![\w-])s_[\w-]{16}(?![\w-])/g) ?? [];
    expect(new Set(others)).toEqual(new Set([shopper.sid]));
    const other = await arrive();
    const foreign = await store.call(`/v1/shoppers/${shopper.sid}/export`, {
      headers: { cookie: other.cookie },
    });
    expect(foreign.status).toBe(403);
  });
});

describe('a person who asks to be forgotten', () => {
  it('is off their page and the staff page within a second, and holds a number', async () => {
    const shopper = await withCoupon();
    const page = store.socket('/shopper', {}, { cookie: shopper.cookie });
    const staff = store.socket('/staff', { token: store.token('store-manager') });
    const [erased, forgotten, nows] = [[] as ShopperErased[], [] as unknown[], [] as StaffNow[]];
    page.on('erased', (last: ShopperErased) => erased.push(last));
    staff.on('forgotten', (nothing: unknown) => forgotten.push(nothing));
    staff.on('now', (now: StaffNow) => nows.push(now));
    await payloads(page, 'view');
    const storiesNow = async (): Promise<Story[]> =>
      staff.timeout(5_000).emitWithAck('stories', { limit: 200 });
    const decisionId = (await viewOf(shopper)).coupons[0]!.decisionId;
    await until(async () => (await storiesNow()).some(({ id }) => id === decisionId), {
      ...{ withinMs: 5_000, what: 'the story' },
    });
    const started = performance.now();
    const answer = await store.call(`/v1/shoppers/${shopper.sid}/erasure`, {
      ...{ body: {}, headers: { cookie: shopper.cookie } },
    });
    await until(() => erased.length > 0 && forgotten.length > 0 && page.disconnected, {
      ...{ withinMs: WITHIN_MS, what: 'the pages to hear of it' },
    });
    expect((await storiesNow()).some(({ id }) => id === decisionId)).toBe(false);
    expect(performance.now() - started).toBeLessThan(WITHIN_MS);
    expect(answer.status).toBe(200);
    expect(erased[0]!.receiptId).toBe(answer.body.receiptId);
    expect((await mine(shopper)).status).toBe(401);
    const token = store.token('store-manager');
    expect((await store.call(`/v1/shoppers/${shopper.sid}/link`, { token, method: 'POST' })).status).toBe(
      404,
    );
  });

  it('at the desk needs a reason, which stands in the audit log, and hears the same number each time', async () => {
    const { sid } = await arrive();
    const token = store.token('store-manager', 'desk-mary');
    const path = `/v1/shoppers/${sid}/erasure`;
    const without = await store.call(path, { token, body: {} });
    expect([without.status, without.body.field]).toEqual([422, '/reason']);
    const clerk = await store.call(path, { token: store.token('associate'), body: { reason: 'asked' } });
    expect(clerk.status).toBe(403);
    const body = { reason: 'asked at the desk' };
    const [first, again] = [await store.call(path, { token, body }), await store.call(path, { token, body })];
    expect([first.status, again.body]).toEqual([200, first.body]);
    const audit = await store.call('/v1/topics/audit.entry/events?limit=1000', { token });
    expect(audit.body.events.map(({ data }: { data: object }) => data)).toContainEqual(
      expect.objectContaining({ by: 'desk-mary', action: 'shopper.erase', target: sid, ...body }),
    );
    const nobody = await store.call('/v1/erasures', { token, body: { loyaltyId: 'L-nobody', ...body } });
    expect([nobody.status, nobody.body.reason]).toEqual([404, 'UnknownShopper']);
  });
});
