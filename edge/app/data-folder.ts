import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../ops/durable-file.js';

/** The folders of one store. Only its own user can read them. */
export interface DataFolder {
  readonly root: string;
  readonly journal: string;
  /** Signing keys and token hashes. Never part of a backup. */
  readonly keys: string;
  /** Who a tag or loyalty id belongs to. Never part of a backup. */
  readonly vault: string;
  /** Makes coupon codes unguessable: `keys/salt`, minted at the first start and wherever it is missing. */
  readonly salt: string;
  /** Mints another one, because others may have read it. Coupons that are out keep their codes. */
  renewSalt(): string;
  release(): void;
}

/** Another process works on the same folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
  constructor(
    readonly root: string,
    readonly pid: number,
  ) {
    super(`another store (process ${pid}) works on ${root}`);
  }
}

/** Creates what is missing, mode 0700, and takes the lock. Throws FolderInUseError and system errors. */
export function openDataFolder(root: string): DataFolder {
  const folders = {
    root,
    journal: join(root, 'journal'),
    keys: join(root, 'keys'),
    vault: join(root, 'vault'),
  };
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }
  const lock = join(root, 'lock');
  takeLock(root, lock);
  const saltFile = join(folders.keys, 'salt');
  return {
    ...folders,
    salt: mintedOnce(saltFile),
    renewSalt: () => minted(saltFile),
    release: () => rmSync(lock, { force: true }),
  };
}

function takeLock(root: string, lock: string): void {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid !== process.pid && isRunning(pid)) throw new FolderInUseError(root, pid);
    // Left behind by a process that was killed.
    writeFileSync(lock, String(process.pid), { mode: 0o600 });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return isThisProgram(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After a power cut another program may carry the number of the one that held the lock. */
function isThisProgram(pid: number): boolean {
  try {
    return /node|endcap/.test(readFileSync(`/proc/${pid}/comm`, 'utf8'));
  } catch {
    return true;
  }
}

function mintedOnce(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return minted(path);
  }
}

function minted(path: string): string {
  const salt = randomBytes(24).toString('base64url');
  writeDurably(path, salt);
  return salt;
}
