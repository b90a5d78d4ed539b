import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

const tag = (n: number): string => `iBeacon:e5ca1ade-f007-ba11-0000-000000000000-7-${n}`;
async function shopper(): Promise<{ sid: string; token: string }> {
  const desk = { token: store.token('associate'), method: 'POST' };
  const { sid } = (await store.call('/v1/shoppers', desk)).body;
  return { sid, token: store.token('shopper', sid) };
}
const enrol = (sid: string, token: string, n: number, spelling = tag(n)) =>
  store.call(`/v1/shoppers/${sid}/tags`, { token, body: { tag: spelling } });

describe('a shopper who enrols tags by themself', () => {
  it('has three at most, may say the same one again, and gets more at the desk', async () => {
    const { sid, token } = await shopper();
    for (const n of [1, 2, 3]) expect((await enrol(sid, token, n)).status).toBe(204);
    const fourth = await enrol(sid, token, 4);
    expect([fourth.status, fourth.body.reason, fourth.body.field]).toEqual([403, 'NotAllowed', '/tag']);
    expect(fourth.body.detail).toContain('the desk of the store');
    expect((await enrol(sid, token, 3, tag(3).toUpperCase())).status, 'the same in other letters').toBe(204);
    expect((await enrol(sid, store.token('associate'), 4)).status).toBe(204);
  });

  it('does not get more of them by asking at once', async () => {
    const { sid, token } = await shopper();
    const answers = await Promise.all([11, 12, 13, 14, 15, 16].map((n) => enrol(sid, token, n)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(3);
  });
});
