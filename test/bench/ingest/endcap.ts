/** The store of the comparison: the built program as a shop starts it, with one campaign that answers each sighting. */
import { resolve } from 'node:path';
import { post } from '../../support/shopper.js';
import { type RunningStore, startStore } from '../../support/store.js';
import { registerNodes } from '../store-load.js';
import { forWalkers } from '../walkers.js';
import { type Place, TAGS, tagsOf } from './held.js';
import type { Peer } from './peers.js';

/** Eight nodes, and eight shoppers with the tags that each node hears; their own devices hear what is decided. */
export async function startEndcap(): Promise<Peer> {
  const store = await startStore({
    change: (yaml) => forWalkers(yaml, resolve('test/bench/ingest/every-sighting.yaml')),
  });
  try {
    const nodes = await registerNodes(store);
    const shoppers = await Promise.all(nodes.map((_node, at) => enrolWithTags(store, tagsOf(at))));
    const speakers = nodes.map(({ id, token, node }, at) => ({
      login: { id, token },
      node,
      tags: tagsOf(at),
    }));
    const listeners = shoppers.map(({ sid, token }) => ({
      login: { id: sid, token },
      topic: `endcap/v1/personal/${sid}`,
    }));
    const place: Place = { mqttUrl: store.mqttUrl, speakers, listeners };
    return { place, stop: () => store.remove() };
  } catch (error) {
    await store.remove();
    throw error;
  }
}

async function enrolWithTags(
  store: RunningStore,
  tags: readonly string[],
): Promise<{ readonly sid: string; readonly token: string }> {
  const { sid } = (await post<{ sid: string }>(store, '/v1/shoppers', {})).body;
  for (const tag of tags) await wanted(store, `/v1/shoppers/${sid}/tags`, { tag });
  for (const purpose of ['location', 'profile']) {
    const consent = { sid, purpose, granted: true, textVersion: '2026-11', ageBand: '18+' };
    await wanted(store, '/v1/consents', consent);
  }
  const { token } = await wanted<{ token: string }>(store, '/v1/tokens', { role: 'shopper', subject: sid });
  if (tags.length !== TAGS) throw new Error(`${tags.length} tags instead of ${TAGS}`);
  return { sid, token };
}

async function wanted<T>(store: RunningStore, path: string, body: unknown): Promise<T> {
  const answer = await post<T>(store, path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
