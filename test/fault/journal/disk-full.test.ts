import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RefusalError } from '../../../edge/contracts/index.js';
import type { StoreJournal } from '../../../edge/store/journal.js';
import { audit, online, openJournal, temporaryDirectory, tick } from '../../store/journal-support.js';
import { keptPromise } from '../../support/promise.js';
import { idsIn } from './ids.js';

const MIB = 1024 * 1024;
const reason =
  process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'needs root to mount a tmpfs';
const filling = 'x'.repeat(4_000);

/** A disk of its own, so small that the journal's quota (1 GB here) never speaks first. */
function smallDisk(megabytes: number): string {
  const directory = join(temporaryDirectory(), 'disk');
  mkdirSync(directory);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'endcap-test', directory]);
  onTestFinished(() => void execFileSync('umount', ['-l', directory]));
  return directory;
}

const open = (directory: string, ballastBytes: number): Promise<StoreJournal> =>
  openJournal({
    directory: join(directory, 'journal'),
    quotaBytes: 1_000_000_000,
    segmentBytesMax: 4 * MIB,
    ballastBytes,
    maintainEveryMs: 200,
  });

/** D11: a full disk degrades by class, and nothing that was acknowledged is lost. */
describe.skipIf(reason !== undefined)(`full disk${reason ? `: skipped, ${reason}` : ''}`, () => {
  test('readings go first, then P0 is refused, and it recovers by itself when space returns', async () => {
    const disk = smallDisk(64);
    const journal = await open(disk, 2 * MIB);
    const acknowledged: string[] = [];
    await fillWithReadings(journal, 30 * MIB);
    const refusal = await appendUntilRefused(journal, acknowledged);
    const shedAtRefusal = journal.stats().shed;
    expect(refusal).toMatchObject({ reason: 'DiskFull' });
    expect(shedAtRefusal).toMatchObject({ P2: expect.any(Number), P3: expect.any(Number) });
    expect(readingsHeld(journal)).toBe(0);
    expect(journal.stats()).toMatchObject({ trouble: 'DiskFull' });
    expect(journal.stats().alarms.map((alarm) => alarm.code)).toContain('DiskFull');
    console.log(`D11: ${acknowledged.length} P0 acknowledged, shed ${JSON.stringify(shedAtRefusal)}`);
    await expectKept(disk, journal, acknowledged);
  });

  test('another program fills the disk: refused, and within 30 s of its end accepted again', async () => {
    const disk = smallDisk(64);
    const journal = await open(disk, 2 * MIB);
    const acknowledged: string[] = [];
    await append(journal, acknowledged);
    const foreign = join(disk, 'foreign');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(foreign, Buffer.alloc(bavail * bsize - 64 * 1024));
    expect(await appendUntilRefused(journal, acknowledged)).toMatchObject({ reason: 'DiskFull' });
    rmSync(foreign);
    const againMs = await acceptedAgain(journal, acknowledged);
    console.log(`D11: accepted again after ${Math.round(againMs)} ms`);
    await expect.poll(() => journal.stats().trouble).toBeUndefined();
    expect(journal.stats().alarms.map((alarm) => alarm.code)).not.toContain('DiskFull');
    await expectKept(disk, journal, acknowledged);
  });

  test('another program takes every byte: readings go first only where ballast gives the room for it', async () => {
    const kept = await takenByAnother(2 * MIB);
    expect(kept.readings).toBe(0);
    expect(kept.shed).toMatchObject({ P2: expect.any(Number), P3: expect.any(Number) });
    expect(kept.acknowledged).toBeGreaterThan(0);
    expect(kept.againMs).toBeLessThan(30_000);
    const control = await takenByAnother(0);
    expect(control.readings).toBeGreaterThan(0);
    console.log(`D11: ${JSON.stringify({ kept, control })}`);
    keptPromise({
      promise: 'D11',
      what: 'a disk of 64 MiB with readings on it, of which another program takes every byte, then P0 without end',
      figure: `P0 refused after P2 and P3 were shed, 0 of ${kept.acknowledged} acknowledged lost, accepted again ${Math.round(kept.againMs)} ms after there was room`,
      control: `no ballast: refused after ${control.acknowledged} while readings still lay on the disk`,
    });
  });
});

/** The whole of the promise on one disk; the ballast is the setting by which the control differs. */
async function takenByAnother(ballastBytes: number) {
  const disk = smallDisk(64);
  const journal = await open(disk, ballastBytes);
  await fillWithReadings(journal, 30 * MIB);
  const foreign = join(disk, 'foreign');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(foreign, Buffer.alloc(bavail * bsize));
  const acknowledged: string[] = [];
  expect(await appendUntilRefused(journal, acknowledged)).toMatchObject({ reason: 'DiskFull' });
  const { shed } = journal.stats();
  const found = { shed, readings: readingsHeld(journal), acknowledged: acknowledged.length };
  rmSync(foreign);
  const againMs = await acceptedAgain(journal, acknowledged);
  await expectKept(disk, journal, acknowledged);
  return { ...found, againMs };
}

/** Milliseconds from now until P0 is taken again. */
async function acceptedAgain(journal: StoreJournal, acknowledged: string[]): Promise<number> {
  const since = performance.now();
  const taken = (): Promise<boolean> =>
    append(journal, acknowledged).then(
      () => true,
      () => false,
    );
  await expect.poll(taken, { timeout: 30_000 }).toBe(true);
  return performance.now() - since;
}

async function fillWithReadings(journal: StoreJournal, bytes: number): Promise<void> {
  for (let written = 0; written < bytes; written += 100 * filling.length) {
    await journal.append(Array.from({ length: 100 }, (_, n) => (n % 10 === 0 ? tick() : online(filling))));
  }
}

async function append(journal: StoreJournal, acknowledged: string[]): Promise<void> {
  const events = Array.from({ length: 20 }, () => audit(filling));
  await journal.append(events);
  for (const event of events) acknowledged.push(event.id);
}

async function appendUntilRefused(journal: StoreJournal, acknowledged: string[]) {
  for (;;) {
    try {
      await append(journal, acknowledged);
    } catch (error) {
      if (error instanceof RefusalError) return error.refusal;
      throw error;
    }
  }
}

const readingsHeld = (journal: StoreJournal): number =>
  journal.read({ after: 0, limit: 10, types: ['device.online', 'tick'] }).length;

/** Nothing acknowledged is lost, also not for the one who opens the journal next. */
async function expectKept(
  disk: string,
  journal: StoreJournal,
  acknowledged: readonly string[],
): Promise<void> {
  const held = idsIn(journal);
  expect(acknowledged.filter((id) => !held.has(id))).toEqual([]);
  await journal.close();
  const again = await open(disk, 0);
  const heldAgain = idsIn(again);
  expect(acknowledged.filter((id) => !heldAgain.has(id))).toEqual([]);
  expect(again.stats().alarms).toEqual([]);
}
