/** Shoppers who walk to and fro between two zones all the time, each visit worth a decision, with their phones. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { forWalkers } from '../../bench/walkers.js';
import type { TestPushService } from '../../support/push-service.js';
import { type EnrolledShopper, post, type TopicEvent } from '../../support/shopper.js';
import type { RunningStore, StoreSetup } from '../../support/store.js';

const FLIP_MS = 400;
const STEADY_MS = 1_000;

/** So many offers a person can get, one a visit, before every one of them is held. */
const CAMPAIGNS = 80;
const campaign = (_: unknown, n: number): string =>
  `  - id: visit-${n}
    version: 1
    name: Visit ${n}
    kind: coupon
    products: { skus: [DRK-1002] }
    discount: { percent: 10 }
    where: { zones: [beverages, bakery] }
    validMinutes: 30`;
const CAMPAIGNS_YAML = `campaigns:\n${Array.from({ length: CAMPAIGNS }, campaign).join('\n')}\n`;

/** Such a store; messages to closed pages go to `service`, at any hour. */
export function walkingStore(service?: TestPushService): Pick<StoreSetup, 'change' | 'changeCampaigns'> {
  return {
    changeCampaigns: () => CAMPAIGNS_YAML,
    change: (yaml) => {
      const walking = forWalkers(yaml, 'campaigns.yaml').replace(/^ {2}quietHours:.*\n/m, '');
      if (service === undefined) return walking;
      const ca = join(tmpdir(), `endcap-push-${service.port}.pem`);
      writeFileSync(ca, service.ca);
      const entry = `{ host: localhost, port: ${service.port}, private: true, ca: ${ca} }`;
      return walking.replace(/^ {2}perDay:.*\n/m, `  perDay: 100\n  services:\n    - ${entry}\n`);
    },
  };
}

/** Heard beside two nodes in turn until they are told to stop; a node that stays silent would lose its say. */
export async function walkAbout(
  store: RunningStore,
  shoppers: readonly EnrolledShopper[],
  { flipMs = FLIP_MS } = {},
) {
  const nodeOf = async (name: string) => {
    const { body } = await post<{ id: string; token: string }>(store, '/v1/devices', {
      name,
      kind: 'device',
    });
    const { id, token } = body;
    return { id, client: await connectAsync(store.mqttUrl, { clientId: id, username: id, password: token }) };
  };
  const [here, there] = [await nodeOf('beverages-2'), await nodeOf('bakery-1')];
  let seq = 0;
  const hear = ({ id, client }: typeof here, rssi: number): void => {
    for (const { tag } of shoppers) {
      seq += 1;
      const heard = JSON.stringify({ id: tag, rssi, distance: 1.2, seq });
      client.publish(`espresense/devices/${tag}/${id}`, heard, { qos: 1 }, () => undefined);
    }
  };
  let flips = 0;
  const flipping = setInterval(() => hear(here, flips++ % 2 === 0 ? -50 : -70), flipMs);
  const steady = setInterval(() => hear(there, -60), STEADY_MS);
  return {
    async stop(): Promise<void> {
      clearInterval(flipping);
      clearInterval(steady);
      await Promise.all([here, there].map(({ client }) => client.endAsync(true)));
    },
  };
}

/** Every event of a topic, page by page. */
export async function allEventsOf(store: RunningStore, topic: string): Promise<readonly TopicEvent[]> {
  const all: TopicEvent[] = [];
  for (let after = ''; ; ) {
    const answer = await store.call(`/v1/topics/${topic}/events?limit=1000${after}`);
    const { events, next } = (await answer.json()) as { events: TopicEvent[]; next: string };
    all.push(...events);
    if (events.length < 1_000) return all;
    after = `&after=${next}`;
  }
}
