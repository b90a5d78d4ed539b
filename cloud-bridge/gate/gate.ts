import { ORD_EPOCH_SPAN } from '../ord.js';

/**
 * The gate as a pure function: the same judgement as flink/gate.sql, record by record. Both are held equal by test.
 * A lane is (store, class); what it needs to remember does not grow with the stream.
 */

/** What the gate reads of a raw record; all of it travels in headers. */
export interface GateRow {
  readonly store: string;
  readonly class: string;
  readonly jid: string;
  readonly epoch: bigint;
  readonly sequence: bigint;
  readonly ord: bigint;
  /** Last `ord` of a declared gap that starts here. */
  readonly gapTo?: bigint;
}

/** Sequences that neither came nor were declared missing, both inclusive. */
export interface Hole {
  readonly from: bigint;
  readonly to: bigint;
}

export type Verdict =
  | { readonly outcome: 'pass'; readonly hole?: Hole }
  | { readonly outcome: 'duplicate' }
  | { readonly outcome: 'quarantine'; readonly reason: 'StaleEpoch' | 'ForeignJournal' };

export interface Gate {
  judge(row: GateRow): Verdict;
}

export function createGate(): Gate {
  /** Highest `ord` of a lane so far, declared gaps included. */
  const highest = new Map<string, bigint>();
  /** The journal that spoke first in an epoch of a lane. */
  const owners = new Map<string, string>();
  return {
    judge(row) {
      const lane = `${row.store}/${row.class}`;
      const period = `${lane}/${row.epoch}`;
      const owner = owners.get(period) ?? row.jid;
      owners.set(period, owner);
      if (row.jid !== owner) return { outcome: 'quarantine', reason: 'ForeignJournal' };
      const before = highest.get(lane);
      const reaches = row.gapTo ?? row.ord;
      if (before === undefined || reaches > before) highest.set(lane, reaches);
      if (before === undefined || row.ord > before) return passed(row, before);
      if (row.epoch < before / ORD_EPOCH_SPAN) return { outcome: 'quarantine', reason: 'StaleEpoch' };
      return { outcome: 'duplicate' };
    },
  };
}

function passed(row: GateRow, before: bigint | undefined): Verdict {
  const expected = ((before ?? 0n) % ORD_EPOCH_SPAN) + 1n;
  if (row.sequence <= expected) return { outcome: 'pass' };
  return { outcome: 'pass', hole: { from: expected, to: row.sequence - 1n } };
}
