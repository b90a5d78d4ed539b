import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuditFile, openAuditFile } from '../../../edge/serve/audit/audit-file.js';
import type { AuditRow } from '../../../edge/serve/audit/chain.js';
import { writeAudit } from '../../../edge/serve/audit/export.js';

const ENTRIES = 5_000;
const folder = mkdtempSync(join(tmpdir(), 'endcap-export-'));
let file: AuditFile;

const shown = ({ id, at, data, link }: AuditRow) => ({ ...data, id, at, ...link });

beforeAll(() => {
  file = openAuditFile(folder);
  for (let n = 1; n <= ENTRIES; n += 1) {
    const action = n % 2 === 0 ? 'stop' : 'stock.count';
    const data = { by: 'maeve', action, target: `row ${n}`, outcome: 'done' as const };
    file.add({
      ...{ id: `e-${n}`, at: new Date(n * 1_000).toISOString(), data },
      link: { n, prev: 'p', hash: 'h' },
    });
  }
});
afterAll(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

/** The file as a client gets it, and the most rows that were in memory at once. */
async function fileOf(format: 'csv' | 'json', filter: { action?: string }, limit = 100_000) {
  let most = 0;
  const trail = {
    forward: (query: Parameters<AuditFile['forward']>[0]) => {
      const rows = file.forward(query);
      most = Math.max(most, rows.length);
      return rows;
    },
  };
  const span = file.span({ ...filter, limit });
  const server = createServer((_, response) => {
    void writeAudit(trail, response, { format, filter, span, shown });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const text = await (await fetch(`http://127.0.0.1:${port}`)).text();
  server.close();
  return { text, most, span };
}

it('is written page by page, oldest first, with every entry once', async () => {
  const { text, most, span } = await fileOf('csv', {});
  const lines = text.trim().split('\r\n').slice(1);
  expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(
    Array.from({ length: ENTRIES }, (_, at) => at + 1),
  );
  expect(span.entries).toBe(ENTRIES);
  expect(most).toBeLessThan(ENTRIES / 2);
});

it('is the newest where there are more than it may hold, and JSON that can be read', async () => {
  const { text } = await fileOf('json', { action: 'stop' }, 1_200);
  const { entries } = JSON.parse(text) as { entries: { n: number; action: string }[] };
  expect(entries).toHaveLength(1_200);
  expect(entries[0]?.n).toBe(ENTRIES - 2 * 1_199);
  expect(entries.at(-1)?.n).toBe(ENTRIES);
  expect(new Set(entries.map(({ action }) => action))).toEqual(new Set(['stop']));
});

it('is a file without entries where nothing fits', async () => {
  expect(JSON.parse((await fileOf('json', { action: 'never' })).text)).toEqual({ entries: [] });
});
