import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { StoreStatus } from '../../edge/contracts/index.js';
import { buildOlderProgram, FIRST_COMMIT, olderStoreFolder } from '../deploy/support/older-program.js';
import { heldOf, recorded, recordedFolder, stepEnvironment } from '../deploy/support/recorded-store.js';
import { describeWith } from '../support/components.js';
import { keptPromise, runSeed, SIZE, sized } from '../support/promise.js';
import { type RunningStore, startStoreIn } from '../support/store.js';
import { seeded } from './support/chance.js';

/** Kills in one upgrade: some in every run, before each single change of a file in the long one. */
const KILLS = sized({ q: 4, n: Number.POSITIVE_INFINITY });

await describeWith(['cc'], 'D17: the data folder of the first program', () => {
  const work = mkdtempSync(join(tmpdir(), 'endcap-step-'));
  const library = join(work, 'step-fault.so');
  const folders: string[] = [];
  let store: RunningStore | undefined;

  beforeAll(() => {
    const source = resolve('test/deploy/support/step-fault.c');
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  });
  afterEach(async () => {
    await store?.remove();
    store = undefined;
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => rmSync(work, { recursive: true }));

  function copy(without?: RegExp): string {
    const folder = recordedFolder(without);
    folders.push(folder);
    return folder;
  }
  const open = (folder: string, fault: { killAt?: number; count?: string } = {}): Promise<RunningStore> =>
    startStoreIn(folder, { environment: stepEnvironment({ library, folder, ...fault }) });

  it('opens with everything that was acknowledged, and all of its backlog waits for HQ', async () => {
    expect(recorded.shelf.length + recorded.till.length).toBeGreaterThan(500);
    const folder = copy();
    const jid = jidOf(folder);
    store = await open(folder);
    expect(await heldOf(store)).toEqual({ lost: 0, twice: 0 });
    const status = (await (await store.call('/v1/status')).json()) as StoreStatus;
    expect(status.link.waiting).toBeGreaterThanOrEqual(recorded.till.length);
    // The same journal to HQ, and nothing of it was taken for damaged.
    expect(status.journal.jid).toBe(jid);
    expect(status.alarms.map(({ code }) => code)).toEqual([]);
    const consents = (await (await store.call('/v1/topics/consent.receipt/events')).text()) as string;
    expect(consents).toContain(recorded.sid);
  });

  it('loses nothing when it is killed before a change of any file while it upgrades', {
    timeout: sized({ q: 120_000, n: 3_600_000 }),
  }, async () => {
    const count = join(work, 'count');
    store = await open(copy(), { count });
    const steps = Number(readFileSync(count, 'utf8'));
    await store.stop();
    const seed = runSeed('D17');
    const points = pointsOf(steps, seed);
    let killed = 0;
    for (const killAt of points) {
      const folder = copy();
      const first = await open(folder, { killAt }).catch(() => undefined);
      if (first === undefined) killed += 1;
      await first?.kill();
      store = await open(folder);
      expect({ killAt, ...(await heldOf(store)) }).toEqual({ killAt, lost: 0, twice: 0 });
      await store.remove();
    }
    // The number of steps differs by a few from one start to the next.
    expect(killed).toBeGreaterThanOrEqual(points.length * 0.9);
    keptPromise({
      promise: 'D17',
      what: `data folder of ${recorded.commit} with backlog; ${killed} kill -9 before one of the ${steps} changes of files of its upgrade`,
      figure: `0 of ${recorded.shelf.length + recorded.till.length} acknowledged lost, 0 twice`,
      control: 'without the write-ahead logs some are lost',
      seed,
    });
  });

  it('would notice: without the write-ahead logs some are lost', async () => {
    store = await open(copy(/-wal$|-shm$/));
    expect((await heldOf(store)).lost).toBeGreaterThan(0);
  });

  it('refuses a journal of a newer program with one sentence and exit code 2, and leaves it as it is', () => {
    const folder = copy();
    const journal = join(folder, 'data/journal');
    const keep = readdirSync(journal).find((name) => /^keep-.*\.db$/.test(name))!;
    const db = new Database(join(journal, keep));
    db.pragma('user_version = 99');
    db.close();
    const before = contentOf(journal);
    const parameters = ['dist/edge/main.js', 'start', '--config', join(folder, 'store.yaml')];
    const run = spawnSync(process.execPath, [...parameters, '--data', join(folder, 'data')], {
      encoding: 'utf8',
    });
    expect(run.stderr).toMatch(
      /^.*has journal schema 99, this version of Endcap knows up to 2: install the newer version again or restore a backup\n$/,
    );
    expect(run.status).toBe(2);
    expect(contentOf(journal)).toEqual(before);
  });

  // The long suite alone: it builds the first program from the history, which a shallow clone does not have.
  if (SIZE === 'n')
    it.runIf(SIZE === 'n')(
      'is refused by the first program after the upgrade, and stays as it is',
      async () => {
        const folder = copy();
        store = await open(folder);
        await store.stop();
        store = undefined;
        const program = buildOlderProgram(FIRST_COMMIT);
        const older = olderStoreFolder(program);
        folders.push(program.root, older);
        cpSync(join(folder, 'data'), join(older, 'data'), { recursive: true });
        const before = contentOf(join(older, 'data/journal'));
        const started = startStoreIn(older, {
          program: program.main,
          environment: stepEnvironment({ library, folder: older }),
        });
        await expect(started).rejects.toThrow(
          /has journal schema 2, this version of Endcap knows up to 1: install the newer/,
        );
        expect(contentOf(join(older, 'data/journal'))).toEqual(before);
        store = await open(folder);
        expect(await heldOf(store)).toEqual({ lost: 0, twice: 0 });
      },
    );
});

/** As the first program wrote it: bare JSON. */
function jidOf(folder: string): string {
  const journal = join(folder, 'data/journal');
  const keep = readdirSync(journal).find((name) => /^keep-.*\.db$/.test(name))!;
  const db = new Database(join(journal, keep), { readonly: true });
  try {
    return JSON.parse(
      db.prepare<[], string>("SELECT value FROM meta WHERE name = 'jid'").pluck().get()!,
    ) as string;
  } finally {
    db.close();
  }
}

/** All of them, or some spread over the whole upgrade. */
function pointsOf(steps: number, seed: number): readonly number[] {
  if (KILLS >= steps) return Array.from({ length: steps }, (_, step) => step + 1);
  const random = seeded(seed);
  return Array.from({ length: KILLS }, (_, part) => 1 + Math.floor(((part + random()) * steps) / KILLS));
}

/** The segments, byte for byte. */
const contentOf = (journal: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(journal)
      .filter((name) => name.endsWith('.db'))
      .map((name) => [name, readFileSync(join(journal, name)).toString('base64')]),
  );
