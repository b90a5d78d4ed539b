import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { RefusalError } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import type { CopiedStates } from './checkpoints.js';

/** Its presence tells the next opening that this is a copy: the journal gets a new id, so that HQ sees no fork. */
export const RESTORED = 'restored';

/** Copied in one turn of the event loop, which others wait for: 400 KiB. */
const PAGES_A_TURN = 100;

/** For copies of many gigabytes: how far it is, and a way to end it. */
export interface BackupWatch {
  readonly onProgress?: (copiedBytes: number, totalBytes: number) => void;
  /** Once aborted, the copy rejects with its reason and leaves nothing behind. */
  readonly signal?: AbortSignal;
}

export interface BackupWish extends BackupWatch {
  /** Must not exist yet. */
  readonly target: string;
  readonly nowMs: number;
  /** Copies the checkpoints below a directory; called before the journal is sealed, so that none is younger. */
  readonly copyStates: (directory: string) => Promise<CopiedStates>;
  /** Seals both families. The files are all that the journal has, oldest first. */
  readonly sealJournal: () => Promise<SealedJournal>;
}

export interface SealedJournal {
  readonly jid: string;
  readonly offset: number;
  readonly files: readonly SegmentFile[];
}

/**
 * Copy the journal as it was at one offset, with a state that goes with it. Keys and the vault live elsewhere and are
 * never part of it. The copy appears under its name only when it is complete and synced. Rejects with RefusalError.
 */
export async function writeBackup(wish: BackupWish): Promise<{ readonly offset: number }> {
  const part = `${wish.target}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  try {
    const states = await wish.copyStates(part);
    const { jid, offset, files } = await wish.sealJournal();
    mustBeComplete(states, files);
    await copySegments(filesForBackup(files, offset), { ...wish, part, offset });
    const note = { jid, offset, at: new Date(wish.nowMs).toISOString() };
    await writeFile(join(part, RESTORED), `${JSON.stringify(note)}\n`, { mode: 0o600 });
    await syncAll(part);
    await rename(part, wish.target);
    await sync(dirname(wish.target));
    return { offset };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

/** What retention took is in the state alone: without one the copy must reach back to the first event. */
function mustBeComplete({ found, usable }: CopiedStates, files: readonly SegmentFile[]): void {
  if (usable > 0) return;
  if (found === 0 && Math.min(...files.map((file) => file.first)) <= 1) return;
  throw new RefusalError({
    reason: 'DiskFailed',
    detail:
      'no sealed state of the store can be read, and without one a copy would be incomplete; ' +
      'the next one is sealed within a minute of new events: try again then, and look at the disk',
  });
}

/**
 * After both families were sealed: all segments up to the offset, and before them the active `keep`, which may hold
 * newer marks and a newer cursor than any sealed one.
 */
function filesForBackup(files: readonly SegmentFile[], offset: number): SegmentFile[] {
  const sealed = files.filter((file) => file.first <= offset);
  const active = files.filter((file) => file.family === 'keep' && file.first > offset).slice(0, 1);
  return [...active, ...sealed];
}

async function copySegments(
  files: readonly SegmentFile[],
  { part, offset, signal, onProgress }: BackupWatch & { readonly part: string; readonly offset: number },
): Promise<void> {
  const sizes = await Promise.all(files.map(sizeOf));
  const totalBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  let copiedBytes = 0;
  for (const [index, file] of files.entries()) {
    const bytes = sizes[index] ?? 0;
    signal?.throwIfAborted();
    await copySegment(file, join(part, basename(file.path)), {
      offset,
      onPages(share) {
        signal?.throwIfAborted();
        onProgress?.(copiedBytes + Math.round(share * bytes), totalBytes);
      },
    });
    copiedBytes += bytes;
  }
}

/** 0 for one that is gone; that is said where it is opened. */
async function sizeOf(file: SegmentFile): Promise<number> {
  return stat(file.path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function copySegment(
  file: SegmentFile,
  target: string,
  { offset, onPages }: { readonly offset: number; readonly onPages: (share: number) => void },
): Promise<void> {
  if (!existsSync(file.path)) {
    throw new RefusalError({
      reason: 'DiskFull',
      detail:
        'readings that the copy needed were dropped meanwhile because space is short; free some and try again',
    });
  }
  const db = new Database(file.path, { readonly: true, fileMustExist: true });
  try {
    await db.backup(target, {
      progress({ totalPages, remainingPages }) {
        // What is thrown here ends the copy.
        onPages(1 - remainingPages / Math.max(1, totalPages));
        return PAGES_A_TURN;
      },
    });
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
