import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HealthNow, OfferNow, StockNow } from '../../edge/contracts/index.js';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
let staff: string;
beforeAll(async () => {
  store = await startTestStore();
  staff = store.token('associate');
});
afterAll(() => store.remove());

const get = (path: string, token = staff) => store.call(path, { token });
const stock = async (
  query = '',
): Promise<{ total: number; counts: Record<string, number>; products: StockNow[] }> =>
  (await get(`/v1/stock${query}`)).body;
const count = (sku: string, body: object, token = staff) =>
  store.call(`/v1/stock/${sku}/count`, { token, body });

describe('the tabs of the staff page', () => {
  it('Offers: says what runs, and what one stop holds', async () => {
    const offers = async (): Promise<OfferNow[]> => (await get('/v1/offers')).body.offers;
    const [first] = await offers();
    expect(first?.state).toBe('running');
    const { id } = first!.campaign;
    const stop = await store.call('/v1/stop', {
      token: staff,
      body: { scope: { campaign: id }, reason: 'wrong price' },
    });
    const stopped = (await offers()).filter(({ state }) => state === 'stopped');
    expect(stopped.map(({ campaign }) => campaign.id)).toEqual([id]);
    expect(stopped[0]?.stops[0]?.stopId).toBe(stop.body.id);
    await store.call(`/v1/stop/${stop.body.id}`, { token: staff, method: 'DELETE' });
    expect((await offers()).every(({ state }) => state !== 'stopped')).toBe(true);
  });

  it('Stock: finds, sorts and pages', async () => {
    const all = await stock('?limit=500');
    expect(all.total).toBe(all.counts['all']);
    const names = all.products.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    const one = await stock(`?q=${encodeURIComponent(names[3]!.toUpperCase())}`);
    expect(one.products.map(({ name }) => name)).toContain(names[3]);
    const page = await stock('?limit=2&skip=2');
    expect(page.products.map(({ name }) => name)).toEqual(names.slice(2, 4));
    const levels = (await stock('?sort=level&limit=500')).products.map(({ level }) => level ?? Infinity);
    expect(levels).toEqual([...levels].sort((left, right) => left - right));
  });

  it('Stock: takes the word of a person who counted, answers for it, and takes it back', async () => {
    const [product] = (await stock('?sort=level')).products;
    const { sku } = product!;
    const level = async () => (await stock(`?q=${sku}`)).products.find((row) => row.sku === sku)?.level;
    const before = await level();
    const counted = await count(sku, { count: 77 });
    expect(counted).toMatchObject({ status: 201, body: { count: 77, before } });
    expect(await level()).toBe(77);
    const undone = await count(sku, { count: before, undoes: counted.body.id });
    expect(undone.status).toBe(201);
    expect(await level()).toBe(before);
    const audit = await get('/v1/journal?type=audit.entry&q=stock.count', store.token('store-manager'));
    expect(audit.body.events.map((event: { data: { action: string } }) => event.data.action)).toEqual([
      'stock.count.undo',
      'stock.count',
    ]);
  });

  it('Stock: knows what is sold out, nearly gone and in an offer, also after the last piece', async () => {
    const [first, second] = (await stock('?only=offered')).products;
    await count(first!.sku, { count: 0 });
    await count(second!.sku, { count: 2 });
    const skus = async (only: string) => (await stock(`?only=${only}`)).products.map(({ sku }) => sku);
    expect(await skus('out')).toEqual([first!.sku]);
    expect(await skus('low')).toContain(second!.sku);
    expect(await skus('low')).not.toContain(first!.sku);
    expect((await stock()).counts['out']).toBe(1);
    const [gone] = (await stock('?only=out')).products;
    expect(gone?.outSince).toBeDefined();
  });

  it('Stock: asks which shelf where there are several, and refuses what it does not know', async () => {
    const { sku } = (await stock()).products[0]!;
    for (const shelf of ['a', 'b']) {
      const data = { shelf, sku, count: 4 };
      await store.app.gate.admit([{ type: 'shelf.reading', device: shelf, data }]);
    }
    await store.app.engine.idle();
    expect(await count(sku, { count: 3 })).toMatchObject({ status: 422, body: { field: '/shelf' } });
    expect(await count(sku, { count: 3, shelf: 'c' })).toMatchObject({ status: 422 });
    expect((await count(sku, { count: 3, shelf: 'b' })).body).toMatchObject({ before: 4, shelf: 'b' });
    expect((await count('nothing', { count: 3 })).status).toBe(404);
    expect((await count(sku, { count: 3 }, store.token('viewer'))).status).toBe(403);
  });

  it('Devices: one row for what is planned, registered and heard', async () => {
    const manager = store.token('store-manager');
    const made = await store.call('/v1/devices', {
      token: manager,
      body: { name: 'door counter', kind: 'device' },
    });
    const data = { zone: 'entrance', boot: '1', in: 3, out: 1 };
    await store.app.gate.admit([{ type: 'presence.traffic', device: made.body.id, data }]);
    await store.app.engine.idle();
    const { devices, screens } = (await get('/v1/equipment')).body;
    const row = (id: string) => devices.find((device: { id: string }) => device.id === id);
    expect(row(made.body.id)).toMatchObject({
      kind: 'counter',
      zone: 'entrance',
      registered: true,
      name: 'door counter',
    });
    expect(row(made.body.id).heardAt).toBeDefined();
    expect(row('produce-1')).toMatchObject({
      kind: 'gateway',
      zone: 'produce',
      planned: true,
      registered: false,
    });
    expect(screens).toHaveLength(store.config.policy.screens.length);
    await store.call(`/v1/devices/${made.body.id}`, { token: manager, method: 'DELETE' });
    const after = (await get('/v1/equipment')).body.devices;
    expect(after.find((device: { id: string }) => device.id === made.body.id)).toMatchObject({
      revoked: true,
    });
  });

  it('Health: has figures of the box, the refusals since the start, and how the last run ended', async () => {
    await get('/v1/stock?sort=nonsense');
    const health: HealthNow = (await get('/v1/health')).body;
    expect(health.journal.quotaBytes).toBeGreaterThan(health.journal.bytes);
    expect(health.disk.totalBytes).toBeGreaterThan(0);
    expect(health.refusals.some(({ reason }) => reason === 'SchemaMismatch')).toBe(true);
    expect(health.starts).toHaveLength(1);
    await store.call('/v1/backups', { token: store.token('admin'), method: 'POST' });
    const [backup] = ((await get('/v1/health')).body as HealthNow).backups;
    expect(backup?.bytes).toBeGreaterThan(0);
    expect(Math.abs(Date.parse(backup!.at) - store.app.nowMs())).toBeLessThan(60_000);
    store = await store.restart();
    staff = store.token('associate');
    const { starts } = (await get('/v1/health')).body as HealthNow;
    expect(starts.map(({ before }) => before)).toEqual(['stopped', undefined]);
  });
});
