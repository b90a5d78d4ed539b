import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGate } from '../../../edge/ingest/gate.js';
import { createMasker } from '../../../edge/ingest/mask/masker.js';
import { createAlarms } from '../../../edge/ops/alarms.js';
import { createAudit } from '../../../edge/serve/audit/audit.js';
import { openAuditTrail } from '../../../edge/serve/audit/trail.js';
import { createAccounts } from '../../../edge/serve/auth/accounts.js';
import { createAuth } from '../../../edge/serve/auth/auth.js';
import { createClaims } from '../../../edge/serve/auth/claim.js';
import { createPasswords } from '../../../edge/serve/auth/passwords.js';
import { createHttp } from '../../../edge/serve/http.js';
import { openMediaFiles } from '../../../edge/serve/media/media-files.js';
import { createPairing } from '../../../edge/serve/pairing/pairing.js';
import { certificateRoutes } from '../../../edge/serve/routes/certificates.js';
import { claimRoutes } from '../../../edge/serve/routes/claim.js';
import { deviceRoutes } from '../../../edge/serve/routes/devices.js';
import { mediaRoutes } from '../../../edge/serve/routes/media.js';
import { pairingRoutes } from '../../../edge/serve/routes/pairing.js';
import { screenRoutes } from '../../../edge/serve/routes/screens.js';
import { sessionRoutes } from '../../../edge/serve/routes/session.js';
import { tokenRoutes } from '../../../edge/serve/routes/tokens.js';
import { userRoutes } from '../../../edge/serve/routes/users.js';
import { createJournal } from '../../../edge/store/journal.js';
import { pngOf } from '../../support/png.js';
import { until } from '../../support/until.js';

const GOOD = 'horse battery staple';
const clock = { nowMs: Date.now, monotonicMs: () => performance.now(), untrusted: () => undefined };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const closer of closers.splice(0).reverse()) await closer();
});

/** The rim of a store whose disk refuses the commits from one to another; accounts are made beside the journal. */
async function rim(full: { from: number; times: number }) {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-before-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'keys'));
  const alarms = createAlarms({ clock, onRaise: () => undefined });
  const journal = await createJournal({
    directory: join(folder, 'journal'),
    quotaBytes: 64 * 1024 * 1024,
    nowMs: clock.nowMs,
    source: '/store/s/journal',
    log: () => undefined,
    faults: { at: { point: 'before-commit', action: 'disk-full', nth: full.from, times: full.times } },
  });
  closers.push(() => journal.close());
  const trail = await openAuditTrail({ folder: join(folder, 'keys'), journal, clock, alarms });
  closers.push(trail.close);
  const masker = createMasker({ isProduct: () => false, isOwnDevice: () => false });
  const gate = createGate({ journal: trail, clock, newId: randomUUID, storeId: 's', masker });
  const parked: string[] = [];
  const onParked = ({ action }: { action: string }) => parked.push(action);
  const audit = createAudit({ gate, clock, alarms, onParked, retryMs: 20 });
  const auth = createAuth({
    folder: join(folder, 'keys'),
    clock,
    mode: 'required',
    listeners: ['127.0.0.1'],
  });
  closers.push(auth.close);
  const accounts = createAccounts({
    auth,
    clock,
    passwords: createPasswords({ cost: { N: 2 ** 10, r: 8, p: 1 } }),
  });
  const claims = createClaims({ accounts, clock });
  const baseUrl = () => 'http://127.0.0.1';
  const screens = { screens: () => [] };
  const deps = { auth, accounts, claims, audit, clock, baseUrl, screens };
  const errors: Error[] = [];
  const media = openMediaFiles(join(folder, 'media'));
  /** Deeds whose doing is for other rooms. */
  const did: string[] = [];
  const hands = {
    saveScreen: async ({ id }: { id: string }) => void did.push(`save ${id}`),
    dismissPlayer: (screen: string) => void did.push(`dismiss ${screen}`),
  };
  const pairing = createPairing({ clock });
  const http = createHttp({
    auth,
    routes: [
      ...sessionRoutes(deps),
      ...claimRoutes(deps),
      ...userRoutes(deps),
      ...deviceRoutes(deps),
      ...tokenRoutes(deps),
      ...mediaRoutes({ media, audit, alone: (work) => work([]) }),
      ...screenRoutes({
        ...{ audit, media, ...hands },
        identify: (screen) => did.push(`identify ${screen}`),
        screensOf: () => [{ id: 'screen-1', zone: 'z' }],
      }),
      ...pairingRoutes({
        ...{ auth, audit, pairing, screens, ...hands, nowMs: clock.nowMs },
        zones: () => [{ id: 'z' }],
        takenIds: () => new Set(),
      }),
      ...certificateRoutes({ auth, audit, trust: trustThatTells(did) }),
    ],
    pagesFolder: folder,
    hostNames: [],
    onError: (error) => errors.push(error),
  });
  const port = await http.listen('127.0.0.1', 0);
  closers.push(http.close);
  const admin = auth.issue({ role: 'admin', subject: 'boss' });
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(headers['cookie'] === undefined ? { authorization: `Bearer ${admin}` } : {}),
        'content-type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? undefined : JSON.parse(text),
      cookie: (response.headers.get('set-cookie') ?? '').split(';')[0]!,
    };
  };
  const person = async (name: string, role: 'admin' | 'viewer' = 'viewer') => {
    const made = accounts.add(name, role) as { token: string };
    const session = await accounts.setPassword(made.token, GOOD, { address: 'x', agent: '' });
    return (session as { token: string }).token;
  };
  const entries = () =>
    trail
      .search({ limit: 100 })
      .map(({ data }) => [data.action, data.outcome, data.target])
      .reverse();
  return {
    auth,
    accounts,
    claims,
    alarms,
    trail,
    parked,
    call,
    person,
    entries,
    errors,
    media,
    did,
    pairing,
  };
}

