/** S20: every call with which one of the staff changes something leaves who it was, in which role, what, and why. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../edge/contracts/index.js';
import type { Role } from '../../../edge/ports.js';
import type { Access } from '../../../edge/serve/access.js';
import { isStaff } from '../../../edge/serve/auth/staff-roles.js';
import { keptPromise } from '../../support/promise.js';
import { until } from '../../support/until.js';
import { startTestStore, type TestStore } from '../support.js';
import { type Deed, SCENES } from './deeds.js';

/** Calls that change something and have no entry. Whoever adds one says why in its row, and here that it is meant. */
const EXEMPT = [
  'POST /v1/explain',
  'POST /v1/pairing',
  'POST /v1/pairing/collect',
  'POST /v1/pos/coupons/redeem',
  'POST /v1/pos/coupons/verify',
  'POST /v1/pos/transactions',
  'POST /v1/push/clicked',
  'POST /v1/push/subscriptions',
  'POST /v1/quarantine/{id}/check',
  'POST /v1/simulate',
  'DELETE /v1/push/subscriptions/{sid}/{id}',
];

type Row = Access['routes'][number];
const nameOf = ({ method, path }: Row): string => `${method} ${path}`;

let store: TestStore;
let rows: readonly Row[];
beforeAll(async () => {
  store = await startTestStore();
  rows = ((await store.call('/v1/access', { token: store.token('viewer') })).body as Access).routes;
});
afterAll(() => store.remove());

const notesOf = ({ audit }: Row): readonly string[] =>
  audit !== undefined && 'notes' in audit ? audit.notes : [];
const isDeed = (row: Row): boolean => row.method !== 'GET' || row.audit !== undefined;

/** Rows that leave nothing and do not say why, rows without a scene, and scenes without a row. */
function unanswered(all: readonly Row[], scenes: readonly string[]): readonly string[] {
  const deeds = all.filter(isDeed);
  const exempt = deeds.filter(({ audit }) => audit !== undefined && 'exempt' in audit).map(nameOf);
  const noting = deeds.filter((row) => notesOf(row).length > 0).map(nameOf);
  return [
    ...deeds.map(nameOf).filter((name) => !exempt.includes(name) && !noting.includes(name)),
    ...exempt.filter((name) => !EXEMPT.includes(name)),
    ...EXEMPT.filter((name) => !exempt.includes(name)),
    ...noting.filter((name) => !scenes.includes(name)),
    ...scenes.filter((name) => !noting.includes(name)),
  ];
}

/** Sends the deed with its reason where calls of its kind take one. */
async function send(row: Row, deed: Deed, reason: string | undefined): Promise<number> {
  const { body, headers = {}, token } = deed;
  const inBody = body !== undefined && !Buffer.isBuffer(body);
  const query = reason === undefined || inBody ? '' : `?reason=${encodeURIComponent(reason)}`;
  const json = { ...body, ...(reason === undefined ? {} : { reason }) };
  const response = await fetch(store.url + deed.path + query, {
    method: row.method,
    headers: {
      ...(headers['cookie'] === undefined && token !== undefined ? { authorization: `Bearer ${token}` } : {}),
      ...(inBody ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: inBody ? JSON.stringify(json) : new Uint8Array(body as Buffer) }),
  });
  // A copy that is lent comes and goes with the connection.
  if (response.headers.get('content-type') !== 'text/event-stream') await response.text();
  else
    for await (const part of response.body!.pipeThrough(new TextDecoderStream()))
      if (part.includes('event: done')) break;
  return response.status;
}

type Found = AuditEntry & { readonly n: number };
const entries = async (query: string): Promise<readonly Found[]> =>
  (await store.call(`/v1/audit?limit=20&${query}`, { token: store.token('admin') })).body.entries;

describe('S20 whoever changes something answers for it', () => {
  it('each row notes something or says why not, and nothing is exempt by accident', () => {
    const scenes = Object.keys(SCENES);
    expect(unanswered(rows, scenes)).toEqual([]);
    // Negative control: a row that notes nothing, and one that is exempt without anybody having meant it.
    const silent: Row = { method: 'PUT', path: '/v1/prices', roles: ['admin'] };
    const excused: Row = { method: 'POST', path: '/v1/lights', roles: ['admin'], audit: { exempt: 'no' } };
    expect(unanswered([...rows, silent, excused], scenes)).toEqual(['PUT /v1/prices', 'POST /v1/lights']);
    for (const row of rows.filter((one) => one.audit !== undefined && 'exempt' in one.audit))
      expect((row.audit as { exempt: string }).exempt.split(' ').length, nameOf(row)).toBeGreaterThan(3);
  });

  it('leaves who, in which role, what and why, on every call', async () => {
    const wrong: string[] = [];
    // A store that is claimed makes no code any more.
    const last = (row: Row): number => (row.path === '/v1/claim' ? 1 : 0);
    const noting = rows.filter((row) => notesOf(row).length > 0).sort((a, b) => last(a) - last(b));
    for (const [place, row] of noting.entries()) {
      const role: Role = row.roles === 'anyone' ? 'admin' : row.roles.find(isStaff)!;
      const token = store.token(role, `somebody-${place}`);
      const deed = await SCENES[nameOf(row)]!(store, token);
      const why = 'why' in row.audit! ? row.audit.why : undefined;
      const reason = why === 'none' ? undefined : `because of ${place} things`;
      const [before] = await entries('');
      const status = await send(row, { token, ...deed }, reason);
      if (status >= 300) wrong.push(`${nameOf(row)}: ${status}`);
      const query = reason === undefined ? '' : `why=${encodeURIComponent(reason)}`;
      const isIt = ({ n, action }: Found) => n > (before?.n ?? 0) && notesOf(row).includes(action);
      const entry = await until(async () => (await entries(query)).find(isIt), {
        withinMs: 5_000,
        what: `an entry of ${nameOf(row)}`,
      });
      const { by, role: as, reason: said } = entry;
      if (reason === undefined) continue;
      if (by !== `somebody-${place}` || as !== role || said !== reason)
        wrong.push(`${nameOf(row)}: ${by} as ${as}, ${said}`);
    }
    expect(wrong).toEqual([]);
    keptPromise({
      promise: 'S20 (who and why)',
      what: 'every call with which staff change or take away something, each done once',
      figure: `${noting.length} calls, each with who, role, what and why`,
      control: 'a call that notes nothing is found out',
    });
  }, 60_000);

  it('of what a shopper or a till does as itself there is no entry', async () => {
    const { body } = await store.call('/v1/shoppers', { method: 'POST', token: store.token('till') });
    const own = { token: store.token('shopper', body.sid) };
    const said = { purpose: 'location', granted: true, textVersion: '2026-11', ageBand: '18+' };
    expect((await store.call('/v1/consents', { ...own, body: { sid: body.sid, ...said } })).status).toBe(201);
    expect(await entries(`target=${body.sid}`)).toEqual([]);
  });
});

