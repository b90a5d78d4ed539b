/** What a journal may be told, and the defaults with their reasons. */
import type { EventSeal, StateSeal } from './types.js';

const MIB = 1024 * 1024;
const GB = 1_000_000_000;

export type LogLevel = 'info' | 'warn' | 'error';
export type JournalLog = (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Where a fault can be put, for the fault suites. */
export type FaultPoint =
  | 'before-commit'
  /** The transaction is in the file, but the writer is told that it failed. */
  | 'in-doubt'
  | 'between-families'
  | 'after-commit';

/** Deviations for fault suites and their negative controls. A store never sets one of these. */
export interface JournalFaults {
  /** Kill the process, or fail like a disk, at a named point, at the n-th passing (from 1), for `times` passings. */
  readonly at?: {
    readonly point: FaultPoint;
    readonly action: 'kill' | 'io-error' | 'disk-full';
    readonly nth: number;
    readonly times?: number;
  };
  /** Negative control of D1: say yes when a batch is handed over instead of when it is durable. */
  readonly acknowledgeEarly?: boolean;
  /** Negative control of D4: the disk confirms `bulk` before `keep` is written, and not beside it. */
  readonly familiesInTurn?: boolean;
  /** Negative control of D4: the write-ahead log is folded in inside a commit, before it is answered. */
  readonly foldInCommit?: boolean;
  /** Negative control of S15: store events as they are, without the seal. */
  readonly unsealed?: boolean;
}

export interface JournalOptions {
  readonly directory: string;
  /** Bytes the journal may take on disk. */
  readonly quotaBytes?: number;
  readonly segmentBytesMax?: number;
  /** A file that is deleted first when the disk is full, so that SQLite can checkpoint and delete. */
  readonly ballastBytes?: number;
  /** `NORMAL` exists as the negative control of D2 and loses acknowledged rows at a power cut. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** Wall clock of retention and of what the journal itself records, epoch ms. */
  readonly nowMs: () => number;
  /**
   * False while a file is replayed: its time runs faster than any link, so that events which HQ is about to get
   * would count as having waited for months. Default true.
   */
  readonly expireUnsent?: boolean;
  /** `source` of the events that the journal itself writes (declared gaps, buried records). */
  readonly source?: string;
  readonly log?: JournalLog;
  /** Keeps what ties an event to a person off the disk; absent, events are stored as they are. */
  readonly seal?: EventSeal;
  /** The same for checkpoints. */
  readonly stateSeal?: StateSeal;
  /** Run the writer in this thread, synchronously: for deterministic simulation. No timers run then. */
  readonly inProcess?: boolean;
  /** Makes the id of a new journal; random when absent. */
  readonly mintJid?: () => string;
  readonly faults?: JournalFaults;
  /** How often retention, quota and rolling are looked at; 0 never (the caller then calls `maintain`). */
  readonly maintainEveryMs?: number;
}

/** Options with every default in place, as the writer thread gets them: only values that can be sent. */
export interface WriterOptions {
  readonly directory: string;
  readonly quotaBytes: number;
  readonly segmentBytesMax: number;
  readonly ballastBytes: number;
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly expireUnsent: boolean;
  readonly source: string;
  readonly jidCandidate: string;
  readonly openedMs: number;
  readonly faults: JournalFaults;
}

export const DEFAULT_QUOTA_BYTES = 8 * GB;
/** Rows in one commit, unless a single call brings more. */
export const COMMIT_ROWS_MAX = 500;
/** A batch of only P2 and P3 may wait this long while the load is low: fewer commits wear the flash less. */
export const LAZY_DELAY_MS = 20;
export const LAZY_ROWS_PER_SECOND = 1_000;
/** Waiting rows beyond which callers are told Busy instead of growing the queue without end. */
export const QUEUE_ROWS_MAX = 100_000;
/** Bulk segments of some size are rolled this often, so that little has to go when space is short. */
export const BULK_ROLL_MS = 3_600_000;

export function writerOptionsOf(options: JournalOptions, jidCandidate: string): WriterOptions {
  const quotaBytes = options.quotaBytes ?? DEFAULT_QUOTA_BYTES;
  return {
    directory: options.directory,
    quotaBytes,
    segmentBytesMax: options.segmentBytesMax ?? Math.min(256 * MIB, Math.floor(quotaBytes / 16)),
    ballastBytes: options.ballastBytes ?? Math.min(16 * MIB, Math.floor(quotaBytes / 32)),
    synchronous: options.synchronous ?? 'FULL',
    expireUnsent: options.expireUnsent ?? true,
    source: options.source ?? '/store/local/journal',
    jidCandidate,
    openedMs: options.nowMs(),
    faults: options.faults ?? {},
  };
}
