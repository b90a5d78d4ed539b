import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StoreStatus } from '../../edge/contracts/index.js';
import { type RunningStore, startStoreIn } from '../support/store.js';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** A store on a disk of its own, killed in the middle of its work. */
async function killedStore(): Promise<{ store: RunningStore; disk: string }> {
  const disk = mkdtempSync(join(tmpdir(), 'endcap-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'endcap-test', disk]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true });
  });
  const folder = join(disk, 'shop');
  mkdirSync(folder);
  cpSync(resolve('deploy/demo'), folder, { recursive: true });
  const yaml = readFileSync(join(folder, 'store.yaml'), 'utf8');
  writeFileSync(
    join(folder, 'store.yaml'),
    yaml.replace('port: 8080', 'port: 0').replace('port: 1883', 'port: 0'),
  );
  const store = await startStoreIn(folder, {});
  expect(existsSync(ballastOf(store))).toBe(true);
  await store.kill();
  return { store, disk };
}

const ballastOf = (store: RunningStore): string => join(store.data, 'journal', 'ballast');

function fill(disk: string, name: string): string {
  const path = join(disk, name);
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(path, Buffer.alloc(bavail * bsize));
  return path;
}

/** An entry of the audit log is P0. */
const tokenOf = (store: RunningStore): Promise<number> =>
  store
    .call('/v1/tokens', { method: 'POST', body: JSON.stringify({ role: 'viewer', subject: 'somebody' }) })
    .then(({ status }) => status);

describe.runIf(isRoot)('a start on a full disk', () => {
  it('comes about in the room of the ballast, refuses P0 while there is none, and recovers', async () => {
    const { store, disk } = await killedStore();
    fill(disk, 'foreign');
    const again = await store.restart();
    onTestFinished(() => void again.process.kill('SIGKILL'));
    const status = (await (await again.call('/v1/status')).json()) as StoreStatus;
    expect(status.ready).toBe(true);
    fill(disk, 'more');
    await expect.poll(() => tokenOf(again), { timeout: 60_000, interval: 20 }).toBe(503);
    rmSync(join(disk, 'more'));
    rmSync(join(disk, 'foreign'));
    await expect.poll(() => tokenOf(again), { timeout: 30_000 }).toBe(201);
    expect(await again.stop()).toBe(0);
  });

  it('control: without a ballast it does not', async () => {
    const { store, disk } = await killedStore();
    rmSync(ballastOf(store));
    fill(disk, 'foreign');
    await expect(store.restart()).rejects.toThrow(/the store ended with 1:[\s\S]*The disk is full/);
  });
});
