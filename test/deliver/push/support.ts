import { connectAsync, type MqttClient } from 'mqtt';
import type { Config } from '../../../edge/config/load.js';
import type { PushPolicy, StorePolicy } from '../../../edge/contracts/index.js';
import { startTestStore, type TestStore } from '../../serve/support.js';
import type { BrowserSubscription, TestPushService } from '../../support/push-service.js';
import { until } from '../../support/until.js';

export interface PushSetup {
  readonly policy?: PushPolicy;
  /** How long each offer is good; 30 minutes when absent. */
  readonly validMinutes?: number;
  readonly change?: (config: Config) => Config;
}

const NODES = ['beverages-1', 'bakery-1'];

/** Everybody gets a drink in the one aisle and bread in the other, at once and without a comparison group. */
function eager(config: Config, validMinutes: number): Config['campaigns'] {
  const [drink, bread] = config.campaigns.map(
    ({ experiment: _experiment, trigger: _trigger, stacking: _stacking, ...rest }) => rest,
  );
  return [
    { ...drink!, products: { skus: ['DRK-1002'], choose: 'first' }, validMinutes },
    { ...bread!, products: { skus: ['BAK-3001'], choose: 'first' }, validMinutes },
  ];
}

/** A store whose only push services are those of the suite. */
export async function startPushStore(
  services: readonly TestPushService[],
  setup: PushSetup = {},
): Promise<TestStore> {
  return startTestStore((config) => {
    const push = {
      contact: 'mailto:suite@example.com',
      services: services.map(({ port, ca }) => ({ host: 'localhost', port, mayBePrivate: true, ca })),
    };
    const policy: StorePolicy = { ...config.policy, push: setup.policy ?? { perDay: 10 } };
    const campaigns = eager(config, setup.validMinutes ?? 30);
    return (setup.change ?? ((same) => same))({ ...config, push, policy, campaigns });
  });
}

export interface Person {
  readonly sid: string;
  readonly tag: string;
  readonly cookie: string;
}

let persons = 0;

/** Somebody with a tag and a session, who agreed to all or to what is named. */
export async function enrolPerson(
  store: TestStore,
  purposes: readonly string[] = ['location', 'profile', 'push'],
  ageBand = '18+',
): Promise<Person> {
  persons += 1;
  const token = store.token('associate');
  const { sid, link } = (await store.call('/v1/shoppers', { token, method: 'POST' })).body;
  const tag = `iBeacon:e5ca1ade-f007-ba11-0000-00000000000a-7-${persons}`;
  await store.call(`/v1/shoppers/${sid}/tags`, { token, body: { tag } });
  const page = await store.call(new URL(link).pathname + new URL(link).search);
  const cookie = page.headers.get('set-cookie')!.split(';')[0]!;
  for (const purpose of purposes) await consent(store, { sid, cookie, tag }, purpose, ageBand);
  return { sid, tag, cookie };
}

export async function consent(
  store: TestStore,
  { sid, cookie }: Person,
  purpose: string,
  ageBand = '18+',
): Promise<void> {
  const body = { sid, purpose, granted: true, textVersion: '2026-11', ageBand };
  const { status } = await store.call('/v1/consents', { headers: { cookie }, body });
  if (status !== 201) throw new Error(`consent to ${purpose}: ${status}`);
}

export async function keyOf(store: TestStore, { cookie }: Person): Promise<string> {
  return (await store.call('/v1/push/key', { headers: { cookie } })).body.publicKey;
}

/** What the page sends after `pushManager.subscribe`. */
export function sendSubscription(
  store: TestStore,
  { sid, cookie }: Person,
  subscription: BrowserSubscription,
  locale = 'en-IE',
) {
  return store.call('/v1/push/subscriptions', { headers: { cookie }, body: { sid, subscription, locale } });
}

export async function subscribe(
  store: TestStore,
  person: Person,
  service: TestPushService,
  locale = 'en-IE',
): Promise<string> {
  const subscription = service.subscribe(await keyOf(store, person));
  const { status, text } = await sendSubscription(store, person, subscription, locale);
  if (status !== 201) throw new Error(`subscription: ${status} ${text}`);
  return subscription.endpoint;
}

/** Heard beside a node until `done` holds. */
export async function walk(
  store: TestStore,
  people: readonly Person[],
  walkTo: { readonly node?: string; readonly what: string; readonly withinMs?: number; done(): unknown },
): Promise<void> {
  const node = walkTo.node ?? NODES[0]!;
  const client = await nodeOf(store, node);
  await until(
    async () => {
      for (const { tag } of people) {
        const heard = JSON.stringify({ id: tag, rssi: -55, distance: 1.2 });
        await client.publishAsync(`espresense/devices/${tag}/${node}`, heard, { qos: 1 });
      }
      return Boolean(await walkTo.done());
    },
    { withinMs: walkTo.withinMs ?? 20_000, what: walkTo.what, everyMs: 200 },
  );
}

const nodes = new Map<string, Promise<MqttClient>>();

function nodeOf(store: TestStore, node: string): Promise<MqttClient> {
  const key = `${store.app.mqttUrl} ${node}`;
  const held = nodes.get(key);
  if (held !== undefined) return held;
  const { id, token } = store.app.auth.registerDevice({ name: node, kind: 'device' });
  const client = connectAsync(store.app.mqttUrl, {
    ...{ username: id, password: token, clientId: id, reconnectPeriod: 0 },
  });
  nodes.set(key, client);
  return client;
}

/** Before a store goes: its nodes hang up. */
export async function closeNodes(store: TestStore): Promise<void> {
  for (const [key, client] of nodes) {
    if (!key.startsWith(`${store.app.mqttUrl} `)) continue;
    nodes.delete(key);
    await (await client).endAsync(true);
  }
}

export interface SentEvent {
  readonly decisionId: string;
  readonly sid: string;
  readonly channel: string;
  readonly outcome: string;
  readonly reason?: string;
}

/** What the journal says of messages and pages, for one person. */
export async function outcomesOf(store: TestStore, sid: string): Promise<readonly SentEvent[]> {
  const { body } = await store.call('/v1/topics/push.sent/events?limit=1000', {
    token: store.token('admin'),
  });
  return body.events
    .map(({ data }: { data: SentEvent }) => data)
    .filter((data: SentEvent) => data.sid === sid);
}

export const couponsOf = (store: TestStore, sid: string) =>
  store.app.engine.views.shopper(sid, store.app.nowMs()).coupons;
