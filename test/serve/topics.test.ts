import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.js';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
let token: string;
const TOTAL = 25;

const admit = async (count: number, from = 0): Promise<void> => {
  for (let n = from; n < from + count; n += 1) {
    await store.app.gate.admit([
      {
        type: 'audit.entry',
        device: 'test',
        id: `entry-${n}`,
        data: { by: 'test', action: 'count', target: String(n) },
      },
    ]);
  }
};
const page = (query: string) => store.call(`/v1/topics/audit.entry/events?${query}`, { token });
const ids = (body: { events: { id: string }[] }): string[] => body.events.map(({ id }) => id);

beforeAll(async () => {
  store = await startTestStore();
  token = store.token('admin');
  await admit(TOTAL);
});
afterAll(() => store.remove());

describe('the topics API', () => {
  it('reads everything once, in order, whatever the size of the page', async () => {
    for (const limit of [1, 7, 1_000]) {
      const seen: string[] = [];
      let after = '';
      for (;;) {
        const { body } = await page(`limit=${limit}${after}`);
        if (body.events.length === 0) break;
        seen.push(...ids(body));
        after = `&after=${body.next}`;
      }
      expect(seen).toEqual(Array.from({ length: TOTAL }, (_, n) => `entry-${n}`));
    }
  });

  it('gives mirrored events their dense sequence and place', async () => {
    const { body } = await page('limit=1000');
    const sequences = body.events.map(({ sequence }: { sequence: string }) => Number(sequence));
    expect(sequences.every((sequence: number, n: number) => n === 0 || sequence > sequences[n - 1])).toBe(
      true,
    );
    expect(body.events[0].ecpos).toMatch(new RegExp(`^[^/]+/P0/${sequences[0]}$`));
    expect(body.events[0]).toMatchObject({
      specversion: '1.0',
      type: 'audit.entry',
      dataschema: 'audit.entry/1',
    });
  });

  it('reads from a time', async () => {
    const all = (await page('limit=1000')).body.events;
    const from = all[10].recordedtime;
    const { body } = await page(`limit=1000&from=${encodeURIComponent(from)}`);
    expect(body.events.every((event: { recordedtime: string }) => event.recordedtime >= from)).toBe(true);
    expect(ids(body)).toContain(all[10].id);
    expect((await page('from=2099-01-01T00:00:00Z')).body.events).toEqual([]);
  });

  it('refuses what is no cursor, and one of another past', async () => {
    const foreign = Buffer.from('999999999.AAAAAA').toString('base64url');
    const changed = Buffer.from('3.AAAAAA').toString('base64url');
    expect((await page('after=nonsense')).body.reason).toBe('SchemaMismatch');
    expect((await page(`after=${foreign}`)).body.reason).toBe('CursorGone');
    expect((await page(`after=${changed}`)).body.reason).toBe('CursorGone');
    expect((await page('limit=0')).status).toBe(422);
    expect((await page('limit=1&limit=2')).status).toBe(422);
    expect((await store.call('/v1/topics/no.topic/events', { token })).body.reason).toBe('NotFound');
  });

  it('gives viewers the catalogue, and of people nothing', async () => {
    const viewer = store.token('viewer');
    const catalogue = await store.call('/v1/topics/hq.catalog/events', { token: viewer });
    expect(catalogue.body.events[0].data.products.length).toBeGreaterThan(0);
    for (const topic of ['promo.decision', 'presence.zone', 'consent.receipt', 'pos.transaction']) {
      expect((await store.call(`/v1/topics/${topic}/events`, { token: viewer })).status).toBe(403);
    }
  });

  it('never shows the salt of the store', async () => {
    const { text } = await store.call('/v1/topics/hq.policy/events', { token });
    expect(text).toContain('Linden Grocer');
    expect(text).not.toContain('salt');
    expect((await store.call('/v1/journal?type=hq.policy', { token })).text).not.toContain('salt');
  });
});

/** Reads a stream until `count` events came. */
async function read(
  query: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<{ id: string; data: { id: string } }[]> {
  const stop = new AbortController();
  const response = await fetch(`${store.url}/v1/topics/audit.entry/stream${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: stop.signal,
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const events: { id: string; data: { id: string } }[] = [];
  let text = '';
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  while (events.length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop()!;
    for (const part of parts) {
      const id = /^id: (.+)$/m.exec(part)?.[1];
      const data = /^data: (.+)$/m.exec(part)?.[1];
      if (id !== undefined && data !== undefined) events.push({ id, data: JSON.parse(data) });
    }
  }
  stop.abort();
  return events.slice(0, count);
}

describe('the stream', () => {
  it('begins now, and delivers what happens from then on', async () => {
    let arrived = false;
    const reading = read('', 3).finally(() => {
      arrived = true;
    });
    let written = 1_000;
    await until(
      async () => {
        await admit(1, written);
        written += 1;
        return arrived;
      },
      { withinMs: 10_000, what: 'three live events' },
    );
    const events = await reading;
    expect(events).toHaveLength(3);
    expect(events.every(({ data }) => Number(data.id.split('-')[1]) >= 1_000)).toBe(true);
  });

  it('resumes after Last-Event-ID without a hole or a repeat', async () => {
    const first = await read('?from=2020-01-01T00:00:00Z', 10);
    const rest = await read('', 15, { 'last-event-id': first[9]!.id });
    expect([...first, ...rest].map(({ data }) => data.id)).toEqual(
      Array.from({ length: TOTAL }, (_, n) => `entry-${n}`),
    );
    const { body } = await page(`limit=5&after=${first[9]!.id}`);
    expect(ids(body)).toEqual(rest.slice(0, 5).map(({ data }) => data.id));
  });
});

describe('consumer groups', () => {
  it('keep their committed positions over a restart, each topic by itself', async () => {
    const path = '/v1/consumers/bi/offsets';
    expect((await store.call(path, { token })).body).toEqual({ offsets: {} });
    const { next } = (await page('limit=5')).body;
    await store.call(path, { token, method: 'PUT', body: { offsets: { 'audit.entry': next } } });
    const other = (await store.call('/v1/topics/hq.policy/events', { token })).body.next;
    const put = await store.call(path, { token, method: 'PUT', body: { offsets: { 'hq.policy': other } } });
    expect(put.body.offsets).toEqual({ 'audit.entry': next, 'hq.policy': other });
    store = await store.restart();
    expect((await store.call(path, { token })).body.offsets).toEqual(put.body.offsets);
    expect(ids((await page(`limit=1&after=${next}`)).body)).toEqual(['entry-5']);
    const bad = await store.call(path, { token, method: 'PUT', body: { offsets: { nonsense: next } } });
    expect(bad.status).toBe(422);
  });
});
