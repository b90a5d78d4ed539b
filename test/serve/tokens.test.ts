import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/until.js';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

const admin = () => store.token('admin');
const issue = async (role: string, subject: string, more: object = {}): Promise<string> =>
  (await store.call('/v1/tokens', { token: admin(), body: { role, subject, ...more } })).body.token;
const revoke = (role: string, subject: string, token = admin()) =>
  store.call(`/v1/tokens/${role}/${subject}`, { method: 'DELETE', token });
const list = async () =>
  (await store.call('/v1/tokens', { token: admin() })).body.tokens as Record<string, string>[];

it('who holds a token is listed, with its end and without the token', async () => {
  const token = await issue('viewer', 'report', { expiresInS: 3_600 });
  const row = (await list()).find(({ subject }) => subject === 'report');
  expect(row).toMatchObject({ role: 'viewer', subject: 'report' });
  const leftMs = Date.parse(row!['expires']!) - Date.parse(row!['created']!);
  expect(leftMs).toBe(3_600_000);
  expect(JSON.stringify(await list())).not.toContain(token);
  expect((await list()).map(({ subject }) => subject)).not.toContain('local-commands');
});

it('what speaks in one role under a name is taken back, and nothing else', async () => {
  const viewer = await issue('viewer', 'till-7');
  const till = await issue('till', 'till-7');
  const cookie = (await store.call('/v1/session', { body: { token: viewer } })).headers
    .get('set-cookie')!
    .split(';')[0]!;
  expect((await store.call('/v1/stop', { headers: { cookie } })).status).toBe(200);
  expect((await revoke('viewer', 'till-7')).status).toBe(204);
  expect((await store.call('/v1/stop', { token: viewer })).status).toBe(401);
  expect((await store.call('/v1/stop', { headers: { cookie } })).status).toBe(401);
  // It may not read what the staff stop, but it is still somebody.
  expect((await store.call('/v1/stop', { token: till })).status).toBe(403);
  expect((await revoke('viewer', 'till-7')).body.reason).toBe('NotFound');
});

it('connections of a token that is taken back are cut', async () => {
  const token = await issue('device', 'shelf-9');
  const client = await connectAsync(store.app.mqttUrl, {
    ...{ clientId: 'shelf-9', username: 'shelf-9', password: token, reconnectPeriod: 0 },
  });
  let closed = false;
  client.on('close', () => {
    closed = true;
  });
  expect((await revoke('device', 'shelf-9')).status).toBe(204);
  await until(() => closed, { withinMs: 1_000, what: 'the connection to be cut' });
});

it('only an admin lists and takes back, it is answered for, and commands of the box go on', async () => {
  await issue('viewer', 'kept');
  expect((await revoke('viewer', 'kept', store.token('store-manager'))).status).toBe(403);
  expect((await store.call('/v1/tokens', { token: store.token('store-manager') })).status).toBe(403);
  expect((await revoke('admin', 'local-commands')).body.reason).toBe('NotFound');
  const { entries } = (await store.call('/v1/audit?action=token.revoke', { token: admin() })).body;
  expect(entries.map(({ target }: { target: string }) => target)).toEqual([
    'device shelf-9',
    'viewer till-7',
  ]);
});
