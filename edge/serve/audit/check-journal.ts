import { setImmediate as breathe } from 'node:timers/promises';
import type { JournalledEvent } from '../../contracts/index.js';
import { type AuditFinding, type AuditRow, type ChainHead, hashOf } from './chain.js';

type Entry = JournalledEvent<'audit.entry'>;

/**
 * What the journal still holds, beside the log: the same entries, without a hole, up to the head. Its oldest ones go
 * by its own days and are not missed. Entries that are newer than `head` are left for the next time.
 */
export async function checkJournal(
  pages: Iterable<readonly Entry[]>,
  log: { row(n: number): AuditRow | undefined; readonly head: ChainHead },
): Promise<readonly AuditFinding[]> {
  const findings: AuditFinding[] = [];
  let expected: number | undefined;
  for (const page of pages) {
    for (const entry of page) {
      const n = entry.event.data.chain?.n;
      if (n !== undefined && n > log.head.n) continue;
      findings.push(...checkEntry(entry, { expected, row: n === undefined ? undefined : log.row(n) }));
      if (n !== undefined) expected = n + 1;
    }
    await breathe();
  }
  if (expected !== undefined && expected <= log.head.n) {
    const detail = `the journal no longer has entries ${expected} to ${log.head.n}`;
    findings.push({ n: expected, what: 'cut', detail });
  }
  return findings;
}

function checkEntry(
  { event, offset }: Entry,
  { expected, row }: { expected: number | undefined; row: AuditRow | undefined },
): readonly AuditFinding[] {
  const { chain, ...data } = event.data;
  if (chain === undefined) {
    // Before the first link: written by a release that had no chain.
    if (expected === undefined) return [];
    const detail = `the entry at offset ${offset} of the journal came in beside the chain`;
    return [{ n: expected - 1, what: 'unchained', detail }];
  }
  const findings: AuditFinding[] = [];
  if (expected !== undefined && chain.n !== expected) {
    const detail = `the journal has entry ${chain.n} where ${expected} belongs`;
    findings.push({ n: Math.min(chain.n, expected), what: 'missing', detail });
  }
  const entry = { id: event.id, at: event.recordedtime, data };
  if (chain.hash !== hashOf(entry, chain)) {
    const detail = `entry ${chain.n} in the journal is not what it was when written`;
    findings.push({ n: chain.n, what: 'edited', detail });
  }
  if (row === undefined || row.link.hash !== chain.hash) {
    const detail = `journal and log do not have the same entry ${chain.n}`;
    findings.push({ n: chain.n, what: 'differs', detail });
  }
  return findings;
}
