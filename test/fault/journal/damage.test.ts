import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { StoreJournal } from '../../../edge/store/journal.js';
import { audit, openJournal, temporaryDirectory } from '../../store/journal-support.js';
import { keptPromise, runSeed, sized } from '../../support/promise.js';
import {
  copyOf,
  createRandom,
  type Found,
  fill,
  HARMS,
  harm,
  readAll,
  type Written,
} from './damage-support.js';

const SEED = runSeed('D12');
const RUNS = sized({ q: 20, n: 300 });
const SMALL = { segmentBytesMax: 800_000, quotaBytes: 200_000_000, ballastBytes: 0 };

/** D12: damage is contained. Rows of one page at the smallest row this test writes, and its overflow. */
const ROWS_OF_A_PAGE = 16;

describe(`a damaged journal (seed ${SEED})`, () => {
  test(`${RUNS} flips, zeroed pages and truncated logs: found, contained, declared exactly`, {
    timeout: RUNS * 10_000 + 60_000,
  }, async () => {
    const random = createRandom(SEED);
    const original = temporaryDirectory();
    const source = await openJournal({ directory: original, inProcess: true, ...SMALL });
    const written = await fill(source, random, 1_500);
    expect(source.stats().segments).toBeGreaterThan(4);
    for (let run = 0; run < RUNS; run += 1) {
      const copy = copyOf(original);
      const what = `run ${run}: ${harm(copy.directory, random, HARMS[run % 3]!)}`;
      try {
        await checkContained(copy.directory, { written, what, truncated: run % 3 === 2 });
      } finally {
        copy.remove();
      }
    }
    keptPromise({
      promise: 'D12, the journal',
      what: `${RUNS} flipped bits, zeroed pages and truncated logs`,
      figure: 'all found, loss within the damaged page, gaps declared as lost',
      control: 'integrity_check of SQLite calls a flipped payload good',
      seed: SEED,
    });
  });

  test('control: SQLite itself calls a flipped payload good, the checksum of the row does not', async () => {
    const directory = temporaryDirectory();
    const source = await openJournal({ directory, inProcess: true, ...SMALL });
    const written = await fill(source, createRandom(SEED), 50);
    const victim = written.find((one) => one.lane === 'P0') as Written;
    await source.close();
    const path = join(directory, readdirSync(directory).find((name) => /^keep-.*db$/.test(name)) as string);
    const content = readFileSync(path);
    const id = `"id":"${JSON.parse(victim.text).id}"`;
    for (let at = content.indexOf(id); at >= 0; at = content.indexOf(id, at + 1)) content.write('"iD', at);
    writeFileSync(path, content);
    const db = new Database(path, { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
    const journal = await openJournal({ directory, inProcess: true, ...SMALL });
    const loss = lossOf(written, await readAll(journal));
    expect(loss.changed).toEqual([]);
    expect(loss.events).toEqual([victim]);
    expect(
      journal
        .stats()
        .alarms.map((alarm) => alarm.code)
        .sort(),
    ).toEqual(['JournalDamaged', 'JournalLoss']);
  });
});

async function checkContained(
  directory: string,
  run: { written: readonly Written[]; what: string; truncated: boolean },
): Promise<void> {
  const last = run.written.at(-1)?.offset ?? 0;
  const began = performance.now();
  const journal = await openJournal({ directory, inProcess: true, ...SMALL });
  expect(performance.now() - began, run.what).toBeLessThan(10_000);
  const first = sweep(journal);
  const found = await readAll(journal);
  // The very first reader, before any repair, passes over no more than the dead page.
  const missed = [...found.byOffset.keys()].filter((offset) => !first.has(offset) && offset <= last);
  expect(missed.length, run.what).toBeLessThanOrEqual(ROWS_OF_A_PAGE);
  const loss = lossOf(run.written, found);
  const alarms = journal.stats().alarms.map((alarm) => alarm.code);
  expect(loss.changed, run.what).toEqual([]);
  expect(loss.lostUndeclared, run.what).toEqual([]);
  expect(loss.declaredUnlost, run.what).toEqual([]);
  if (loss.events.length > 0) expect(alarms, run.what).toContain('JournalDamaged');
  if (!run.truncated) expect(loss.events.length, run.what).toBeLessThanOrEqual(ROWS_OF_A_PAGE);
  const [place] = await journal.append([audit('after')]);
  expect(place?.offset, run.what).toBeGreaterThan(last);
  await journal.close();
}

function sweep(journal: StoreJournal): Set<number> {
  const offsets = new Set<number>();
  for (let after = 0; ; ) {
    const page = readOrWait(journal, after);
    if (page.length === 0) return offsets;
    for (const one of page) offsets.add(one.offset);
    after = page.at(-1)?.offset ?? after;
  }
}

/** In process the repair has run when the refusal is heard, so once more is enough. */
function readOrWait(journal: StoreJournal, after: number) {
  try {
    return journal.read({ after, limit: 37 });
  } catch (error) {
    expect(error).toMatchObject({ refusal: { reason: 'Busy' } });
    return journal.read({ after, limit: 37 });
  }
}

function lossOf(written: readonly Written[], found: Found) {
  const events: Written[] = [];
  const changed: string[] = [];
  const lostUndeclared: string[] = [];
  const declaredUnlost: string[] = [];
  for (const one of written) {
    const text = found.byOffset.get(one.offset);
    if (text === undefined) events.push(one);
    else if (text !== one.text) changed.push(`offset ${one.offset}`);
    if (one.sequence === undefined) continue;
    const place = `${one.lane}/${one.sequence}`;
    const inLane = found.events.get(place);
    if (inLane !== undefined && inLane !== one.text) changed.push(place);
    if (inLane === undefined && !found.declared.has(place)) lostUndeclared.push(place);
    if (found.declared.has(place) && text !== undefined) declaredUnlost.push(place);
  }
  return { events, changed, lostUndeclared, declaredUnlost };
}
