import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StaffNow } from '../../../edge/contracts/index.js';
import { until } from '../../support/until.js';
import { joinOutcome, payloads, startTestStore, type TestStore } from '../support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

const join = (
  namespace: string,
  auth: Record<string, string>,
  headers?: Record<string, string>,
): Promise<string> => joinOutcome(store.socket(namespace, auth, headers));

describe('S1 nobody joins a namespace unasked', () => {
  const namespaces = ['/signage', '/staff', '/shopper'];

  it.each(namespaces)('%s: not without a token, and not with a wrong one', async (namespace) => {
    expect(await join(namespace, {})).toBe('NotAuthenticated');
    expect(await join(namespace, { token: 'ec_wrong' })).toBe('NotAuthenticated');
  });

  it('the default namespace is closed, also with a token', async () => {
    expect(await join('/', { token: store.token('admin') })).toBe('NotFound');
  });

  it.each([
    ['/staff', 'viewer', 'connected'],
    ['/staff', 'admin', 'connected'],
    ['/staff', 'screen', 'NotAllowed'],
    ['/staff', 'till', 'NotAllowed'],
    ['/staff', 'device', 'NotAllowed'],
    ['/staff', 'shopper', 'NotAllowed'],
    ['/shopper', 'admin', 'NotAllowed'],
    ['/shopper', 'screen', 'NotAllowed'],
    ['/signage', 'screen', 'connected'],
    ['/signage', 'shopper', 'NotAllowed'],
    ['/signage', 'till', 'NotAllowed'],
  ] as const)('%s as %s: %s', async (namespace, role, outcome) => {
    expect(await join(namespace, { token: store.token(role), screen: 'screen-1' })).toBe(outcome);
  });

  it('a screen is no other screen, and an unknown one is none', async () => {
    const token = store.token('screen', 'screen-1');
    expect(await join('/signage', { token, screen: 'screen-2' })).toBe('NotAllowed');
    expect(await join('/signage', { token: store.token('screen', 'screen-99') })).toBe('NotFound');
    expect(await join('/signage', { token: store.token('viewer'), screen: 'screen-99' })).toBe('NotFound');
  });
});

describe('S10 sockets of other pages', () => {
  it('refuses a page of another site and a rebound host name, and takes its own', async () => {
    const token = store.token('viewer');
    const port = new URL(store.url).port;
    expect(await join('/staff', { token }, { origin: 'https://evil.example' })).not.toBe('connected');
    expect(await join('/staff', { token }, { origin: 'null' })).not.toBe('connected');
    expect(await join('/staff', { token }, { host: `evil.example:${port}` })).not.toBe('connected');
    expect(await join('/staff', { token }, { origin: store.url })).toBe('connected');
  });

  it('joins by the session cookie alone, until the session ends', async () => {
    const token = store.app.auth.issue({ role: 'viewer', subject: 'v' }, { singleUse: true });
    const page = await store.call(`/?token=${token}`);
    const cookie = page.headers.get('set-cookie')!.split(';')[0]!;
    expect(page.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect(page.headers.get('location')).toBe('/');
    const socket = store.socket('/staff', {}, { cookie });
    expect(await joinOutcome(socket)).toBe('connected');
    const gone = new Promise((done) => socket.once('disconnect', done));
    store.app.auth.endStaff('v');
    await gone;
    expect(await join('/staff', {}, { cookie })).toBe('NotAuthenticated');
  });
});

describe('limits', () => {
  it('cuts off a socket that talks too much, and only that one', async () => {
    const token = store.token('viewer');
    const [loud, calm] = [store.socket('/staff', { token }), store.socket('/staff', { token })];
    expect([await joinOutcome(loud), await joinOutcome(calm)]).toEqual(['connected', 'connected']);
    const gone = new Promise((done) => loud.once('disconnect', done));
    for (let n = 0; n < 200; n += 1) loud.emit('stories', { limit: 1 }, () => undefined);
    await gone;
    expect(await calm.timeout(5_000).emitWithAck('stories', { limit: 5 })).toBeInstanceOf(Array);
  });

  it('closes the connection over 64 KiB in one message', async () => {
    const socket = store.socket('/staff', { token: store.token('viewer') });
    expect(await joinOutcome(socket)).toBe('connected');
    const gone = new Promise((done) => socket.once('disconnect', done));
    socket.emit('stories', { limit: 1, text: 'x'.repeat(70_000) });
    await gone;
  });

  it('bears messages of any shape', async () => {
    const socket = store.socket('/staff', { token: store.token('viewer') });
    expect(await joinOutcome(socket)).toBe('connected');
    for (const odd of [null, 7, 'x', [], { limit: 'many' }, { limit: -1 }, { limit: 1e308 }]) {
      expect(await socket.timeout(5_000).emitWithAck('stories', odd)).toBeInstanceOf(Array);
    }
    socket.emit('stories', { limit: 1 });
    socket.emit('shown');
    expect(await socket.timeout(5_000).emitWithAck('stories', {})).toBeInstanceOf(Array);
  });
});

describe('the staff picture', () => {
  it('comes at once, says no secret, and not more than twice a second', async () => {
    const socket = store.socket('/staff', { token: store.token('viewer') });
    const arrived: number[] = [];
    socket.on('now', () => arrived.push(performance.now()));
    const [now] = await payloads<StaffNow>(socket, 'now');
    expect(JSON.stringify(now)).not.toContain('salt');
    expect(now!.policy.store.id).toBe('store-014');
    const token = store.token('associate');
    await until(
      async () => {
        const stop = await store.call('/v1/stop', {
          token,
          body: { scope: { campaign: 'favourite-drink' }, reason: 'r' },
        });
        await store.call(`/v1/stop/${stop.body.id}`, { token, method: 'DELETE' });
        return arrived.length >= 8;
      },
      { withinMs: 15_000, what: 'eight pictures' },
    );
    // On the average, since a loaded machine delivers one late and the next on time.
    const gapMs = (arrived[7]! - arrived[1]!) / 6;
    expect(gapMs).toBeGreaterThan(430);
  });
});
