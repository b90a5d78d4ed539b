/** Every call with which one of the staff changes something, done once so that it works. */
import { makeRequest, newKey } from '../../../edge/serve/tls/x509.js';
import { pngOf } from '../../support/png.js';
import type { TestStore } from '../support.js';

/** One call: `reason` goes where the calls of the store take it. */
export interface Deed {
  readonly path: string;
  readonly body?: object | Buffer;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}
/** Makes what the deed needs; called with a token of the first role that may. */
export type Scene = (store: TestStore, token: string) => Promise<Deed> | Deed;

const admin = (store: TestStore): string => store.token('admin');
const made = async (store: TestStore, path: string, body: object): Promise<Record<string, string>> =>
  (await store.call(path, { token: admin(store), body })).body;
const sidOf = async (store: TestStore): Promise<string> => (await made(store, '/v1/shoppers', {}))['sid']!;
const stopOf = async (store: TestStore): Promise<string> =>
  (await made(store, '/v1/stop', { scope: 'all' }))['id']!;
const skuOf = ({ config }: TestStore): string => config.products[0]!.sku;
const zoneOf = ({ config }: TestStore): string => config.policy.zones[0]!.id;
const consent = (sid: string) => ({
  ...{ sid, purpose: 'location', granted: true, textVersion: '2026-11', ageBand: '18+' },
});
const GOOD = 'horse battery staple';

async function recordOf(store: TestStore): Promise<string> {
  const spoilt = { ...sale, tenders: 'none' };
  const { body } = await store.call('/v1/pos/transactions', { token: store.token('till'), body: spoilt });
  return body.quarantineId;
}
const sale = {
  ...{ store: 'store-014', till: 'till-1', businessDay: '2026-11-23', sequence: 7, type: 'sale' },
  ...{ currency: 'EUR', lines: [], tenders: [], totalMinor: 0 },
};

async function mediaOf(store: TestStore, size: number): Promise<string> {
  const response = await fetch(`${store.url}/v1/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin(store)}` },
    body: new Uint8Array(pngOf(size, size)),
  });
  return ((await response.json()) as { name: string }).name;
}

async function codeOf(store: TestStore): Promise<string> {
  return (await store.call('/v1/pairing', { method: 'POST' })).body.code;
}

/** Somebody with an account; the token of the link that sets the password. */
async function linkOf(store: TestStore, name: string): Promise<string> {
  const { link } = await made(store, '/v1/users', { name, role: 'viewer' });
  return link!.split('#set=')[1]!;
}
async function cookieOf(store: TestStore, name: string): Promise<string> {
  const body = { token: await linkOf(store, name), password: GOOD };
  const answer = await store.call('/v1/password', { body });
  return answer.headers.get('set-cookie')!.split(';')[0]!;
}

async function certificateOf(store: TestStore, device: string): Promise<string> {
  await made(store, '/v1/devices', { name: device, kind: 'device' });
  const csr = await makeRequest(device, newKey().key);
  return (await made(store, `/v1/devices/${device}/certificate`, { csr }))['serial']!;
}

