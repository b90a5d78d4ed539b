import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreEvent, TopicData } from '../../../edge/contracts/index.js';
import { createAlarms } from '../../../edge/ops/alarms.js';
import { openAuditFile } from '../../../edge/serve/audit/audit-file.js';
import { type AuditTrail, openAuditTrail } from '../../../edge/serve/audit/trail.js';
import { createJournal, type StoreJournal } from '../../../edge/store/journal.js';
import { until } from '../../support/until.js';

let folder: string;
let journal: StoreJournal;
let trail: AuditTrail;
let nowMs: number;
const clock = { nowMs: () => (nowMs += 1), monotonicMs: () => nowMs, untrusted: () => undefined };
let alarms: ReturnType<typeof createAlarms>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-behind-'));
  mkdirSync(join(folder, 'keys'));
  nowMs = Date.parse('2026-11-23T08:00:00Z');
  alarms = createAlarms({ clock, onRaise: () => undefined });
  journal = await createJournal({
    directory: join(folder, 'journal'),
    quotaBytes: 256 * 1024 * 1024,
    nowMs: clock.nowMs,
    source: '/store/s/journal',
    log: () => undefined,
  });
  await openTrail();
});
afterEach(async () => {
  await trail.close();
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openTrail(): Promise<void> {
  trail = await openAuditTrail({ folder: join(folder, 'keys'), journal, clock, alarms, retryMs: 20 });
}
const entry = (target: string): StoreEvent<'audit.entry'> => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/store/s/audit',
  type: 'audit.entry',
  recordedtime: new Date(clock.nowMs()).toISOString(),
  partitionkey: 'sam',
  dataschema: 'audit.entry/1',
  data: { by: 'sam', action: 'stop', target, outcome: 'done' },
});
const note = (target: string) => trail.append([entry(target)]);
/** Numbers and links of the entries as the journal has them. */
const linksInJournal = () =>
  journal
    .read({ after: 0, limit: 1_000, types: ['audit.entry'] })
    .map(({ event }) => (event.data as TopicData<'audit.entry'>).chain!);
const targetsInLog = () =>
  trail
    .search({ limit: 1_000 })
    .map(({ data }) => data.target)
    .reverse();
const isBehind = () => alarms.list().some(({ code }) => code === 'AuditLogBehind');

/** The file beside the journal refuses to be written, one way or the other, until it is put right. */
const TROUBLES = {
  'audit.db': {
    make: () => sql('ALTER TABLE entries RENAME TO away'),
    mend: () => sql('ALTER TABLE away RENAME TO entries'),
  },
  'audit-head.json': {
    make: () => mkdirSync(join(folder, 'keys/audit-head.json.new')),
    mend: () => rmSync(join(folder, 'keys/audit-head.json.new'), { recursive: true }),
  },
} as const;
function sql(text: string): void {
  const db = new Database(join(folder, 'keys/audit.db'));
  db.exec(text);
  db.close();
}

