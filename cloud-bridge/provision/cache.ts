import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './command.js';
import type { OnProgress } from './component.js';

/** Marks a folder that was filled to the end; without it the folder is not used. */
const COMPLETE = '.complete';
const LOCK_POLL_MS = 250;

export interface CacheEntry {
  /** Readable part of the folder's name, for example `kafka-4.1.1`. */
  readonly name: string;
  /** Everything that decides the content; another recipe means another folder. */
  readonly recipe: string;
  /** Fills the empty folder; when it throws, nothing is kept. */
  readonly fill: (directory: string) => Promise<void>;
  readonly onProgress?: OnProgress | undefined;
}

/** `$XDG_CACHE_HOME/endcap`, else `~/.cache/endcap`. */
export function cacheRoot(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'endcap');
}

/**
 * Folder with the content of the recipe, filled once on this machine. Several processes may ask at the same time:
 * one fills, the others wait for it.
 */
export async function cached(entry: CacheEntry): Promise<string> {
  const hash = createHash('sha256').update(entry.recipe).digest('hex').slice(0, 12);
  const directory = join(cacheRoot(), `${entry.name}-${hash}`);
  const done = () => existsSync(join(directory, COMPLETE));
  if (done()) return directory;
  await oneAtATime(`${entry.name}-${hash}`, async () => {
    if (!done()) await fillOnce(entry, directory);
  });
  return directory;
}

/** Runs `work` while no other process of this machine runs something under the same name. */
export async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(cacheRoot(), { recursive: true });
  const lock = join(cacheRoot(), `${name}.lock`);
  while (!takeLock(lock)) await delay(LOCK_POLL_MS);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function fillOnce(entry: CacheEntry, directory: string): Promise<void> {
  const part = `${directory}.part`;
  rmSync(part, { recursive: true, force: true });
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const startedAt = performance.now();
  try {
    await entry.fill(part);
    writeFileSync(join(part, COMPLETE), entry.recipe);
    renameSync(part, directory);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  entry.onProgress?.(`${entry.name}: ready after ${seconds} s, kept in ${directory}`);
}

/** The lock file holds the owner's process id, so that the lock of a dead process does not last. */
function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const owner = ownerOf(lock);
    if (owner !== undefined && !isAlive(owner)) rmSync(lock, { force: true });
    return false;
  }
}

function ownerOf(lock: string): number | undefined {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(owner) && owner > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}