export const SCENES: Readonly<Record<string, Scene>> = {
  'POST /v1/session': (store) => ({
    path: '/v1/session',
    body: { token: store.app.auth.issue({ role: 'admin', subject: 'by-link' }, { singleUse: true }) },
  }),
  'DELETE /v1/session': async (store) => ({
    path: '/v1/session',
    headers: { cookie: await cookieOf(store, 'leaving') },
  }),
  'POST /v1/password': async (store) => ({
    path: '/v1/password',
    body: { token: await linkOf(store, 'setting'), password: GOOD },
  }),
  'PUT /v1/password': async (store) => ({
    path: '/v1/password',
    headers: { cookie: await cookieOf(store, 'changing') },
    body: { current: GOOD, password: `${GOOD} two` },
  }),
  'POST /v1/claim': async (store) => ({
    path: '/v1/claim',
    body: { code: (await made(store, '/v1/claim/code', {}))['code'], name: 'first', password: GOOD },
  }),
  'POST /v1/claim/code': () => ({ path: '/v1/claim/code' }),
  'POST /v1/users': () => ({ path: '/v1/users', body: { name: 'new', role: 'viewer' } }),
  'PUT /v1/users/{name}': async (store) => {
    await linkOf(store, 'off');
    return { path: '/v1/users/off', body: { disabled: true } };
  },
  'POST /v1/users/{name}/reset': async (store) => {
    await linkOf(store, 'lost');
    return { path: '/v1/users/lost/reset' };
  },
  'DELETE /v1/users/{name}/sessions/{id}': async (store) => {
    await cookieOf(store, 'away');
    const { body } = await store.call('/v1/users/away/sessions', { token: admin(store) });
    return { path: `/v1/users/away/sessions/${body.sessions[0].id}` };
  },
  'POST /v1/shoppers': () => ({ path: '/v1/shoppers' }),
  'POST /v1/shoppers/{sid}/link': async (store) => ({ path: `/v1/shoppers/${await sidOf(store)}/link` }),
  'POST /v1/shoppers/{sid}/tags': async (store) => ({
    path: `/v1/shoppers/${await sidOf(store)}/tags`,
    body: { tag: 'iBeacon:e5ca1ade-f007-ba11-0000-000000000000-7-42' },
  }),
  'POST /v1/shoppers/{sid}/loyalty': async (store) => ({
    path: `/v1/shoppers/${await sidOf(store)}/loyalty`,
    body: { loyaltyId: 'L-100' },
  }),
  'POST /v1/consents': async (store) => ({ path: '/v1/consents', body: consent(await sidOf(store)) }),
  'DELETE /v1/consents/{sid}/{purpose}': async (store) => {
    const sid = await sidOf(store);
    await made(store, '/v1/consents', consent(sid));
    return { path: `/v1/consents/${sid}/location` };
  },
  'POST /v1/shoppers/{sid}/erasure': async (store) => ({
    path: `/v1/shoppers/${await sidOf(store)}/erasure`,
    body: {},
  }),
  'POST /v1/erasures': async (store) => {
    await made(store, `/v1/shoppers/${await sidOf(store)}/loyalty`, { loyaltyId: 'L-200' });
    return { path: '/v1/erasures', body: { loyaltyId: 'L-200' } };
  },
  'POST /v1/devices': () => ({ path: '/v1/devices', body: { name: 'node-a', kind: 'device' } }),
  'DELETE /v1/devices/{id}': async (store) => {
    await made(store, '/v1/devices', { name: 'node-b', kind: 'device' });
    return { path: '/v1/devices/node-b' };
  },
  'POST /v1/screens/{screen}/link': () => ({ path: '/v1/screens/screen-1/link' }),
  'POST /v1/pairing/confirm': async (store) => ({
    path: '/v1/pairing/confirm',
    body: { code: await codeOf(store), newScreen: { name: 'By the door', zone: zoneOf(store) } },
  }),
  'POST /v1/screens/identify': () => ({ path: '/v1/screens/identify' }),
  'POST /v1/screens/{screen}/identify': () => ({ path: '/v1/screens/screen-1/identify' }),
  'DELETE /v1/screens/{screen}/player': () => ({ path: '/v1/screens/screen-1/player' }),
  'PUT /v1/screens/{screen}/programme': () => ({
    path: '/v1/screens/screen-1/programme',
    body: { playlist: [{ show: 'offer' }] },
  }),
  'POST /v1/media': () => ({ path: '/v1/media', body: pngOf(8, 8) }),
  'DELETE /v1/media/{name}': async (store) => ({ path: `/v1/media/${await mediaOf(store, 9)}` }),
  'POST /v1/devices/{id}/certificate': async (store) => {
    await made(store, '/v1/devices', { name: 'node-c', kind: 'device' });
    return {
      path: '/v1/devices/node-c/certificate',
      body: { csr: await makeRequest('node-c', newKey().key) },
    };
  },
  'POST /v1/certificates/server': () => ({ path: '/v1/certificates/server' }),
  'DELETE /v1/certificates/{serial}': async (store) => ({
    path: `/v1/certificates/${await certificateOf(store, 'node-d')}`,
  }),
  'POST /v1/stop': () => ({ path: '/v1/stop', body: { scope: 'all' } }),
  'DELETE /v1/stop/{id}': async (store) => ({ path: `/v1/stop/${await stopOf(store)}` }),
  'PUT /v1/stop/{id}/reason': async (store) => ({
    path: `/v1/stop/${await stopOf(store)}/reason`,
    body: {},
  }),
  'POST /v1/stock/{sku}/count': (store) => ({
    path: `/v1/stock/${skuOf(store)}/count`,
    body: { count: 3 },
  }),
  'PUT /v1/consumers/{group}/offsets': () => ({
    path: '/v1/consumers/till-bridge/offsets',
    body: { offsets: {} },
  }),
  'POST /v1/quarantine/{id}/mend': async (store) => ({
    path: `/v1/quarantine/${await recordOf(store)}/mend`,
    body: { body: JSON.stringify(sale) },
  }),
  'POST /v1/quarantine/{id}/leave': async (store) => ({
    path: `/v1/quarantine/${await recordOf(store)}/leave`,
  }),
  'GET /v1/journal/export': () => ({ path: '/v1/journal/export' }),
  'POST /v1/tokens': () => ({ path: '/v1/tokens', body: { role: 'viewer', subject: 'report' } }),
  'DELETE /v1/tokens/{role}/{subject}': async (store) => {
    await made(store, '/v1/tokens', { role: 'viewer', subject: 'old-report' });
    return { path: '/v1/tokens/viewer/old-report' };
  },
  'POST /v1/backups': () => ({ path: '/v1/backups' }),
  'POST /v1/backups/stream': () => ({ path: '/v1/backups/stream' }),
  'GET /v1/audit/export.json': () => ({ path: '/v1/audit/export.json' }),
  'GET /v1/audit/export.csv': () => ({ path: '/v1/audit/export.csv' }),
};