/** One device with a good certificate, and a note of what was done. */
function trustThatTells(did: string[]): Parameters<typeof certificateRoutes>[0]['trust'] {
  const never = () => Promise.reject(new Error('not asked for here'));
  const good = {
    kind: 'device',
    serial: 'AB12',
    subject: 'node-1',
    notAfter: '',
    daysLeft: 9,
    state: 'good',
  };
  return {
    ...{ authority: never, issue: never },
    list: () => [good as never],
    renew: async () => void did.push('renew'),
    revoke: (serial) => did.push(`revoke ${serial}`) > 0,
  };
}

const ALWAYS = { from: 1, times: 1e9 };
const NEVER = { from: 1e9, times: 1 };

describe('S20 while the journal takes nothing', () => {
  it('nothing is done that nobody would answer for', async () => {
    const store = await rim(ALWAYS);
    const session = await store.person('sam', 'admin');
    await store.person('kim');
    const node = store.auth.registerDevice({ name: 'node-1', kind: 'device' });
    const link = store.accounts.reset('kim') as { token: string };
    const before = JSON.stringify([store.accounts.list(), store.auth.devices()]);
    const { id } = store.accounts.sessions('sam')[0]!;
    const taken = await store.media.take(pngOf(8, 8));
    const file = 'file' in taken ? taken.file.name : '';
    const { code } = (await store.pairing.begin('x')) as { code: string };
    const deeds: [string, string, object?][] = [
      ['POST', '/v1/users', { name: 'eve', role: 'admin' }],
      ['PUT', '/v1/users/kim', { disabled: true }],
      ['PUT', '/v1/users/kim', { role: 'admin' }],
      ['POST', '/v1/users/kim/reset'],
      ['DELETE', `/v1/users/sam/sessions/${id}`],
      ['POST', '/v1/devices', { name: 'node-2', kind: 'device' }],
      ['DELETE', '/v1/devices/node-1'],
      ['POST', '/v1/tokens', { role: 'viewer', subject: 'report' }],
      ['POST', '/v1/password', { token: link.token, password: `${GOOD} two` }],
      ['DELETE', `/v1/media/${file}`],
      ['DELETE', '/v1/screens/screen-1/player'],
      ['PUT', '/v1/screens/screen-1/programme', { playlist: [{ show: 'offer' }] }],
      ['POST', '/v1/screens/identify'],
      ['POST', '/v1/pairing/confirm', { code, newScreen: { name: 'Front', zone: 'z' } }],
      ['POST', '/v1/certificates/server'],
      ['DELETE', '/v1/certificates/ab12'],
    ];
    for (const [method, path, body] of deeds) {
      const answer = await store.call(method, path, body);
      expect([answer.status, answer.body.reason], `${method} ${path}`).toEqual([503, 'DiskFull']);
    }
    expect(JSON.stringify([store.accounts.list(), store.auth.devices()])).toBe(before);
    expect(store.did).toEqual([]);
    expect(store.media.list().map(({ name }) => name)).toEqual([file]);
    expect(store.auth.verify(session)).toBeDefined();
    expect(store.auth.verify(node.token)).toBeDefined();
    expect(store.auth.forPassword(link.token), 'the link is still good').toBeDefined();
    expect(await store.accounts.logIn('kim', GOOD, { address: 'y', agent: '' })).toHaveProperty('token');
    expect(store.errors).toEqual([]);
  });

  it('nobody becomes the first admin, and the code stays good', async () => {
    const store = await rim(ALWAYS);
    const { code } = store.claims.newCode() as { code: string };
    const asked = { code, name: 'sam', password: GOOD };
    expect((await store.call('POST', '/v1/claim', asked)).body.reason).toBe('DiskFull');
    expect(store.accounts.list()).toEqual([]);
    expect((await store.call('POST', '/v1/claim', asked)).body.reason).toBe('DiskFull');
  });

  it('people log in and out all the same, and that is noted once there is room', async () => {
    const store = await rim({ from: 1, times: 40 });
    await store.person('sam', 'admin');
    const { status, cookie } = await store.call('POST', '/v1/session', { name: 'sam', password: GOOD });
    expect(status).toBe(200);
    expect((await store.call('GET', '/v1/session', undefined, { cookie })).body.subject).toBe('sam');
    expect((await store.call('DELETE', '/v1/session', undefined, { cookie })).status).toBe(204);
    expect((await store.call('GET', '/v1/session', undefined, { cookie })).status).toBe(401);
    expect(store.parked).toEqual(['session.start', 'session.end']);
    expect(store.alarms.list()).toMatchObject([{ code: 'AuditWaits', text: /^2 log-ins/ }]);
    await until(() => store.alarms.list().length === 0, { withinMs: 10_000, what: 'room on the disk' });
    const rows = store.trail.search({ limit: 10 }).map(({ data }) => data);
    expect(rows.map(({ action, by }) => [action, by])).toEqual([
      ['session.end', 'sam'],
      ['session.start', 'sam'],
    ]);
    for (const { detail } of rows) expect(detail).toMatch(/^NotedLate \d{4}-.*Z$/);
  });
});

