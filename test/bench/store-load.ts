import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunningStore } from '../support/store.js';
import { type LoadResult, SPAN } from './load.js';

/** Nodes of the demo store that the clients of a load stand for. */
export const NODES = [
  'produce-1',
  'produce-2',
  'beverages-1',
  'beverages-2',
  'bakery-1',
  'bakery-2',
  'entrance-1',
  'checkout-1',
];

/** A device for each node; its id is the node's name. */
export async function registerNodes(
  store: RunningStore,
): Promise<readonly { readonly id: string; readonly token: string; readonly node: string }[]> {
  const clients = [];
  for (const node of NODES) {
    const answer = await store.call('/v1/devices', {
      method: 'POST',
      body: JSON.stringify({ name: node, kind: 'device' }),
    });
    if (!answer.ok) throw new Error(`registering ${node}: ${answer.status} ${await answer.text()}`);
    const { id, token } = (await answer.json()) as { id: string; token: string };
    clients.push({ id, token, node: id });
  }
  return clients;
}

/** Drive a running store with sightings from 8 clients in a process of their own. */
export async function load(
  store: RunningStore,
  order: {
    readonly perSecond: number;
    readonly warmUpS: number;
    readonly measuredS: number;
    readonly noDelay?: boolean;
  },
): Promise<LoadResult> {
  const clients = await registerNodes(store);
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('load.ts', import.meta.url))],
    {
      env: { ...process.env, ENDCAP_LOAD: JSON.stringify({ ...order, mqttUrl: store.mqttUrl, clients }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`the load generator ended with ${String(code)}`);
  return JSON.parse(output) as LoadResult;
}

/** Acknowledged sightings that the store does not have, by distinct `seq`, read as any consumer reads them. */
export async function countLost(store: RunningStore, result: LoadResult): Promise<number> {
  const kept = await keptSequences(store);
  let lost = 0;
  for (const [index, last] of result.unbroken.entries()) {
    for (let counter = 1; counter <= last; counter += 1) {
      if (!kept.has(index * SPAN + counter)) lost += 1;
    }
  }
  return lost;
}

async function keptSequences(store: RunningStore): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  let after = '';
  for (;;) {
    const query = `limit=1000${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
    const answer = await store.call(`/v1/topics/presence.sighting/events?${query}`);
    if (!answer.ok) throw new Error(`reading back: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { events: { data: { seq?: number } }[]; next: string };
    for (const { data } of page.events) if (data.seq !== undefined) seen.add(data.seq);
    if (page.events.length === 0 || page.next === after) return seen;
    after = page.next;
  }
}
