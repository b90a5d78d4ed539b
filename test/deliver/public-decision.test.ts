import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Config } from '../../edge/config/load.js';
import { startTestStore, type TestStore } from '../serve/support.js';
import { until } from '../support/until.js';

const SCREEN = 'screen-2';
const STRAWBERRIES = 'PRO-2001';
const AVOCADOS = 'PRO-2010';

interface Told {
  readonly decisionId: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly zone: string;
  readonly screen: string;
  readonly campaign?: string;
  readonly offer?: { readonly sku: string };
  readonly showing: readonly string[];
}

let store: TestStore;
let listener: MqttClient;
const texts: string[] = [];
const told = (): Told[] =>
  texts.map((text) => JSON.parse(text).data as Told).filter(({ screen }) => screen === SCREEN);
const last = (): Told | undefined => told().at(-1);

/** Two places for offers on one screen, and two campaigns for it. */
function twoPlaces(config: Config): Config {
  const screens = config.policy.screens.map((screen) =>
    screen.id === SCREEN
      ? { ...screen, playlist: [{ show: 'offer' as const }, { show: 'offer' as const }] }
      : screen,
  );
  return { ...config, policy: { ...config.policy, screens } };
}

async function counted(sku: string, count: number): Promise<void> {
  const answer = await store.call(`/v1/stock/${sku}/count`, { token: store.token('admin'), body: { count } });
  expect(answer.status).toBe(201);
}
async function stopAll(): Promise<string> {
  const body = { scope: 'all', reason: 'recall' };
  const answer = await store.call('/v1/stop', { token: store.token('admin'), body });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

beforeAll(async () => {
  store = await startTestStore(twoPlaces);
  const { id, token } = store.app.auth.registerDevice({ name: 'label-1', kind: 'device' });
  listener = await connectAsync(store.app.mqttUrl, { username: id, password: token, clientId: id });
  await listener.subscribeAsync('endcap/v1/decision/+', { qos: 1 });
  listener.on('message', (_topic, bytes) => texts.push(bytes.toString()));
});
afterAll(async () => {
  await listener?.endAsync();
  await store?.remove();
});

it('whoever hears the decisions of a zone learns that an offer is sold out, stopped, and back', async () => {
  await counted(AVOCADOS, 20);
  await counted(STRAWBERRIES, 0);
  await until(() => last()?.reason === 'SoldOut', {
    withinMs: 10_000,
    what: 'the sold-out offer to be told',
  });
  // The other one moved up: it is what still stands there.
  const other = told().findLast(({ outcome }) => outcome === 'offered');
  expect(other).toMatchObject({ zone: 'produce', offer: { sku: AVOCADOS }, showing: [other?.decisionId] });
  expect(last()).toMatchObject({ outcome: 'rejected', zone: 'produce', showing: [other?.decisionId] });

  const stop = await stopAll();
  await until(() => last()?.showing.length === 0, { withinMs: 10_000, what: 'the stop to be told' });
  expect(last()).toMatchObject({ outcome: 'rejected', reason: 'Stopped', zone: 'produce' });

  const before = told().length;
  const undo = await store.call(`/v1/stop/${stop}`, { token: store.token('admin'), method: 'DELETE' });
  expect(undo.status).toBe(200);
  const again = () =>
    told()
      .slice(before)
      .filter(({ outcome }) => outcome === 'offered');
  await until(() => again().length > 0, { withinMs: 10_000, what: 'the offer to be told again' });
  // Nothing was decided anew, so it is the very decision.
  expect(again().map(({ decisionId }) => decisionId)).toEqual([other?.decisionId]);
  expect(last()?.showing).toEqual([other?.decisionId]);

  const fields = new Set(told().flatMap((one) => Object.keys(one)));
  const open = ['decisionId', 'outcome', 'reason', 'zone', 'screen', 'campaign', 'offer', 'showing'];
  expect([...fields].sort()).toEqual([...open].sort());
});
