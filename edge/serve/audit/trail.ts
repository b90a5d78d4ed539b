/**
 * Chains audit entries on their way into the journal, keeps them beside it, and says whether all of them are still
 * what they were. Whoever appends an `audit.entry` through the gate has it chained: there is no other way in.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { isType, type StoreEvent } from '../../contracts/index.js';
import type { Alarms, Clock } from '../../ports.js';
import type { Journal, Place } from '../../store/types.js';
import { createTurns } from './append-turns.js';
import {
  type AuditFile,
  type AuditQuery,
  type AuditSpan,
  isDamage,
  type KeptHead,
  openAuditFile,
} from './audit-file.js';
import {
  type AuditFinding,
  type AuditRow,
  type ChainHead,
  createChainCheck,
  linkAfter,
  NO_ENTRY,
} from './chain.js';
import { checkJournal } from './check-journal.js';
import { type AuditJournal, createLogKeeper, entryPages, rowOf } from './log-keeper.js';

export interface AuditTrailDeps {
  /** Folder of the store's secrets: `audit.db` and `audit-head.json` lie in it. */
  readonly folder: string;
  readonly journal: Pick<Journal, 'append' | 'read' | 'stats'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
  /** How soon a log that could not be written is tried again. */
  readonly retryMs?: number;
}

export interface AuditReport {
  readonly entries: number;
  readonly head: ChainHead;
  readonly findings: readonly AuditFinding[];
}

export interface AuditTrail {
  /** `journal.append`, with every audit entry linked to the one before it: done once the journal has it. For the gate. */
  append(events: readonly StoreEvent[]): Promise<readonly Place[]>;
  /** Newest first. */
  search(query: AuditQuery): readonly AuditRow[];
  span(query: AuditQuery): AuditSpan;
  forward(query: AuditQuery & { readonly after: number }): readonly AuditRow[];
  /** Every row beside its neighbours, the head and the journal. */
  verify(): Promise<AuditReport>;
  close(): Promise<void>;
}

const SLICE = 500;

/** Opens the log and takes over what the journal has and it has not. Throws system errors. */
export async function openAuditTrail(deps: AuditTrailDeps): Promise<AuditTrail> {
  const { journal, clock } = deps;
  const file = openAuditFile(deps.folder, {
    nowMs: clock.nowMs(),
    onDamaged: (path, why) =>
      deps.alarms.raise(
        'AuditLogDamaged',
        `The audit log was damaged (${why.message}) and lies at ${path} now. A new one holds what the journal still has; what is older is in that file, in your backups of keys, and at HQ.`,
        { file: path },
      ),
  });
  let head = newestOf(file.head(), later(file.last(), lastOf(journal)), clock.nowMs());
  const keeper = createLogKeeper({ ...deps, file, head: () => head });
  await keeper.catchUp();

  const appendLinked = async (events: readonly StoreEvent[]): Promise<readonly Place[]> => {
    const rows: AuditRow[] = [];
    let next: ChainHead = head;
    const linked = events.map((event) => {
      if (!isType(event, 'audit.entry')) return event;
      const { chain: _chain, ...data } = event.data;
      const entry = { id: event.id, at: event.recordedtime, data };
      const link = linkAfter(next, entry);
      next = link;
      rows.push({ ...entry, link });
      return { ...event, data: { ...data, chain: link } };
    });
    const places = await journal.append(linked);
    head = { ...head, n: next.n, hash: next.hash };
    await keeper.keep(rows, Math.min(...places.map(({ offset }) => offset)) - 1);
    return places;
  };

  const turns = createTurns(appendLinked, (events) => stampedAgain(events, clock.nowMs()));

  return {
    append: (events) =>
      events.some(({ type }) => type === 'audit.entry') ? turns.append(events) : journal.append(events),
    search: file.search,
    span: file.span,
    forward: file.forward,
    verify: async () => {
      await turns.idle();
      const trouble = await keeper.catchUp();
      const kept = trouble === undefined ? head : (file.last() ?? NO_ENTRY);
      const findings = [
        ...lostHead(head),
        ...(trouble === undefined ? [] : [behind(kept.n, trouble)]),
        ...(await whereReadable(() => checkFile(file, kept))),
        ...(await whereReadable(async () => beyond(file.last(), head))),
        ...(await whereReadable(() => checkJournal(entryPages(journal), { row: file.row, head: kept }))),
      ];
      return { entries: kept.n, head: { n: kept.n, hash: kept.hash }, findings };
    },
    close: async () => {
      await turns.idle();
      keeper.close();
      await keeper.catchUp();
      file.close();
    },
  };
}

/** Without a head, rows alone decide, and the log says so from then on. */
function newestOf(kept: KeptHead | undefined, last: ChainHead | undefined, nowMs: number): KeptHead {
  if (kept === undefined && last === undefined) return NO_ENTRY;
  if (kept === undefined) {
    return { ...last!, rebuiltAt: { n: last!.n, at: new Date(nowMs).toISOString() } };
  }
  // The journal took an entry, and the power went before the head was written.
  return last !== undefined && last.n > kept.n ? { ...kept, ...last } : kept;
}

function lostHead({ rebuiltAt }: KeptHead): readonly AuditFinding[] {
  if (rebuiltAt === undefined) return [];
  const detail = `the head was missing on ${rebuiltAt.at}: whether entries after ${rebuiltAt.n} were cut off before that, only HQ can tell`;
  return [{ n: rebuiltAt.n, what: 'head-lost', detail }];
}

const stampedAgain = (events: readonly StoreEvent[], nowMs: number): readonly StoreEvent[] =>
  events.map((event) => ({ ...event, recordedtime: new Date(nowMs).toISOString() }));

const later = (one: ChainHead | undefined, other: ChainHead | undefined): ChainHead | undefined =>
  one === undefined || (other !== undefined && other.n > one.n) ? other : one;

/** The newest link that the journal has. */
function lastOf(journal: AuditJournal): ChainHead | undefined {
  let last: ChainHead | undefined;
  for (const page of entryPages(journal)) for (const entry of page) last = later(last, rowOf(entry)?.link);
  return last === undefined ? undefined : { n: last.n, hash: last.hash };
}

/** A slice at a time, so that a log of years holds nobody up. */
async function checkFile(file: AuditFile, upTo: ChainHead): Promise<readonly AuditFinding[]> {
  const check = createChainCheck();
  for (let after = 0; ; ) {
    const rows = file.rows({ after, upTo: upTo.n, limit: SLICE });
    check.add(rows);
    if (rows.length < SLICE) return check.findings(upTo);
    after = rows[rows.length - 1]!.link.n;
    await breathe();
  }
}

/** A page of the file that cannot be read is something that is wrong with the log, too. */
async function whereReadable(look: () => Promise<readonly AuditFinding[]>): Promise<readonly AuditFinding[]> {
  try {
    return await look();
  } catch (error) {
    if (!isDamage(error)) throw error;
    const detail = `audit.db cannot be read (${error.message}): stop the store, move that file away and start; a new one is made from the journal`;
    return [{ n: 1, what: 'damaged', detail }];
  }
}

/** What was appended while the check ran is within the head of now; what lies beyond it, nobody noted. */
function beyond(last: ChainHead | undefined, head: ChainHead): readonly AuditFinding[] {
  if (last === undefined || last.n <= head.n) return [];
  return [{ n: head.n + 1, what: 'unlinked', detail: `entries after ${head.n} were put beside the chain` }];
}

const behind = (n: number, error: Error): AuditFinding => ({
  n: n + 1,
  what: 'behind',
  detail: `the log cannot be written (${error.message}): what follows ${n}, or the head, is in the journal alone`,
});