describe('S20 why', () => {
  const revoke = (query: string, headers: Record<string, string>) =>
    store.call(`/v1/devices/by-hand${query}`, { method: 'DELETE', headers });

  it('is needed from a person who takes something away, not from the token of a program', async () => {
    const device = { name: 'by-hand', kind: 'device' };
    await store.call('/v1/devices', { token: store.token('admin'), body: device });
    const link = store.app.auth.issue({ role: 'admin', subject: 'kim' }, { singleUse: true });
    const logged = await store.call('/v1/session', { body: { token: link } });
    const cookie = logged.headers.get('set-cookie')!.split(';')[0]!;
    const refused = await revoke('', { cookie });
    expect([refused.status, refused.body.reason, refused.body.field]).toEqual([
      422,
      'SchemaMismatch',
      '/reason',
    ]);
    expect(await entries('action=device.revoke&target=by-hand'), 'nothing was done').toEqual([]);
    expect((await revoke('?reason=%20stolen%20', { cookie })).status).toBe(204);
    const program = { authorization: `Bearer ${store.token('admin')}` };
    expect((await revoke('', program)).status).toBe(204);
    const found = await entries('action=device.revoke&target=by-hand');
    expect(found.map(({ reason }) => reason)).toEqual([undefined, 'stolen']);
  });

  it('is trimmed, masked, 500 characters at most, and found by a part of it', async () => {
    const token = store.token('admin');
    const stop = (reason: string) => store.call('/v1/stop', { token, body: { scope: 'all', reason } });
    expect((await stop('   ')).status).toBe(422);
    expect((await stop('x'.repeat(501))).status).toBe(422);
    const { body } = await stop(`  The customer with card 4111 1111 1111 1111 complained`);
    const [entry] = await entries('why=CUSTOMER%20with');
    expect(entry?.detail).toBe(`Stop ${body.id}`);
    expect(entry?.reason).toMatch(/^The customer with card /);
    expect(entry?.reason).not.toContain('4111');
    const csv = await store.call('/v1/audit/export.csv?why=customer', { token });
    expect(csv.text.split('\r\n').filter((line) => line.includes('The customer with card'))).toHaveLength(1);
  });

  it('is said after the red button, and after it was undone', async () => {
    const token = store.token('associate');
    const say = (id: string, reason?: string) =>
      store.call(`/v1/stop/${id}/reason`, { token, method: 'PUT', body: { reason } });
    const { body } = await store.call('/v1/stop', { token, body: { scope: 'all' } });
    const before = (await store.call('/v1/stop', { token })).body.stops.find(
      ({ stopId }: { stopId: string }) => stopId === body.id,
    );
    expect(before.reason).toBe('');
    expect((await say(body.id)).status).toBe(422);
    expect((await say(body.id, 'Recall')).status).toBe(200);
    const stops = (await store.call('/v1/stop', { token })).body.stops;
    expect(stops).toContainEqual({ ...before, reason: 'Recall' });
    await store.call(`/v1/stop/${body.id}`, { token, method: 'DELETE' });
    expect((await say(body.id, 'It was the other product')).status).toBe(200);
    expect((await say('no-such-stop', 'Recall')).status).toBe(404);
    const found = await entries(`target=${body.id}`);
    expect(found.map(({ action, reason }) => [action, reason])).toEqual([
      ['stop.undo.reason', 'It was the other product'],
      ['stop.undo', undefined],
      ['stop.reason', 'Recall'],
    ]);
  });

  it('a reader of events that goes on leaves nothing, one that goes back does', async () => {
    const token = store.token('admin', 'reader');
    const put = (cursor: string) =>
      store.call('/v1/consumers/lake/offsets', {
        ...{ token, method: 'PUT', body: { offsets: { 'audit.entry': cursor } } },
      });
    const { events, next } = (await store.call('/v1/topics/audit.entry/events?limit=1', { token })).body;
    expect(events).toHaveLength(1);
    const later = (await store.call(`/v1/topics/audit.entry/events?limit=1&after=${next}`, { token })).body
      .next;
    for (const cursor of [next, later, later, next]) expect((await put(cursor)).status).toBe(200);
    const found = await entries('action=consumer&target=lake');
    expect(found.map(({ action }) => action)).toEqual(['consumer.reset', 'consumer.add']);
  });
});
