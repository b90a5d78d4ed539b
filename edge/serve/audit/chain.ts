/**
 * The hash chain of the audit log: each entry carries the hash of the one before it, so that an edit, a missing or
 * a moved entry shows. That the newest was cut off shows only beside a head that is kept elsewhere. Pure.
 */
import { createHash } from 'node:crypto';
import type { AuditEntry, AuditFindingCode } from '../../contracts/index.js';

/** What stands before the first entry. */
export const GENESIS = '0'.repeat(64);

export interface ChainLink {
  readonly n: number;
  readonly prev: string;
  readonly hash: string;
}
/** How far the chain has come: number and hash of the newest entry. */
export interface ChainHead {
  readonly n: number;
  readonly hash: string;
}
export const NO_ENTRY: ChainHead = { n: 0, hash: GENESIS };

/** One entry as it is kept. `data` has no `chain`: that is the link. */
export interface AuditRow {
  readonly id: string;
  /** RFC 3339, by the store's clock. */
  readonly at: string;
  readonly data: Omit<AuditEntry, 'chain'>;
  readonly link: ChainLink;
}

/** The link of the entry that follows `head`. */
export function linkAfter(head: ChainHead, entry: Omit<AuditRow, 'link'>): ChainLink {
  const n = head.n + 1;
  return { n, prev: head.hash, hash: hashOf(entry, { n, prev: head.hash }) };
}

/** SHA-256 over the entry, its number and the hash before it; names of members are sorted, so that any copy agrees. */
export function hashOf(entry: Omit<AuditRow, 'link'>, { n, prev }: Pick<ChainLink, 'n' | 'prev'>): string {
  const { id, at, data } = entry;
  return createHash('sha256').update(canonical({ n, prev, id, at, data })).digest('hex');
}

function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

export interface AuditFinding {
  /** Number of the entry, or of the first one that is missing. */
  readonly n: number;
  readonly what: AuditFindingCode;
  readonly detail: string;
}

/** Looks at the rows of a chain in the order in which they are kept, a slice at a time. */
export interface ChainCheck {
  add(rows: Iterable<AuditRow>): void;
  /** All that is wrong. Without `head` a chain whose newest entries were cut off looks whole. */
  findings(head?: ChainHead): readonly AuditFinding[];
}

export function createChainCheck(): ChainCheck {
  const findings: AuditFinding[] = [];
  let last: ChainHead = NO_ENTRY;
  return {
    add: (rows) => {
      for (const row of rows) {
        findings.push(...checkRow(row, last));
        last = { n: row.link.n, hash: row.link.hash };
      }
    },
    findings: (head) => [...findings, ...checkEnd(last, head)],
  };
}

export function checkChain(rows: Iterable<AuditRow>, head?: ChainHead): readonly AuditFinding[] {
  const check = createChainCheck();
  check.add(rows);
  return check.findings(head);
}

function checkRow({ link, ...entry }: AuditRow, last: ChainHead): readonly AuditFinding[] {
  const findings: AuditFinding[] = [];
  if (link.hash !== hashOf(entry, link)) {
    findings.push({ n: link.n, what: 'edited', detail: `entry ${link.n} is not what it was when written` });
  }
  if (link.n !== last.n + 1) findings.push(jump(last.n, link.n));
  else if (link.prev !== last.hash) {
    findings.push({ n: link.n, what: 'unlinked', detail: `entry ${link.n} does not follow ${last.n}` });
  }
  return findings;
}

function checkEnd(last: ChainHead, head: ChainHead | undefined): readonly AuditFinding[] {
  if (head === undefined) return [];
  if (head.n > last.n) {
    const detail = `entries ${last.n + 1} to ${head.n} were written and are gone`;
    return [{ n: last.n + 1, what: 'cut', detail }];
  }
  if (head.n === last.n && head.hash === last.hash) return [];
  return [{ n: head.n, what: 'unlinked', detail: 'the newest entry is not the one of the head' }];
}

function jump(from: number, to: number): AuditFinding {
  return to > from
    ? { n: from + 1, what: 'missing', detail: `entries ${from + 1} to ${to - 1} are not there` }
    : { n: to, what: 'unlinked', detail: `entry ${to} stands after ${from}` };
}