describe.each(Object.entries(TROUBLES))('S20 when %s cannot be written', (_name, trouble) => {
  it('a deed is done all the same, the chain does not fork, and the log is caught up by itself', async () => {
    await note('before');
    trouble.make();
    await Promise.all([note('one'), note('two')]);
    await note('three');
    expect(isBehind()).toBe(true);
    expect(alarms.list()[0]!.text).toContain('Nothing is lost');
    const links = linksInJournal();
    expect(links.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    for (const [at, link] of links.slice(1).entries()) expect(link.prev).toBe(links[at]!.hash);
    trouble.mend();
    await until(() => !isBehind(), { withinMs: 5_000, what: 'the log to be caught up' });
    expect(targetsInLog()).toEqual(['before', 'one', 'two', 'three']);
    expect(await trail.verify()).toMatchObject({ entries: 4, findings: [] });
    const head = JSON.parse(readFileSync(join(folder, 'keys/audit-head.json'), 'utf8'));
    expect([head.n, head.hash]).toEqual([4, links[3]!.hash]);
  });

  it('takes what is noted while it catches up', async () => {
    trouble.make();
    await note('first');
    trouble.mend();
    for (let n = 0; n < 50; n += 1) await note(`more-${n}`);
    await until(() => !isBehind(), { withinMs: 5_000, what: 'the log to be caught up' });
    await note('last');
    expect(targetsInLog()).toHaveLength(52);
    expect(await trail.verify()).toMatchObject({ entries: 52, findings: [] });
  });

  it('goes on from the journal after a restart, and starts while it still cannot be written', async () => {
    await note('one');
    trouble.make();
    await note('two');
    await trail.close();
    alarms.clear('AuditLogBehind');
    if (trouble === TROUBLES['audit-head.json']) {
      await openTrail();
      expect(isBehind()).toBe(true);
      await note('three');
      trouble.mend();
    } else {
      trouble.mend();
      await openTrail();
      await note('three');
    }
    await until(() => !isBehind(), { withinMs: 5_000, what: 'the log to be caught up' });
    expect(await trail.verify()).toMatchObject({ entries: 3, findings: [] });
    expect(linksInJournal().map(({ n }) => n)).toEqual([1, 2, 3]);
  });
});

describe('S20 a damaged log', () => {
  const path = () => join(folder, 'keys/audit.db');

  it('is set aside, and the store goes on with what the journal has', async () => {
    for (const target of ['one', 'two', 'three']) await note(target);
    await trail.close();
    const bytes = readFileSync(path());
    bytes.fill(0xee, 0, 2_000);
    writeFileSync(path(), bytes);
    await openTrail();
    const [alarm] = alarms.list();
    expect(alarm).toMatchObject({
      code: 'AuditLogDamaged',
      text: expect.stringContaining('audit.db.damaged-'),
    });
    const aside = readdirSync(join(folder, 'keys')).find((name) => name.startsWith('audit.db.damaged-'))!;
    expect(readFileSync(join(folder, 'keys', aside)).equals(bytes)).toBe(true);
    await note('four');
    expect(targetsInLog()).toEqual(['one', 'two', 'three', 'four']);
    expect(await trail.verify()).toMatchObject({ entries: 4, findings: [] });
  });

  it('is a finding of the check where it shows only then', async () => {
    await trail.append(Array.from({ length: 2_000 }, (_, n) => entry(`t-${n}`)));
    await trail.close();
    const bytes = readFileSync(path());
    bytes.fill(0xee, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 8_192);
    writeFileSync(path(), bytes);
    await openTrail();
    const { findings } = await trail.verify();
    const damaged = findings.find(({ what }) => what === 'damaged');
    expect(damaged?.detail).toContain('move that file away');
    // As it says.
    await trail.close();
    for (const name of readdirSync(join(folder, 'keys'))) {
      if (name.startsWith('audit.db')) rmSync(join(folder, 'keys', name));
    }
    await openTrail();
    expect(await trail.verify()).toMatchObject({ entries: 2_000, findings: [] });
  });
});

describe('S20 the check of the log', () => {
  it('says that the log is behind, and does not take that for a cut', async () => {
    await note('one');
    TROUBLES['audit-head.json'].make();
    await note('two');
    const { findings, entries } = await trail.verify();
    expect(entries).toBe(2);
    expect(findings.map(({ what }) => what)).toEqual(['behind']);
    TROUBLES['audit-head.json'].mend();
    expect(await trail.verify()).toMatchObject({ entries: 2, findings: [] });
  });

  it('leaves room for others between its slices, and sees an edit in any of them', async () => {
    const many = 5_000;
    await trail.append(Array.from({ length: many }, (_, n) => entry(`t-${n}`)));
    await note('newest');
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    expect(await trail.verify()).toMatchObject({ entries: many + 1, findings: [] });
    counting = false;
    // Once for each 500 of the file, and of the journal.
    expect(turns).toBeGreaterThanOrEqual(2 * (many / 500) - 2);
    for (const n of [1, 500, 501, many]) {
      sql(`UPDATE entries SET data = json_set(data, '$.by', 'eve') WHERE n = ${n}`);
      expect((await trail.verify()).findings.map((finding) => [finding.n, finding.what])).toEqual([
        [n, 'edited'],
      ]);
      sql(`UPDATE entries SET data = json_set(data, '$.by', 'sam') WHERE n = ${n}`);
    }
  });

  it('finds an entry that was put behind the newest', async () => {
    await note('one');
    const file = openAuditFile(join(folder, 'keys'));
    file.add({ ...file.row(1)!, link: { n: 2, prev: file.row(1)!.link.hash, hash: 'x' } });
    file.close();
    const { findings } = await trail.verify();
    expect(findings.map(({ n, what }) => [n, what])).toEqual([[2, 'unlinked']]);
  });

  it('is not confused by entries that are noted while it runs', async () => {
    await trail.append(Array.from({ length: 3_000 }, (_, n) => entry(`t-${n}`)));
    const checking = trail.verify();
    for (let n = 0; n < 20; n += 1) await note(`meanwhile-${n}`);
    expect((await checking).findings).toEqual([]);
    expect(await trail.verify()).toMatchObject({ entries: 3_020, findings: [] });
  });
});
