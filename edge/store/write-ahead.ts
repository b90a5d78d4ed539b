import { closeSync, openSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { Family } from '../contracts/classes.js';
import type { JournalFaults } from './options.js';

/** The write-ahead log of one segment: who confirms it, and when it is folded into the file. */
export interface WriteAhead {
  /** Transactions that are in the log but not confirmed by the disk: a sync of `file` has to follow. */
  unconfirmed(work: () => void): void;
  /** Descriptor of the log, open until the segment is closed. */
  file(): number;
  /** Fold what the log holds into the file, where it has grown enough; true when that was tried. */
  foldWhereDue(): boolean;
  close(): void;
}

export interface WriteAheadSettings {
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly segmentBytesMax: number;
  readonly faults?: Pick<JournalFaults, 'foldInCommit'>;
}

const PAGE_BYTES = 4_096;
/**
 * Folding syncs the log, the file and the first page of the new log, and whoever comes meanwhile waits for all three:
 * the fuller the log, the fewer wait. Both logs together stay below the 64 MiB that all logs of a store may take.
 */
const FOLD_PAGES: Readonly<Record<Family, number>> = { keep: 4_000, bulk: 8_000 };
/** How far a log may grow on where it could not be folded between two commits: then SQLite folds it inside one. */
const SLACK_PAGES = 1_000;

/** Of small segments an eighth, so that the logs of a small journal are small. */
function foldPagesOf(family: Family, segmentBytesMax: number): number {
  const eighth = Math.floor(segmentBytesMax / 8 / PAGE_BYTES);
  return Math.min(FOLD_PAGES[family], Math.max(32, eighth));
}

/** A log is folded between two commits, when the first was answered, so that no answer waits for the whole of it. */
export function writeAheadOf(
  db: Database.Database,
  family: Family,
  settings: WriteAheadSettings,
): WriteAhead {
  const foldPages = foldPagesOf(family, settings.segmentBytesMax);
  const inCommit = settings.faults?.foldInCommit === true;
  const slackPages = inCommit ? 0 : Math.min(SLACK_PAGES, Math.floor(foldPages / 2));
  db.pragma(`synchronous = ${settings.synchronous}`);
  db.pragma(`wal_autocheckpoint = ${foldPages + slackPages}`);
  db.pragma(`journal_size_limit = ${foldPages * PAGE_BYTES}`);
  const look = db.prepare<[], { log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)');
  const fold = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  let file: number | undefined;
  return {
    unconfirmed(work) {
      db.pragma('synchronous = NORMAL');
      try {
        work();
      } finally {
        db.pragma(`synchronous = ${settings.synchronous}`);
      }
    },
    file: () => (file ??= openSync(`${db.name}-wal`, 'r')),
    foldWhereDue() {
      if (inCommit) return false;
      const { log, checkpointed } = look.get() ?? { log: 0, checkpointed: 0 };
      if (log < foldPages || checkpointed === log) return false;
      fold.get();
      return true;
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