describe('S20 while it takes everything', () => {
  it('each deed has one entry, with what it was done to', async () => {
    const store = await rim(NEVER);
    await store.person('sam', 'admin');
    await store.call('POST', '/v1/users', { name: ' Kim ', role: 'viewer' });
    await store.call('PUT', '/v1/users/KIM', { disabled: true });
    await store.call('PUT', '/v1/users/sam', { disabled: true });
    await store.call('POST', '/v1/users', { name: 'kim', role: 'viewer' });
    // At the same moment, under the same name.
    const made = await Promise.all(
      [1, 2, 3].map(() => store.call('POST', '/v1/devices', { name: 'node', kind: 'device' })),
    );
    expect(made.map(({ body }) => body.id).sort()).toEqual(['node', 'node-2', 'node-3']);
    await store.call('DELETE', '/v1/devices/node');
    await store.call('POST', '/v1/tokens', { role: 'viewer', subject: 'endcap' });
    await store.call('POST', '/v1/tokens', { role: 'viewer', subject: 'report' });
    expect(store.entries().sort()).toEqual(
      [
        ['user.add', 'done', 'kim'],
        ['user.disable', 'done', 'kim'],
        ['user.disable', 'refused', 'sam'],
        ['device.register', 'done', 'node'],
        ['device.register', 'done', 'node-2'],
        ['device.register', 'done', 'node-3'],
        ['device.revoke', 'done', 'node'],
        ['token.issue', 'done', 'viewer report'],
      ].sort(),
    );
  });

  it('a screen is noted before it is there, and the code stays good where it could not be saved', async () => {
    const store = await rim({ from: 1, times: 40 });
    const { code } = (await store.pairing.begin('x')) as { code: string };
    const asked = { code, newScreen: { name: 'Front', zone: 'z' }, reason: 'new aisle' };
    const ask = () => store.call('POST', '/v1/pairing/confirm', asked);
    expect([(await ask()).body.reason, store.did]).toEqual(['DiskFull', []]);
    const paired = async () => ((await ask()).status === 200 ? true : undefined);
    await until(paired, { withinMs: 10_000, what: 'room on the disk' });
    expect(store.did).toEqual(['save screen-1']);
    expect(store.entries()).toEqual([['screen.add', 'done', 'screen-1']]);
  });

  it('what came to nothing after its entry has a second one that says so', async () => {
    const store = await rim(NEVER);
    await store.person('sam', 'admin');
    const { token } = store.accounts.reset('sam') as { token: string };
    const answers = await Promise.all(
      ['one', 'two'].map((word) =>
        store.call('POST', '/v1/password', { token, password: `${GOOD} ${word}` }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(store.entries().map(([action, outcome]) => [action, outcome])).toEqual([
      ['user.password', 'done'],
      ['user.password', 'done'],
      ['user.password', 'failed'],
    ]);
  });
});
