import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreEvent, TopicName } from '../../edge/contracts/index.js';
import { searchBackwards } from '../../edge/serve/journal-pages.js';
import { createJournal, type StoreJournal } from '../../edge/store/journal.js';

const SIGHTINGS = 60_000;
const START_MS = Date.parse('2026-11-23T08:00:00Z');
let directory: string;
let journal: StoreJournal;

const at = (n: number): string => new Date(START_MS + n * 10).toISOString();
function sighting(n: number): StoreEvent {
  return {
    specversion: '1.0',
    id: `s${n}`,
    source: '/store/s/node-1',
    type: 'presence.sighting',
    recordedtime: at(n),
    partitionkey: 'a:12345678',
    dataschema: 'presence.sighting/1',
    data: { visitor: 'a:12345678', node: 'node-1', rssi: -60 },
  };
}
function audit(n: number): StoreEvent {
  return {
    specversion: '1.0',
    id: `a${n}`,
    source: '/store/s/desk',
    type: 'audit.entry',
    recordedtime: at(n),
    partitionkey: 'desk',
    dataschema: 'audit.entry/1',
    data: { by: 'desk', action: 'count', target: String(n) },
  };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'endcap-pages-'));
  journal = await createJournal({
    directory,
    quotaBytes: 512 * 1024 * 1024,
    nowMs: Date.now,
    source: '/store/s/journal',
    log: () => undefined,
  });
  // One audit entry among each 6,000 sightings, the first at the very beginning.
  for (let n = 0; n < SIGHTINGS; n += 1_000) {
    const events = Array.from({ length: 1_000 }, (_, i) => sighting(n + i));
    await journal.append(n % 6_000 === 0 ? [audit(n), ...events] : events);
  }
});
afterAll(async () => {
  await journal.close();
  rmSync(directory, { recursive: true });
});

const ids = (options: Partial<Parameters<typeof searchBackwards>[1]>) => {
  const page = searchBackwards(journal, { limit: 100, matches: () => true, ...options });
  return { ids: page.found.map(({ event }) => event.id), before: page.before };
};
const AUDIT: readonly TopicName[] = ['audit.entry'];

describe('searching the journal backwards', () => {
  it('finds the few among the many in one call, newest first, down to the very first event', () => {
    const found = ids({ types: AUDIT });
    expect(found.ids).toEqual(Array.from({ length: 10 }, (_, n) => `a${54_000 - n * 6_000}`));
    expect(found.before).toBeUndefined();
  });

  it('pages without a hole or a repeat where many stand close together', () => {
    const seen: string[] = [];
    let before: number | undefined;
    do {
      const page = ids({ limit: 777, ...(before === undefined ? {} : { before }) });
      seen.push(...page.ids);
      before = page.before;
    } while (before !== undefined);
    expect(seen).toHaveLength(SIGHTINGS + 10);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.at(-1)).toBe('a0');
    expect(seen[0]).toBe(`s${SIGHTINGS - 1}`);
  });

  it('gives up after some rows and says where to go on, so that no search holds the store', () => {
    let looked = 0;
    const rare = (event: StoreEvent): boolean => {
      looked += 1;
      return event.id === 's5';
    };
    let page = ids({ matches: rare });
    expect(page.ids).toEqual([]);
    expect(looked).toBeLessThanOrEqual(22_000);
    let calls = 1;
    while (page.ids.length === 0 && page.before !== undefined) {
      page = ids({ matches: rare, before: page.before });
      calls += 1;
    }
    expect(page.ids).toEqual(['s5']);
    expect(calls).toBeLessThanOrEqual(4);
  });

  it('stays between two moments, both included', () => {
    const range = { fromMs: START_MS + 60_000 * 10 * 0.2, toMs: START_MS + 60_000 * 10 * 0.5 };
    expect(ids({ types: AUDIT, ...range }).ids).toEqual(['a30000', 'a24000', 'a18000', 'a12000']);
    expect(ids({ types: AUDIT, fromMs: START_MS + 1e9 }).ids).toEqual([]);
    expect(ids({ types: AUDIT, toMs: START_MS - 1 })).toEqual({ ids: [], before: undefined });
    expect(ids({ fromMs: START_MS + 50, toMs: START_MS + 70 }).ids).toEqual(['s7', 's6', 's5']);
  });
});
