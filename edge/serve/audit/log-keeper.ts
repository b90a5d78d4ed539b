/**
 * Keeps the file of the audit log in step with the journal, which alone decides what was noted: a full disk beside it
 * fails no deed. What could not be written is fetched from the journal later.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { JournalledEvent } from '../../contracts/index.js';
import type { Alarms } from '../../ports.js';
import type { Journal } from '../../store/types.js';
import type { AuditFile, KeptHead } from './audit-file.js';
import type { AuditRow } from './chain.js';

export type AuditJournal = Pick<Journal, 'read'>;
type Entry = JournalledEvent<'audit.entry'>;

export interface LogKeeper {
  /** Rows that the journal took after this offset. Never rejects. */
  keep(rows: readonly AuditRow[], afterOffset: number): Promise<void>;
  /** Tries again; why the file is still behind, or `undefined` when it is not. */
  catchUp(): Promise<Error | undefined>;
  close(): void;
}

export interface LogKeeperDeps {
  readonly file: AuditFile;
  readonly journal: AuditJournal;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
  /** How far the chain has come in the journal. */
  readonly head: () => KeptHead;
  readonly retryMs?: number;
}

const PAGE = 500;
const RETRY_MS = 5_000;
export const BEHIND = 'AuditLogBehind' as const;

/** Begins behind: the first `catchUp` copies whatever the journal has and the file has not. */
export function createLogKeeper(deps: LogKeeperDeps): LogKeeper {
  const { file, journal, alarms } = deps;
  /** Offset of the journal after which entries are missing in the file. */
  let missingAfter: number | undefined = 0;
  let copying: Promise<Error | undefined> | undefined;

  const failed = (error: Error): Error => {
    alarms.raise(
      BEHIND,
      `The audit log beside the journal cannot be written (${error.message}). Nothing is lost: entries are in the journal and are copied once it can be. Look at the folder keys and the room on its disk.`,
    );
    return error;
  };
  const copy = async (): Promise<Error | undefined> => {
    try {
      for (;;) {
        const head = deps.head();
        for (const page of entryPages(journal, missingAfter)) {
          // What the journal took a moment ago is not in the chain of this process yet: the next round has it.
          const known = page.filter((entry) => (rowOf(entry)?.link.n ?? 0) <= head.n);
          for (const entry of known) {
            const row = rowOf(entry);
            if (row !== undefined) file.add(row);
            missingAfter = entry.offset;
          }
          if (known.length < page.length) break;
          await breathe();
        }
        if (head.n > 0) await file.writeHead(head);
        // Entries that came meanwhile were left to this loop.
        if (deps.head().n === head.n) break;
      }
    } catch (error) {
      return failed(error as Error);
    }
    missingAfter = undefined;
    alarms.clear(BEHIND);
    return undefined;
  };
  const catchUp = async (): Promise<Error | undefined> => {
    if (missingAfter === undefined) return undefined;
    copying ??= copy().finally(() => {
      copying = undefined;
    });
    return copying;
  };
  const timer = setInterval(() => void catchUp(), deps.retryMs ?? RETRY_MS);
  timer.unref();
  return {
    catchUp,
    keep: async (rows, afterOffset) => {
      if (missingAfter !== undefined) return;
      try {
        for (const row of rows) file.add(row);
        await file.writeHead(deps.head());
      } catch (error) {
        missingAfter = afterOffset;
        failed(error as Error);
      }
    },
    close: () => clearInterval(timer),
  };
}

export function* entryPages(journal: AuditJournal, after = 0): Generator<readonly Entry[]> {
  for (let from = after; ; ) {
    const page = journal.read({ after: from, limit: PAGE, types: ['audit.entry'] });
    if (page.length > 0) yield page as readonly Entry[];
    if (page.length < PAGE) return;
    from = page[page.length - 1]!.offset;
  }
}

/** `undefined` for an entry of a release that had no chain. */
export function rowOf({ event }: Entry): AuditRow | undefined {
  const { chain, ...data } = event.data;
  return chain === undefined ? undefined : { id: event.id, at: event.recordedtime, data, link: chain };
}
