import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalledEvent, StoreEvent } from '../../../edge/contracts/index.js';
import { createAlarms } from '../../../edge/ops/alarms.js';
import { openAuditFile } from '../../../edge/serve/audit/audit-file.js';
import {
  type AuditRow,
  type ChainHead,
  checkChain,
  linkAfter,
  NO_ENTRY,
} from '../../../edge/serve/audit/chain.js';
import { type AuditReport, openAuditTrail } from '../../../edge/serve/audit/trail.js';
import { keptPromise } from '../../support/promise.js';

const ENTRIES = 40;
const folder = mkdtempSync(join(tmpdir(), 'endcap-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A journal in memory that holds what it was given, or is at its quota. */
function memoryJournal(events: JournalledEvent[] = []) {
  const journal = {
    events,
    full: false,
    append: async (more: readonly StoreEvent[]) => {
      await new Promise((done) => setImmediate(done));
      if (journal.full) throw new Error('QuotaReached');
      return more.map((event) => {
        events.push({ offset: events.length + 1, event } as JournalledEvent);
        return { offset: events.length };
      });
    },
    read: ({ after, limit }: { after: number; limit: number }) =>
      events.filter(({ offset }) => offset > after).slice(0, limit),
    stats: () => ({ lastOffset: events.length }) as never,
  };
  return journal;
}

const alarms = createAlarms({ clock: { nowMs: () => 0 } as never, onRaise: () => undefined });
let nowMs = Date.parse('2026-11-23T08:00:00Z');
const clock = { nowMs: () => (nowMs += 1_000) };
const entry = (n: number): StoreEvent =>
  ({
    specversion: '1.0',
    id: `id-${n}`,
    source: '/store/s/audit',
    type: 'audit.entry',
    recordedtime: new Date(clock.nowMs()).toISOString(),
    partitionkey: 'sam',
    dataschema: 'audit.entry/1',
    data: { by: n % 2 ? 'sam' : 'kim', action: 'stop', target: `t-${n}`, outcome: 'done' },
  }) as StoreEvent;

/** Rows of a chain of this length, and its head. */
function chainOf(length: number): { rows: AuditRow[]; head: ChainHead } {
  let head: ChainHead = NO_ENTRY;
  const rows = Array.from({ length }, (_, at) => {
    const { id, recordedtime, data } = entry(at);
    const row = { id, at: recordedtime, data: data as AuditRow['data'] };
    const link = linkAfter(head, row);
    head = link;
    return { ...row, link };
  });
  return { rows, head: { n: head.n, hash: head.hash } };
}

interface Tampering {
  readonly what: string;
  apply(rows: AuditRow[], at: number): AuditRow[];
}
const TAMPERINGS: readonly Tampering[] = [
  {
    what: 'edit who',
    apply: (rows, at) => edit(rows, at, (row) => ({ ...row, data: { ...row.data, by: 'eve' } })),
  },
  {
    what: 'edit when',
    apply: (rows, at) => edit(rows, at, (row) => ({ ...row, at: '2020-01-01T00:00:00.000Z' })),
  },
  {
    what: 'edit the reason in',
    apply: (rows, at) => edit(rows, at, (row) => ({ ...row, data: { ...row.data, reason: 'x' } })),
  },
  { what: 'delete', apply: (rows, at) => rows.filter((_, index) => index !== at) },
  {
    what: 'reorder',
    apply: (rows, at) => {
      const other = at === 0 ? 1 : at - 1;
      return rows.map((row, index) => (index === at ? rows[other]! : index === other ? rows[at]! : row));
    },
  },
  {
    what: 'swap the words of two and keep their numbers',
    apply: (rows, at) => {
      const other = at === 0 ? 1 : at - 1;
      return rows.map((row, index) =>
        index === at
          ? { ...row, data: rows[other]!.data }
          : index === other
            ? { ...row, data: rows[at]!.data }
            : row,
      );
    },
  },
  { what: 'cut off from here', apply: (rows, at) => rows.slice(0, at) },
];

function edit(rows: AuditRow[], at: number, change: (row: AuditRow) => AuditRow): AuditRow[] {
  return rows.map((row, index) => (index === at ? change(row) : row));
}

/** How many of the tamperings of every row nobody notices. */
function unnoticed(head: ChainHead | undefined): string[] {
  const { rows } = chainOf(ENTRIES);
  const known = head === undefined ? undefined : { n: ENTRIES, hash: rows.at(-1)!.link.hash };
  return TAMPERINGS.flatMap(({ what, apply }) =>
    rows.flatMap((_, at) => (checkChain(apply(rows, at), known).length === 0 ? [`${what} ${at}`] : [])),
  );
}

describe('S20 the chain of the audit log', () => {
  it('is whole when nobody touched it', () => {
    const { rows, head } = chainOf(ENTRIES);
    expect(checkChain(rows, head)).toEqual([]);
    expect(checkChain([], NO_ENTRY)).toEqual([]);
  });

  it('shows every edit, deletion, move and cut of every entry, the newest too', () => {
    expect(unnoticed(NO_ENTRY)).toEqual([]);
    // Negative control: without the head that is kept elsewhere a chain without its end looks whole.
    const missed = unnoticed(undefined);
    expect(missed).toContain(`delete ${ENTRIES - 1}`);
    expect(missed.length).toBe(ENTRIES + 1);
    keptPromise({
      promise: 'S20',
      what: 'audit log: edit, delete, reorder, cut',
      figure: `${TAMPERINGS.length * ENTRIES} of ${TAMPERINGS.length * ENTRIES} tamperings detected`,
      control: `without the head ${missed.length} stay unnoticed`,
    });
  });
});

describe('S20 on the disk', () => {
  const journal = memoryJournal();
  beforeAll(async () => {
    const trail = await openAuditTrail({ folder, journal: journal as never, clock, alarms });
    await Promise.all(Array.from({ length: 12 }, (_, n) => trail.append([entry(n)])));
    await trail.close();
  });

  /** The report over a copy that somebody changed with the store off. */
  async function report(change: (copy: string, events: JournalledEvent[]) => void): Promise<AuditReport> {
    const copy = mkdtempSync(join(tmpdir(), 'endcap-audit-'));
    cpSync(folder, copy, { recursive: true });
    const events = structuredClone(journal.events);
    change(copy, events);
    const trail = await openAuditTrail({
      folder: copy,
      journal: memoryJournal(events) as never,
      clock,
      alarms,
    });
    const found = await trail.verify();
    await trail.close();
    rmSync(copy, { recursive: true });
    return found;
  }
  const sql = (copy: string, text: string): void => {
    const db = new Database(join(copy, 'audit.db'));
    db.exec(text);
    db.close();
  };

  it('is dense and in the order of the journal, also when many write at once', async () => {
    expect(journal.events.map(({ event }) => (event.data as { chain: { n: number } }).chain.n)).toEqual(
      Array.from({ length: 12 }, (_, n) => n + 1),
    );
    const times = journal.events.map(({ event }) => event.recordedtime);
    expect(times).toEqual([...times].sort());
    expect(await report(() => undefined)).toMatchObject({ entries: 12, findings: [] });
  });

  it.each([
    [
      'an edit of the log',
      'differs',
      `UPDATE entries SET data = json_set(data, '$.by', 'eve'), hash = 'x' WHERE n = 5`,
    ],
    [
      'an edit that leaves the hash',
      'edited',
      `UPDATE entries SET data = json_set(data, '$.by', 'eve') WHERE n = 5`,
    ],
  ])('finds %s', async (_name, what, text) => {
    const { findings } = await report((copy) => sql(copy, text));
    expect(findings.map((finding) => finding.what)).toContain(what);
  });

  it('takes a row that is missing in the log from the journal, and finds it missing in both', async () => {
    const healed = await report((copy) => sql(copy, 'DELETE FROM entries WHERE n = 12'));
    expect(healed.findings).toEqual([]);
    const cut = await report((copy, events) => {
      sql(copy, 'DELETE FROM entries WHERE n = 12');
      events.pop();
    });
    expect(cut.findings.map(({ what, n }) => [what, n])).toEqual([
      ['cut', 12],
      ['cut', 12],
    ]);
    const hole = await report((copy, events) => {
      sql(copy, 'DELETE FROM entries WHERE n = 7');
      events.splice(6, 1);
    });
    expect(hole.findings.map(({ what }) => what)).toContain('missing');
  });

  it('finds an entry that was edited, moved or slipped into the journal', async () => {
    const edited = await report((_copy, events) => {
      (events[3]!.event.data as { by: string }).by = 'eve';
    });
    expect(edited.findings.map(({ what }) => what)).toContain('edited');
    const moved = await report((_copy, events) => {
      const [third, fourth] = [events[2]!.event, events[3]!.event];
      Object.assign(events[2]!, { event: fourth });
      Object.assign(events[3]!, { event: third });
    });
    expect(moved.findings.map(({ what }) => what)).toContain('missing');
    const slipped = await report((_copy, events) => events.push({ offset: 99, event: entry(99) } as never));
    expect(slipped.findings.map(({ what }) => what)).toContain('unchained');
  });

  it('says for ever that the head was lost once', async () => {
    const { findings } = await report((copy) => rmSync(join(copy, 'audit-head.json')));
    expect(findings.map(({ what }) => what)).toEqual(['head-lost']);
    const broken = await report((copy) => writeFileSync(join(copy, 'audit-head.json'), '{'));
    expect(broken.findings.map(({ what }) => what)).toEqual(['head-lost']);
  });

  it('goes on after a power cut between the journal and the head', async () => {
    const { findings } = await report((copy) => {
      const path = join(copy, 'audit-head.json');
      const row = openAuditFile(copy).row(11)!;
      writeFileSync(path, JSON.stringify({ n: 11, hash: row.link.hash }));
      sql(copy, 'DELETE FROM entries WHERE n = 12');
    });
    expect(findings).toEqual([]);
  });

  it('does not miss the oldest entries that the journal let go', async () => {
    const { findings } = await report((_copy, events) => events.splice(0, 5));
    expect(findings).toEqual([]);
  });

  it('gives no number to an entry that the journal refused', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'endcap-audit-'));
    const refusing = memoryJournal();
    const trail = await openAuditTrail({ folder: copy, journal: refusing as never, clock, alarms });
    await trail.append([entry(1)]);
    refusing.full = true;
    await expect(trail.append([entry(2)])).rejects.toThrow('QuotaReached');
    refusing.full = false;
    await trail.append([entry(3)]);
    expect(await trail.verify()).toMatchObject({ entries: 2, findings: [] });
    expect(readFileSync(join(copy, 'audit-head.json'), 'utf8')).toContain('"n":2');
    await trail.close();
    rmSync(copy, { recursive: true });
  });
});
