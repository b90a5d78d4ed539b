import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { SignageContent } from '../../edge/contracts/index.js';
import { joinOutcome, payloads, startTestStore, type TestStore } from './support.js';

let store: TestStore | undefined;
afterEach(async () => {
  await store?.remove();
  store = undefined;
});

describe('a store that others reach', () => {
  it('shows its figures to a token only, and still answers that it lives', async () => {
    store = await startTestStore((config) => ({ ...config, http: { host: '0.0.0.0', port: 0 } }));
    expect((await store.call('/metrics')).status).toBe(401);
    expect((await store.call('/metrics', { token: store.token('till') })).status).toBe(403);
    const figures = await store.call('/metrics', { token: store.token('viewer') });
    expect(figures.text).toContain('# TYPE endcap_decisions_total counter');
    expect((await store.call('/healthz')).body).toEqual({ status: 'ok' });
    expect((await store.call('/readyz')).body).toEqual({ status: 'ready' });
  });

  it('is not opened without tokens', async () => {
    await expect(
      startTestStore((config) => ({ ...config, auth: 'open', http: { host: '0.0.0.0', port: 0 } })),
    ).rejects.toThrow(/only for loopback/);
  });
});

describe('auth: open, on loopback', () => {
  it('needs no token anywhere, but a shopper page is still nobody else’s', async () => {
    store = await startTestStore((config) => ({ ...config, auth: 'open' }));
    expect((await store.call('/v1/journal')).status).toBe(200);
    expect((await store.call('/metrics')).text).toContain('endcap_events_total');
    const stop = await store.call('/v1/stop', {
      body: { scope: { campaign: 'favourite-drink' }, reason: 'r' },
    });
    expect(stop.status).toBe(201);
    const screen = store.socket('/signage', { screen: 'screen-3' });
    const [content] = await payloads<SignageContent>(screen, 'content');
    expect(content!.screen).toBe('screen-3');
    expect(await joinOutcome(store.socket('/staff', {}))).toBe('connected');
    expect(await joinOutcome(store.socket('/shopper', {}))).toBe('NotAuthenticated');
    const device = await connectAsync(store.app.mqttUrl, { clientId: 'any' });
    await device.publishAsync('endcap/v1/shelf/drinks-soft', '{"sku":"DRK-1001","count":5}', { qos: 1 });
    await device.endAsync();
    expect((await store.call('/v1/topics/shelf.reading/events')).body.events).toHaveLength(1);
    const foreign = await store.call('/v1/stop', {
      headers: { origin: 'https://evil.example' },
      body: { scope: 'all', reason: 'r' },
    });
    expect(foreign.status).toBe(403);
    expect((await store.call('/v1/journal', { token: 'ec_wrong' })).status).toBe(401);
  });
});
