import { connectAsync } from 'mqtt';
import type { RunningStore } from './store.js';
import { until } from './until.js';

export interface Called<T> {
  readonly status: number;
  readonly body: T;
}

export async function post<T>(store: RunningStore, path: string, body: unknown): Promise<Called<T>> {
  const answer = await store.call(path, { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

export interface TopicEvent {
  readonly id: string;
  readonly recordedtime: string;
  readonly data: Record<string, unknown>;
}

/** The first 1,000 events of a topic. */
export async function eventsOf(store: RunningStore, topic: string): Promise<TopicEvent[]> {
  const answer = await store.call(`/v1/topics/${topic}/events?limit=1000`);
  return ((await answer.json()) as { events: TopicEvent[] }).events;
}

export interface EnrolledShopper {
  readonly sid: string;
  readonly link: string;
  readonly tag: string;
}

let enrolled = 0;

/** A grown-up shopper with a tag who said yes to location and profile. */
export async function enrol(store: RunningStore): Promise<EnrolledShopper> {
  enrolled += 1;
  const tag = `iBeacon:e5ca1ade-f007-ba11-0000-000000000000-7-${enrolled}`;
  const { body } = await post<{ sid: string; link: string }>(store, '/v1/shoppers', {});
  await post(store, `/v1/shoppers/${body.sid}/tags`, { tag });
  for (const purpose of ['location', 'profile']) {
    await post(store, '/v1/consents', {
      sid: body.sid,
      purpose,
      granted: true,
      textVersion: '2026-11',
      ageBand: '18+',
    });
  }
  return { ...body, tag };
}

/** The session of a shopper's page, from the link that the desk gave them. */
export async function sessionOf({ link }: EnrolledShopper): Promise<string> {
  const page = await fetch(link, { redirect: 'manual' });
  return page.headers.get('set-cookie')!.split(';')[0]!;
}

export interface Coupon {
  readonly couponId: string;
  readonly code: string;
  readonly discountMinor: number;
}

/** Walks shoppers into the beverage aisle until one of them holds a coupon; one in ten is in the comparison group. */
export async function shopperWithCoupon(
  store: RunningStore,
): Promise<{ shopper: EnrolledShopper; coupon: Coupon }> {
  const shoppers = await Promise.all(Array.from({ length: 4 }, () => enrol(store)));
  const node = (
    await post<{ id: string; token: string }>(store, '/v1/devices', { name: 'beverages-2', kind: 'device' })
  ).body;
  const client = await connectAsync(store.mqttUrl, {
    username: node.id,
    password: node.token,
    clientId: node.id,
  });
  try {
    const issued = await until(
      async () => {
        for (const { tag } of shoppers) {
          const heard = JSON.stringify({ id: tag, rssi: -58, 'rssi@1m': -59, distance: 1.2 });
          await client.publishAsync(`espresense/devices/${tag}/${node.id}`, heard, { qos: 1 });
        }
        const issued = await eventsOf(store, 'coupon.issued');
        return issued.find(({ data }) => shoppers.some(({ sid }) => sid === data['sid']));
      },
      { withinMs: 30_000, everyMs: 200, what: 'a coupon in the beverage aisle' },
    );
    const shopper = shoppers.find(({ sid }) => sid === issued.data['sid'])!;
    return { shopper, coupon: issued.data as unknown as Coupon };
  } finally {
    await client.endAsync(true);
  }
}
