import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Story } from '../../edge/contracts/index.js';
import { until } from '../support/until.js';
import { type Answer, payloads, startTestStore, type TestStore } from './support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

const transaction = (sequence: number, more: object = {}) => ({
  store: store.config.policy.store.id,
  till: 'till-1',
  businessDay: '2026-11-23',
  sequence,
  type: 'sale',
  time: '2026-11-23T10:00:00Z',
  currency: 'EUR',
  lines: [{ line: 1, sku: 'DRK-1001', quantity: 1, unitMinor: 349, totalMinor: 349, kind: 'sale' }],
  tenders: [{ type: 'cash', amountMinor: 349 }],
  totalMinor: 349,
  ...more,
});
const sell = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  store.call('/v1/pos/transactions', { token: store.token('till', 'till-1'), body, headers });

describe('POST /v1/pos/transactions', () => {
  it('records once: 201, then 200, and 409 for the same key with another body', async () => {
    const first = await sell(transaction(1));
    expect([first.status, first.body.known]).toEqual([201, false]);
    expect(first.body).toMatchObject({ id: 'till-1|2026-11-23|1', till: 'till-1', sequence: 1 });
    const again = await sell(transaction(1));
    expect([again.status, again.body.known]).toEqual([200, true]);
    const other = await sell(transaction(1, { totalMinor: 1 }));
    expect([other.status, other.body.reason]).toEqual([409, 'TransactionConflict']);
    expect(other.body.quarantineId).toBeDefined();
  });

  it('lets a till speak only as itself', async () => {
    const foreign = await sell(transaction(2, { till: 'till-2' }));
    expect([foreign.status, foreign.body.reason]).toEqual([403, 'NotAllowed']);
    const manager = await store.call('/v1/pos/transactions', {
      token: store.token('store-manager'),
      body: transaction(2, { till: 'till-2' }),
    });
    expect(manager.status).toBe(201);
  });

  it('says plainly that XML is not read yet', async () => {
    const answer = await sell('<POSLog/>', { 'content-type': 'application/xml' });
    expect([answer.status, answer.body.reason]).toEqual([415, 'UnsupportedFormat']);
  });

  it('takes a document of 1 MiB and refuses more', async () => {
    const long = transaction(3, { note: 'x'.repeat(1_100_000) });
    expect((await sell(long)).body.reason).toBe('TooLarge');
  });
});

describe('quarantine', () => {
  const desk = () => store.token('associate');
  const list = async () => (await store.call('/v1/quarantine', { token: desk() })).body;

  /** A shelf reading that does not fit, from a device of its own. */
  async function spoil(shelf: string): Promise<string> {
    const { id, token } = store.app.auth.registerDevice({
      name: `scale-${shelf}`,
      kind: 'device',
      speaksFor: [shelf],
    });
    const client = await connectAsync(store.app.mqttUrl, { username: id, password: token, clientId: id });
    await client.publishAsync(`endcap/v1/shelf/${shelf}`, '{"sku":"DRK-1001","count":"many"}', { qos: 1 });
    await client.endAsync();
    const record = await until(
      async () => (await list()).records.find((known: { topic: string }) => known.topic.endsWith(shelf)),
      { withinMs: 5_000, what: 'the record' },
    );
    return record.quarantineId;
  }
  const mend = (id: string, body: string): Promise<Answer> =>
    store.call(`/v1/quarantine/${encodeURIComponent(id)}/mend`, { token: desk(), body: { body } });

  it('shows what was set aside, refuses a mend that does not fit, and takes one that does', async () => {
    const id = await spoil('drinks-soft');
    const open = await store.call(`/v1/quarantine/${encodeURIComponent(id)}`, { token: desk() });
    expect(open.body).toMatchObject({ quarantineId: id, reason: 'SchemaMismatch', channel: 'mqtt' });
    expect(open.body.body).toContain('many');
    const still = await mend(id, '{"sku":"DRK-1001","count":"few"}');
    expect([still.status, still.body.reason]).toEqual([422, 'SchemaMismatch']);
    const mended = await mend(id, '{"sku":"DRK-1001","count":31}');
    expect([mended.status, mended.body.as]).toEqual([200, 'mended']);
    const { body } = await store.call('/v1/journal?type=shelf.reading', { token: desk() });
    expect(mended.body.events).toEqual([body.events[0].id]);
    expect(body.events[0].data).toMatchObject({ shelf: 'drinks-soft', count: 31 });
    expect((await list()).records.some((known: { quarantineId: string }) => known.quarantineId === id)).toBe(
      false,
    );
    expect((await mend(id, '{"sku":"DRK-1001","count":32}')).status).toBe(404);
    const manager = store.token('store-manager');
    const audit = await store.call('/v1/journal?type=audit.entry&q=quarantine.mended', { token: manager });
    expect(audit.body.events[0].data).toMatchObject({ target: id, by: 'a-associate' });
  });

  it('is settled by one of many who try at once', async () => {
    const id = await spoil('drinks-water');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => mend(id, '{"sku":"DRK-1006","count":9}')),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => [200, 404, 409].includes(status))).toBe(true);
  });

  it('can be left as it is', async () => {
    const id = await spoil('drinks-juice');
    const left = await store.call(`/v1/quarantine/${encodeURIComponent(id)}/leave`, {
      token: desk(),
      method: 'POST',
    });
    expect([left.status, left.body.as]).toEqual([200, 'left']);
    expect((await store.call(`/v1/quarantine/${encodeURIComponent(id)}`, { token: desk() })).status).toBe(
      404,
    );
  });
});

