/**
 * Chains audit entries on their way into the journal, keeps them beside it, and says whether all of them are still
 * what they were. Whoever appends an `audit.entry` through the gate has it chained: there is no other way in.
 */
import { isType, type JournalledEvent, type StoreEvent } from '../../contracts/index.js';
import type { Clock } from '../../ports.js';
import type { Journal, Place } from '../../store/types.js';
import { type AuditQuery, type KeptHead, openAuditFile } from './audit-file.js';
import {
  type AuditFinding,
  type AuditRow,
  type ChainHead,
  checkChain,
  linkAfter,
  NO_ENTRY,
} from './chain.js';
import { checkJournal } from './check-journal.js';

export interface AuditTrailDeps {
  /** Folder of the store's secrets: `audit.db` and `audit-head.json` lie in it. */
  readonly folder: string;
  readonly journal: Pick<Journal, 'append' | 'read' | 'stats'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface AuditReport {
  readonly entries: number;
  readonly head: ChainHead;
  readonly findings: readonly AuditFinding[];
}

export interface AuditTrail {
  /** `journal.append`, with every audit entry linked to the one before it. For the gate. */
  append(events: readonly StoreEvent[]): Promise<readonly Place[]>;
  /** Newest first. */
  search(query: AuditQuery): readonly AuditRow[];
  /** Every row beside its neighbours, the head and the journal. */
  verify(): Promise<AuditReport>;
  close(): Promise<void>;
}

const PAGE = 500;

/** Opens the log and takes over what the journal has and it has not. Throws system errors. */
export async function openAuditTrail(deps: AuditTrailDeps): Promise<AuditTrail> {
  const { journal, clock } = deps;
  const file = openAuditFile(deps.folder);
  for (const row of journalRows(journal)) file.add(row);
  let head = newestOf(file.head(), file.last(), clock.nowMs());
  if (head.n > 0) await file.writeHead(head);

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
    for (const row of rows) file.add(row);
    head = { ...head, n: next.n, hash: next.hash };
    await file.writeHead(head);
    return places;
  };

  let busy: Promise<unknown> | undefined;
  const inTurn = (events: readonly StoreEvent[]): Promise<readonly Place[]> => {
    // Entries that wait for one another are stamped again, because the journal's time never decreases.
    const before = busy;
    const mine =
      before === undefined
        ? appendLinked(events)
        : before.then(() => appendLinked(stampedAgain(events, clock.nowMs())));
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    busy = settled;
    void settled.then(() => {
      if (busy === settled) busy = undefined;
    });
    return mine;
  };

  return {
    append: (events) =>
      events.some(({ type }) => type === 'audit.entry') ? inTurn(events) : journal.append(events),
    search: file.search,
    verify: async () => {
      await busy;
      const upTo = head;
      const findings = [
        ...lostHead(upTo),
        ...checkChain(file.rows(), upTo),
        ...(await checkJournal(journalPages(journal), { row: file.row, head: upTo })),
      ];
      return { entries: upTo.n, head: { n: upTo.n, hash: upTo.hash }, findings };
    },
    close: async () => {
      await busy;
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

function* journalPages(journal: Pick<Journal, 'read'>): Generator<readonly JournalledEvent<'audit.entry'>[]> {
  let after = 0;
  for (;;) {
    const page = journal.read({ after, limit: PAGE, types: ['audit.entry'] });
    if (page.length > 0) yield page as readonly JournalledEvent<'audit.entry'>[];
    if (page.length < PAGE) return;
    after = page[page.length - 1]!.offset;
  }
}

function* journalRows(journal: Pick<Journal, 'read'>): Generator<AuditRow> {
  for (const page of journalPages(journal)) {
    for (const { event } of page) {
      const { chain, ...data } = event.data;
      if (chain !== undefined) yield { id: event.id, at: event.recordedtime, data, link: chain };
    }
  }
}
