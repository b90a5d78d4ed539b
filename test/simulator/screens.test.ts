import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScreens } from '../../edge/simulator/screens.js';
import { startTestStore, type TestStore } from '../serve/support.js';
import { until } from '../support/until.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

it('plays what comes once, and not again when it hears what has gone', async () => {
  const offers: (string | undefined)[] = [];
  const screens = createScreens({
    httpUrl: store.url,
    screens: { 'screen-3': { id: 'screen-3', token: store.token('screen', 'screen-3') } },
    nowMs: Date.now,
    onOffer: (_screen, offer) => offers.push(offer?.sku),
  });
  const speaks = { name: 'scales', kind: 'device', speaksFor: ['drinks-soft'] } as const;
  const { id, token } = store.app.auth.registerDevice(speaks);
  const shelves = await connectAsync(store.app.mqttUrl, { username: id, password: token, clientId: id });
  const count = (pieces: number): Promise<unknown> => {
    const body = JSON.stringify({ sku: 'DRK-1001', count: pieces });
    return shelves.publishAsync('endcap/v1/shelf/drinks-soft', body, { qos: 1 });
  };
  const plays = async (): Promise<number> => {
    const { body } = await store.call('/v1/journal?type=media.play', { token: store.token('viewer') });
    return body.events.length;
  };
  try {
    await until(() => offers.at(-1) === 'DRK-1001', { withinMs: 10_000, what: 'the offer' });
    const before = offers.length;
    await count(0);
    await until(() => offers.at(-1) === undefined, { withinMs: 5_000, what: 'the offer to go' });
    await count(40);
    await until(() => offers.at(-1) === 'DRK-1001', { withinMs: 5_000, what: 'the offer to be back' });
    expect(offers.slice(before)).toEqual([undefined, 'DRK-1001']);
    await until(async () => (await plays()) >= 3, { withinMs: 5_000, what: 'three plays' });
    expect(await plays()).toBe(3);
  } finally {
    screens.close();
    await shelves.endAsync();
  }
});
