import { cp, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { SegmentFile } from './catalogue.js';

/** Its presence tells the next opening that this is a copy: the journal gets a new id, so that HQ sees no fork. */
export const RESTORED = 'restored';

export interface BackupWish {
  /** Must not exist yet. */
  readonly target: string;
  /** The journal's own directory. */
  readonly source: string;
  /** From `filesForBackup`. */
  readonly files: readonly SegmentFile[];
  readonly jid: string;
  readonly offset: number;
  readonly nowMs: number;
}

/**
 * Copy the journal as it was at one offset. Keys and the vault live elsewhere and are never part of it. The copy
 * appears under its name only when it is complete and synced.
 */
export async function writeBackup(wish: BackupWish): Promise<void> {
  const part = `${wish.target}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  for (const file of wish.files) await copySegment(file, join(part, basename(file.path)), wish.offset);
  await cp(join(wish.source, 'checkpoints'), join(part, 'checkpoints'), {
    recursive: true,
    force: true,
  }).catch(ignoreMissing);
  const { jid, offset } = wish;
  const note = { jid, offset, at: new Date(wish.nowMs).toISOString() };
  await writeFile(join(part, RESTORED), `${JSON.stringify(note)}\n`, { mode: 0o600 });
  await syncAll(part);
  await rename(part, wish.target);
  await sync(dirname(wish.target));
}

/**
 * After both families were sealed: all segments up to the offset, and before them the active `keep`, which may hold
 * newer marks and a newer cursor than any sealed one.
 */
export function filesForBackup(files: readonly SegmentFile[], offset: number): SegmentFile[] {
  const sealed = files.filter((file) => file.first <= offset);
  const active = files.filter((file) => file.family === 'keep' && file.first > offset).slice(0, 1);
  return [...active, ...sealed];
}

async function copySegment(file: SegmentFile, target: string, offset: number): Promise<void> {
  const db = new Database(file.path, { readonly: true, fileMustExist: true });
  try {
    await db.backup(target);
  } finally {
    db.close();
  }
  if (file.first <= offset) return;
  // Of the active segment only what it carries is wanted, not what came after the offset of the copy.
  const copy = new Database(target);
  try {
    copy.prepare('DELETE FROM event').run();
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

async function syncAll(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    await (entry.isDirectory() ? syncAll(path) : sync(path));
  }
  await sync(directory);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
