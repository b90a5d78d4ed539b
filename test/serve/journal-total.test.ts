import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
let token: string;
let between = '';
const admit = async (amount: number) => {
  for (let n = 0; n < amount; n += 1) {
    const data = { device: 'cell', kind: 'probe', reason: `${n}` };
    await store.app.gate.admit([{ type: 'device.online', device: 'cell', data }]);
  }
  await store.app.engine.idle();
};
beforeAll(async () => {
  store = await startTestStore();
  // Of a manager: they may read every type, so that what is counted can be walked through.
  token = store.token('admin');
  await admit(3);
  await pause(5);
  between = new Date(store.app.nowMs()).toISOString();
  await pause(5);
  await admit(4);
});
afterAll(() => store.remove());

const page = async (query: string) => (await store.call(`/v1/journal?${query}`, { token })).body;

/** Counted by hand: every page to the beginning. */
async function walked(query: string): Promise<number> {
  let amount = 0;
  let after = '';
  for (;;) {
    const { events, next } = await page(`limit=2&${query}${after}`);
    amount += events.length;
    if (next === undefined) return amount;
    after = `&after=${encodeURIComponent(next)}`;
  }
}

describe('how many events a search went through', () => {
  it('is what the journal holds of the time asked for', async () => {
    const [all, since, before] = [await page(''), await page(`from=${between}`), await page(`to=${between}`)];
    expect(all.total).toBe(await walked(''));
    expect(since.total).toBe(await walked(`from=${between}`));
    expect(since.total).toBeGreaterThanOrEqual(4);
    expect(before.total + since.total).toBe(all.total);
  });

  it('is the same whatever the other filters leave out', async () => {
    const { total, events } = await page(`type=device.online&from=${between}`);
    expect(events).toHaveLength(4);
    expect(total).toBe((await page(`from=${between}`)).total);
    expect((await page(`type=tick&outcome=offered&from=${between}`)).total).toBe(total);
  });

  it('is nothing for a time that has not come, and is told on the first page alone', async () => {
    const later = new Date(store.app.nowMs() + 3_600_000).toISOString();
    expect((await page(`from=${later}`)).total).toBe(0);
    const { next } = await page('limit=1');
    expect((await page(`limit=1&after=${encodeURIComponent(next)}`)).total).toBeUndefined();
  });
});
