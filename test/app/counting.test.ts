import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStore, type TestStore } from '../serve/support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

const desk = () => store.token('admin');

describe('what a store counts', () => {
  it('counts the decisions that were made while it started', async () => {
    const { decisions } = (await store.call('/v1/status', { token: desk() })).body;
    const journal = await store.call('/v1/topics/promo.decision/events?limit=500', { token: desk() });
    const made = journal.body.events.length;
    expect(made).toBeGreaterThan(0);
    expect(decisions.offered + decisions.withheld + decisions.rejected).toBe(made);
  });

  it('names every outcome of a decision from the start', async () => {
    const { text } = await store.call('/metrics', { token: desk() });
    const outcomes = [...text.matchAll(/^endcap_decisions_total\{outcome="(\w+)"\} \d+$/gm)];
    expect(outcomes.map(([, outcome]) => outcome).sort()).toEqual(['offered', 'rejected', 'withheld']);
    expect(text).toContain('endcap_decisions_total{outcome="withheld"} 0');
  });

  it('counts a document that is refused once, whichever way it came', async () => {
    const body = { transaction: 'none' };
    const refused = await store.call('/v1/pos/transactions', { token: store.token('till', 'till-1'), body });
    expect(refused.body.reason).toBe('SchemaMismatch');
    const { id, token } = store.app.auth.registerDevice({ name: 'till-9', kind: 'till' });
    const till = await connectAsync(store.app.mqttUrl, { username: id, password: token });
    await till.publishAsync('endcap/v1/pos/till-9/transaction', JSON.stringify(body), { qos: 1 });
    await till.endAsync();
    const { text } = await store.call('/metrics', { token: desk() });
    const counts = [
      ...text.matchAll(/^endcap_refusals_total\{reason="SchemaMismatch",channel="(\w+)"\} (\d+)$/gm),
    ];
    expect(counts.map(([, channel, count]) => [channel, count]).sort()).toEqual([
      ['http', '1'],
      ['mqtt', '1'],
    ]);
  });

  it('tells how many sightings moved nobody, and why', async () => {
    const { id: node } = store.config.policy.nodes[0]!;
    const heard = { visitor: 'a:aaaaaaaa', node, rssi: -120 };
    await store.app.gate.admit([{ type: 'presence.sighting', device: node, data: heard }]);
    await store.app.engine.idle();
    await expect
      .poll(async () => (await store.call('/metrics', { token: desk() })).text, { timeout: 5_000 })
      .toContain('endcap_presence_ignored_total{why="weak"} 1');
  });
});

describe('equipment of the shop', () => {
  const bodyWith = (mac: string) => ({ sku: 'DRK-0417', note: `heard ${mac}` });
  const asideWith = async (mac: string) => {
    const token = store.token('till', 'till-1');
    const { quarantineId } = (await store.call('/v1/pos/transactions', { token, body: bodyWith(mac) })).body;
    await store.app.engine.idle();
    const path = `/v1/quarantine/${encodeURIComponent(quarantineId)}`;
    return (await store.call(path, { token: desk() })).body.body as string;
  };

  it('is named in clear once staff registered it, and nothing else is', async () => {
    const mac = '24:0A:C4:11:22:33';
    expect(await asideWith(mac)).not.toContain(mac);
    await store.call('/v1/devices', { token: desk(), body: { name: mac, kind: 'device' } });
    expect(await asideWith(mac)).toContain(mac);
    expect(await asideWith('24:0A:C4:11:22:34')).toContain('[device id]');
  });

  it('is still known after a restart', async () => {
    const mac = '24:0A:C4:11:22:44';
    const body = { name: 'scale', kind: 'device', speaksFor: [mac] };
    await store.call('/v1/devices', { token: desk(), body });
    store = await store.restart();
    expect(await asideWith(mac)).toContain(mac);
  });
});
