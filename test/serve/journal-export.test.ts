import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvCell, csvLine } from '../../edge/serve/journal-export.js';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
let token: string;
const EVIL = '=HYPERLINK("http://evil.example","x")';
beforeAll(async () => {
  store = await startTestStore();
  token = store.token('store-manager');
  for (const name of [EVIL, '+1', '@SUM(A1)', 'a "quoted", one']) {
    const data = { device: 'cell', kind: 'probe', reason: name };
    await store.app.gate.admit([{ type: 'device.online', device: 'cell', data }]);
  }
  await store.app.engine.idle();
});
afterAll(() => store.remove());

const file = (query: string, as = token) => store.call(`/v1/journal/export?${query}`, { token: as });

describe('the journal as a file', () => {
  it('holds what the filter finds, newest first, as CSV that any reader takes', async () => {
    const answer = await file('type=device.online');
    expect(answer.headers.get('content-disposition')).toContain('journal.csv');
    const rows: Record<string, string>[] = parse(answer.text, { columns: true, bom: true });
    const found = rows.map(({ data }) => JSON.parse(data!).reason).slice(0, 4);
    expect(found).toEqual(['a "quoted", one', '@SUM(A1)', '+1', EVIL]);
    const listed = await store.call('/v1/journal?type=device.online', { token });
    expect(rows).toHaveLength(listed.body.events.length);
  });

  it('is announced as what it is, in both formats', async () => {
    const { body } = await store.call('/v1/openapi.json');
    const announced = Object.keys(body.paths['/v1/journal/export'].get.responses['200'].content);
    for (const format of ['csv', 'json']) {
      const type = (await file(`format=${format}&type=tick`)).headers.get('content-type') ?? '';
      expect(announced).toContain(type.split(';')[0]);
    }
  });

  it('holds the same as JSON, and says that it is complete', async () => {
    const { body } = await file('format=json&type=device.online');
    expect(body.complete).toBe(true);
    expect(body.count).toBe(body.events.length);
    expect(body.events[0].data.reason).toBe('a "quoted", one');
    expect((await file('format=json&type=tick&outcome=offered')).body).toEqual({
      events: [],
      count: 0,
      complete: true,
    });
  });

  it('keeps to the times asked for', async () => {
    const from = new Date(store.app.nowMs() + 1_000).toISOString();
    expect((await file(`format=json&from=${from}`)).body.events).toEqual([]);
    const to = new Date(store.app.nowMs() - 3_600_000).toISOString();
    expect((await file(`format=json&to=${to}`)).body.events).toEqual([]);
  });

  it('does not hold the note that says who took it', async () => {
    await file('format=json&q=a%20word%20of%20its%20own');
    expect((await file('format=json&q=a%20word%20of%20its%20own')).body.count).toBe(1);
  });

  it('is answered for, and not for those who only look', async () => {
    await file('q=cell');
    const audit = await store.call('/v1/journal?type=audit.entry&q=journal.export', { token });
    expect(audit.body.events[0].data.target).toContain('"q":"cell"');
    expect((await file('', store.token('viewer'))).status).toBe(403);
  });

  it('gives a spreadsheet no formula, whoever sent it, and leaves numbers alone', () => {
    for (const evil of [EVIL, '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', ' =1', '|cmd', '%0A=1']) {
      expect(parse(csvLine([evil, 'x']))[0]?.[0]).toMatch(/^'/);
    }
    expect(['-12.5', '3', 'plain', ''].map(csvCell)).toEqual(['-12.5', '3', 'plain', '']);
  });
});
