import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.js';
import { startTestStore, type TestStore } from './support.js';

const GOOD = 'horse battery staple';
const WITHIN_MS = 1_000;

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
  // An admin who can log in, so that others may be disabled.
  await person('owner', 'admin');
});
afterAll(() => store.remove());
const opened: AbortController[] = [];
afterEach(() => {
  for (const stream of opened.splice(0)) stream.abort();
});

const admin = () => store.token('admin');
/** A person who has set a password; the cookie of their session. */
async function person(name: string, role: string): Promise<string> {
  const made = await store.call('/v1/users', { token: admin(), body: { name, role } });
  const token = made.body.link.split('#set=')[1];
  const { headers } = await store.call('/v1/password', { body: { token, password: GOOD } });
  return headers.get('set-cookie')!.split(';')[0]!;
}

/** Opens a live stream; what came so far, and when it was over. */
async function stream(headers: Record<string, string>) {
  const gone = new AbortController();
  opened.push(gone);
  const response = await fetch(`${store.url}/v1/topics/audit.entry/stream`, {
    headers,
    signal: gone.signal,
  });
  expect(response.status).toBe(200);
  const seen = { text: '', endedMs: 0 };
  const read = async (): Promise<void> => {
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      seen.text += value;
    }
  };
  read()
    .catch(() => undefined)
    .finally(() => {
      seen.endedMs = performance.now();
    });
  await until(() => seen.text.includes('retry:'), { withinMs: 5_000, what: 'the stream to begin' });
  return seen;
}

/** Runs the deed and waits for the cut; nothing that happened after the deed may have come. */
async function cutBy(seen: Awaited<ReturnType<typeof stream>>, deed: () => unknown): Promise<void> {
  const from = performance.now();
  await deed();
  await until(() => seen.endedMs > 0, { withinMs: 5_000, what: 'the stream to be cut' });
  expect(seen.endedMs - from).toBeLessThan(WITHIN_MS);
  expect(seen.text).toContain('{"reason":"NotAuthenticated"}');
}

describe('S10 a live stream', () => {
  it('is cut within a second of its account being disabled, others go on', async () => {
    const seen = await stream({ cookie: await person('kim', 'store-manager') });
    const other = await stream({ cookie: await person('lee', 'store-manager') });
    const from = performance.now();
    await store.call('/v1/users/kim', { token: admin(), method: 'PUT', body: { disabled: true } });
    await until(() => seen.endedMs > 0, { withinMs: 5_000, what: 'the stream to be cut' });
    expect(seen.endedMs - from).toBeLessThan(WITHIN_MS);
    expect(seen.text).toContain('{"reason":"NotAuthenticated"}');
    await until(() => other.text.includes('user.disable'), { withinMs: 5_000, what: 'the other to hear' });
    expect(other.endedMs).toBe(0);
  });

  it('is cut within a second of its session being ended by an admin, or by logging out', async () => {
    const cookie = await person('max', 'store-manager');
    const { sessions } = (await store.call('/v1/users/max/sessions', { token: admin() })).body;
    const seen = await stream({ cookie });
    await cutBy(seen, () =>
      store.call(`/v1/users/max/sessions/${sessions[0].id}`, { token: admin(), method: 'DELETE' }),
    );
    const again = await store.call('/v1/session', { body: { name: 'max', password: GOOD } });
    const fresh = again.headers.get('set-cookie')!.split(';')[0]!;
    await cutBy(await stream({ cookie: fresh }), () =>
      store.call('/v1/session', { method: 'DELETE', headers: { cookie: fresh } }),
    );
  });

  it('is cut within a second of its token being taken back', async () => {
    await person('ann', 'store-manager');
    const token = store.token('store-manager', 'ann');
    const seen = await stream({ authorization: `Bearer ${token}` });
    await cutBy(seen, () =>
      store.call('/v1/users/ann', { token: admin(), method: 'PUT', body: { disabled: true } }),
    );
  });

  it('delivers nothing that happens once its reader is out', async () => {
    const token = store.token('store-manager', 'eve');
    const seen = await stream({ authorization: `Bearer ${token}` });
    store.app.auth.endStaff('eve');
    await store.call('/v1/users', { token: admin(), body: { name: 'late', role: 'viewer' } });
    await until(() => seen.endedMs > 0, { withinMs: 5_000, what: 'the stream to be cut' });
    expect(seen.text).not.toContain('audit.entry');
  });
});
