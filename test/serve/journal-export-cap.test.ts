import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExportOptions, exportJournal } from '../../edge/serve/journal-export.js';
import { createJournal, type StoreJournal } from '../../edge/store/journal.js';
import { until } from '../support/until.js';

const EVENTS = 30_000;
const START_MS = Date.parse('2026-11-23T08:00:00Z');

describe('a file larger than its cap, or than its reader', () => {
  let directory: string;
  let journal: StoreJournal;
  let server: Server;
  let options: ExportOptions;
  let ended = false;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'endcap-export-'));
    journal = await createJournal({
      directory,
      quotaBytes: 512 * 1024 * 1024,
      nowMs: Date.now,
      source: '/store/s/journal',
      log: () => undefined,
    });
    const events = Array.from({ length: EVENTS }, (_, n) => ({
      specversion: '1.0' as const,
      id: `t${n}`,
      source: '/store/s/door',
      type: 'presence.traffic' as const,
      recordedtime: new Date(START_MS + n).toISOString(),
      partitionkey: 'entrance',
      dataschema: 'presence.traffic/1',
      data: { zone: 'entrance', boot: '1', in: n, out: 0 },
    }));
    for (let n = 0; n < EVENTS; n += 1_000) await journal.append(events.slice(n, n + 1_000));
    server = createServer((_, response) => {
      ended = false;
      exportJournal(journal, response, options).then(() => {
        ended = true;
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await journal.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const ask = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, resolve).on('error', reject);
    });

  it('ends at the cap and says so, as CSV and as JSON', async () => {
    options = { format: 'csv', role: 'admin', search: { matches: () => true }, eventsMax: 1_200 };
    const lines = (await text(await ask())).trimEnd().split('\r\n');
    expect(lines).toHaveLength(1_202);
    expect(lines[1]).toContain(`,t${EVENTS - 1},`);
    expect(lines.at(-1)).toBe('cut after 1200 events: narrow the range');
    options = { ...options, format: 'json' };
    const file = JSON.parse(await text(await ask()));
    expect(file).toMatchObject({ count: 1_200, complete: false });
  });

  it('is whole below the cap', async () => {
    options = { format: 'json', role: 'admin', search: { matches: () => true } };
    const file = JSON.parse(await text(await ask()));
    expect(file).toMatchObject({ count: EVENTS, complete: true });
  });

  it('waits for a reader that takes its time, and stops for one that goes away', async () => {
    options = { format: 'csv', role: 'admin', search: { matches: () => true } };
    const answer = await ask();
    await new Promise((resolve) => answer.once('readable', resolve));
    expect(ended, 'the file is larger than what lies between the two').toBe(false);
    answer.destroy();
    await until(() => ended, { withinMs: 5_000, what: 'the export to end' });
  });
});
