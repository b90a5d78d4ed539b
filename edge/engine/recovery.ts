import type { JournalledEvent, StoreEvent } from '../contracts/index.js';
import type { Core } from '../core/types.js';
import type { Views } from '../ports.js';
import type { Journal } from '../store/types.js';
import type { PoisonMarks } from './poison.js';

/** A core that also answers questions about its state. */
export type DecisionCore = Core & { readonly views: Views };

export interface RecoveryDeps {
  readonly journal: Journal;
  readonly createCore: (serialised?: string) => DecisionCore;
  readonly poison: PoisonMarks;
  /** Appends the quarantine record of an event that the core could not handle twice in a row. */
  readonly setAside: (poison: JournalledEvent, error: Error) => Promise<void>;
}

const PAGE_EVENTS = 1_000;

/** State that includes every event up to `handled`. */
export interface Recovered {
  readonly core: DecisionCore;
  readonly handled: number;
}

/**
 * Last sealed checkpoint plus the journal after it, up to the cursor: outputs of those steps are durable already.
 * A checkpoint may lie beyond the cursor, because steps without outputs do not move it. What stands after is for
 * the loop, as if it had just arrived, so that a disk in trouble never keeps a store from starting.
 */
export function recover(deps: RecoveryDeps): Recovered {
  const cursor = deps.journal.cursor();
  const sealed = deps.journal.loadCheckpoint()?.offset ?? 0;
  const handled = Math.max(cursor, sealed);
  return { core: rebuildBefore(deps, handled + 1), handled };
}

/** State as it was before `offset`, from the newest checkpoint that lies before it. */
export function rebuildBefore(deps: RecoveryDeps, offset: number): DecisionCore {
  const checkpoint = deps.journal.loadCheckpoint();
  const usable = checkpoint !== undefined && checkpoint.offset < offset ? checkpoint : undefined;
  const core = deps.createCore(usable?.state);
  for (const input of inputsBetween(deps.journal, usable?.offset ?? 0, offset - 1)) {
    // It went well once before this offset, so a failure here is a bug that no retry mends.
    if (!deps.poison.skips(input.offset)) keepIssued(deps, core, core.step(input).outputs);
  }
  return core;
}

/** A shopper may hold a code that was made under another secret: what stands in the journal is what went out. */
function keepIssued({ journal }: RecoveryDeps, core: DecisionCore, outputs: readonly StoreEvent[]): void {
  for (const { type, id } of outputs) {
    const issued = type === 'coupon.issued' ? journal.readId(id) : undefined;
    // Never an event from outside under the same id: its own turn is still to come.
    if (issued?.cause !== undefined) core.step(issued);
  }
}

/** Events from outside, in order; outputs of earlier steps are left out. */
function* inputsBetween(journal: Journal, after: number, last: number): Generator<JournalledEvent> {
  let from = after;
  for (;;) {
    const page = journal.read({ after: from, limit: PAGE_EVENTS, inputs: true });
    for (const event of page) {
      if (event.offset > last) return;
      yield event;
    }
    if (page.length < PAGE_EVENTS) return;
    from = page[page.length - 1]!.offset;
  }
}