describe('the journal page', () => {
  const search = (query: string) => store.call(`/v1/journal?${query}`, { token: store.token('viewer') });

  it('pages back to the beginning, newest first, each event once', async () => {
    const offsets: number[] = [];
    let after = '';
    for (;;) {
      const { body } = await search(`limit=7${after}`);
      offsets.push(...body.events.map(({ offset }: { offset: number }) => offset));
      if (body.next === undefined) break;
      after = `&after=${body.next}`;
    }
    expect(offsets).toEqual([...new Set(offsets)].sort((left, right) => right - left));
    const all = await search('limit=200');
    expect(offsets.length).toBeGreaterThanOrEqual(all.body.events.length);
    expect(offsets.slice(0, 5).length).toBe(5);
  });

  it('finds by type, outcome, word and time', async () => {
    const types = (await search('type=pos.transaction')).body.events.map(
      ({ type }: { type: string }) => type,
    );
    expect(new Set(types)).toEqual(new Set(['pos.transaction']));
    const offered = (await search('outcome=offered')).body.events;
    expect(offered.length).toBeGreaterThan(0);
    expect(offered.every(({ data }: { data: { outcome: string } }) => data.outcome === 'offered')).toBe(true);
    const words = (await search('q=TILL-2')).body.events;
    expect(words.some(({ partitionkey }: { partitionkey: string }) => partitionkey === 'till-2')).toBe(true);
    expect((await search('to=2020-01-01T00:00:00Z')).body.events).toEqual([]);
    expect((await search('from=2099-01-01T00:00:00Z')).body.events).toEqual([]);
    const newest = (await search('limit=1')).body.events[0];
    const until = (await search(`limit=1&to=${newest.recordedtime}`)).body.events[0];
    expect(until.offset).toBe(newest.offset);
    const one = await store.call(`/v1/journal/${encodeURIComponent(newest.id)}`, {
      token: store.token('viewer'),
    });
    expect(one.body.offset).toBe(newest.offset);
  });

  it('explains a decision that it found', async () => {
    const [found] = (await search('outcome=offered&limit=1')).body.events;
    const { status, body } = await store.call('/v1/explain', {
      token: store.token('viewer'),
      body: { id: found.id },
    });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain(found.data.decisionId);
  });
});

describe('links', () => {
  it('that make somebody a shopper or a screen are answered for', async () => {
    const manager = store.token('store-manager');
    const { sid } = (await store.call('/v1/shoppers', { token: manager, method: 'POST' })).body;
    const again = await store.call(`/v1/shoppers/${sid}/link`, { token: manager, method: 'POST' });
    expect(again.body.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/me\?token=ec_/);
    const screen = await store.call('/v1/screens/screen-2/link', { token: manager, method: 'POST' });
    expect((await store.call(screen.body.link.slice(store.url.length))).headers.get('location')).toBe(
      '/screen/screen-2',
    );
    const { body } = await store.call('/v1/journal?type=audit.entry&limit=2', { token: manager });
    expect(body.events.map(({ data }: { data: object }) => data)).toMatchObject([
      { by: 'a-store-manager', action: 'screen.link', target: 'screen-2' },
      { by: 'a-store-manager', action: 'shopper.link', target: sid },
    ]);
  });
});

describe('the staff page', () => {
  it('hears a story as soon as it begins', async () => {
    const socket = store.socket('/staff', { token: store.token('viewer') });
    await payloads(socket, 'now');
    const stories: Story[] = [];
    socket.on('story', (story: Story) => stories.push(story));
    const token = store.token('associate');
    const stop = await store.call('/v1/stop', { token, body: { scope: 'all', reason: 'to begin anew' } });
    await store.call(`/v1/stop/${stop.body.id}`, { token, method: 'DELETE' });
    await until(() => stories.length > 0, { withinMs: 5_000, what: 'a story' });
    const { body } = await store.call(`/v1/stories/${encodeURIComponent(stories[0]!.id)}`, { token });
    expect(body.id).toBe(stories[0]!.id);
    expect((await store.call('/v1/now', { token })).body.policy.salt).toBeUndefined();
  });
});

describe('a browser that a manager makes a screen', () => {
  it('is that screen and no other, without any staff rights of its own', async () => {
    const enter = async (path: string, cookie: string) => store.call(path, { headers: { cookie } });
    const token = store.app.auth.issue({ role: 'store-manager', subject: 'm' }, { singleUse: true });
    const staff = (await store.call(`/?token=${token}`)).headers.get('set-cookie')!.split(';')[0]!;
    const set = (await enter('/screen/screen-4', staff)).headers.get('set-cookie')!;
    expect(set).toMatch(/^endcap_screen_.*HttpOnly; SameSite=Strict/);
    const screen = set.split(';')[0]!;
    expect((await store.call('/v1/session', { headers: { cookie: screen } })).body).toEqual({
      role: 'screen',
      subject: 'screen-4',
    });
    expect((await enter('/v1/journal', screen)).status).toBe(403);
    const viewer = store.app.auth.issue({ role: 'viewer', subject: 'v' }, { singleUse: true });
    const looking = (await store.call(`/?token=${viewer}`)).headers.get('set-cookie')!.split(';')[0]!;
    expect((await enter('/screen/screen-4', looking)).headers.get('set-cookie')).toBeNull();
  });

  it('logs out for good', async () => {
    const token = store.app.auth.issue({ role: 'viewer', subject: 'w' }, { singleUse: true });
    const cookie = (await store.call(`/?token=${token}`)).headers.get('set-cookie')!.split(';')[0]!;
    expect((await store.call('/v1/session', { headers: { cookie } })).status).toBe(200);
    const out = await store.call('/v1/session', { method: 'DELETE', headers: { cookie } });
    expect(out.status).toBe(204);
    expect((await store.call('/v1/session', { headers: { cookie } })).status).toBe(401);
  });
});
