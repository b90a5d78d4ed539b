import { connectAsync, type MqttClient } from 'mqtt';
import { type EnrolledShopper, enrol } from '../support/shopper.js';
import type { RunningStore } from '../support/store.js';
import { until } from '../support/until.js';

const SHOPPERS = 40;
/** Each shopper is heard in another zone so often; a decision is due every time. */
const FLIP_MS = 200;
const TICK_MS = 2;
/** Heard without moving anybody, so that the store has more to do than to decide. */
const STRANGERS_PER_SECOND = 300;
const STRANGERS = 200;
/** A node that stays silent loses its say; this one is heard again in time. */
const STEADY_MS = 1_000;
const ENROL_AT_ONCE = 8;

/** `store.yaml` for walkers: presence without smoothing or waiting, and one campaign that always has something to say. */
export function forWalkers(yaml: string, campaigns: string): string {
  return yaml
    .replace('campaigns: campaigns.yaml', `campaigns: ${campaigns}`)
    .replace('confirmS: 2', 'confirmS: 0')
    .replace('hysteresisDb: 4', 'hysteresisDb: 0')
    .replace('smoothingS: 3', 'smoothingS: 0.1');
}

export interface Walkers {
  /** Walk so long; from sighting sent to decision durable, ms, one for each decision. */
  measure(seconds: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

interface Node {
  readonly id: string;
  readonly client: MqttClient;
}

/** Shoppers who consented, walking between two zones of a store that runs as `watched-store.mjs`. */
export async function createWalkers(store: RunningStore): Promise<Walkers> {
  const shoppers: EnrolledShopper[] = [];
  while (shoppers.length < SHOPPERS) {
    shoppers.push(...(await Promise.all(Array.from({ length: ENROL_AT_ONCE }, () => enrol(store)))));
  }
  const here = await nodeOf(store, 'beverages-2');
  const there = await nodeOf(store, 'bakery-1');
  let seq = 0;
  const hear = (node: Node, tag: string, rssi: number): number => {
    seq += 1;
    const body = JSON.stringify({ id: tag, rssi, distance: 1.2, seq });
    node.client.publish(`espresense/devices/${tag}/${node.id}`, body, { qos: 1 }, () => undefined);
    return seq;
  };

  return {
    async measure(seconds) {
      const sent = new Map<number, number>();
      await walk({ seconds, shoppers, here, there, hear, sent });
      const decided = await decisionsOf(store, sent.size);
      return decided.flatMap(([number, atMs]) => {
        const sentMs = sent.get(number);
        return sentMs === undefined ? [] : [atMs - sentMs];
      });
    },
    close: async () => void (await Promise.all([here, there].map(({ client }) => client.endAsync(true)))),
  };
}

/** Open loop: what is late stays late and counts. */
async function walk(order: {
  seconds: number;
  shoppers: readonly EnrolledShopper[];
  here: Node;
  there: Node;
  hear: (node: Node, tag: string, rssi: number) => number;
  sent: Map<number, number>;
}): Promise<void> {
  const { shoppers, here, there, hear, sent } = order;
  const startMs = nowMs();
  let [flips, strangers, steadies] = [0, 0, 0];
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const passedMs = nowMs() - startMs;
      for (const due = (passedMs / STEADY_MS + 1) * shoppers.length; steadies < due; steadies++)
        hear(there, shoppers[steadies % shoppers.length]!.tag, -60);
      for (const due = (passedMs / FLIP_MS) * shoppers.length; flips < due; flips++) {
        // Louder than the steady node in one round, quieter in the next: the shopper is in another zone each time.
        const louder = Math.floor(flips / shoppers.length) % 2 === 0;
        const atMs = nowMs();
        sent.set(hear(here, shoppers[flips % shoppers.length]!.tag, louder ? -50 : -70), atMs);
      }
      for (const due = (passedMs / 1000) * STRANGERS_PER_SECOND; strangers < due; strangers++)
        hear(there, `iBeacon:00000000-0000-4000-8000-00000000000a-1-${strangers % STRANGERS}`, -80);
      if (passedMs < order.seconds * 1_000) return;
      clearInterval(timer);
      done();
    }, TICK_MS);
  });
}

/** What the store noted, once nothing more comes. */
async function decisionsOf(store: RunningStore, most: number): Promise<readonly [number, number][]> {
  const all: [number, number][] = [];
  let before = -1;
  await until(
    async () => {
      const from = store.output().length;
      store.process.kill('SIGUSR2');
      const line = await until(() => /^decided (.*)$/m.exec(store.output().slice(from)) ?? undefined, {
        withinMs: 10_000,
        what: 'what the store noted',
      });
      all.push(...(JSON.parse(line[1] ?? '[]') as [number, number][]));
      const done = all.length >= most || all.length === before;
      before = all.length;
      return done;
    },
    { withinMs: 30_000, everyMs: 500, what: 'the last decision' },
  );
  return all;
}

async function nodeOf(store: RunningStore, name: string): Promise<Node> {
  const body = JSON.stringify({ name, kind: 'device' });
  const answer = await store.call('/v1/devices', { method: 'POST', body });
  if (!answer.ok) throw new Error(`registering ${name}: ${answer.status} ${await answer.text()}`);
  const { id, token } = (await answer.json()) as { id: string; token: string };
  const client = await connectAsync(store.mqttUrl, { clientId: id, username: id, password: token });
  return { id, client };
}

/** Of the clock that all processes of this machine share. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
