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

/**
 * Last sealed checkpoint plus the journal after it. Outputs of steps up to the cursor are durable and dropped;
 * what stands after the cursor is stepped and committed as if it had just arrived.
 */
export async function recover(deps: RecoveryDeps): Promise<DecisionCore> {
  const { journal } = deps;
  const core = rebuildBefore(deps, journal.cursor() + 1);
  for (const input of inputsBetween(journal, journal.cursor(), Number.POSITIVE_INFINITY)) {
    if (deps.poison.skips(input.offset)) continue;
    const step = tryStep(core, input);
    if (step instanceof Error) {
      if (await deps.poison.strike(input.offset)) await deps.setAside(input, step);
      return recover(deps);
    }
    const causes = step.map(() => input.offset);
    if (step.length > 0) await journal.step({ cursor: input.offset, outputs: step, causes });
  }
  return core;
}

/** State as it was before `offset`, from the newest checkpoint that lies before it. */
export function rebuildBefore(deps: RecoveryDeps, offset: number): DecisionCore {
  const checkpoint = deps.journal.loadCheckpoint();
  const usable = checkpoint !== undefined && checkpoint.offset < offset ? checkpoint : undefined;
  const core = deps.createCore(usable?.state);
  for (const input of inputsBetween(deps.journal, usable?.offset ?? 0, offset - 1)) {
    if (deps.poison.skips(input.offset)) continue;
    const step = tryStep(core, input);
    // It went well once before this offset, so a failure here is a bug that no retry mends.
    if (step instanceof Error) throw step;
  }
  return core;
}

function tryStep(core: DecisionCore, input: JournalledEvent): readonly StoreEvent[] | Error {
  try {
    return core.step(input).outputs;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Events from outside, in order; outputs of earlier steps are left out. */
function* inputsBetween(journal: Journal, after: number, last: number): Generator<JournalledEvent> {
  let from = after;
  for (;;) {
    const page = journal.read({ after: from, limit: PAGE_EVENTS });
    for (const event of page) {
      if (event.offset > last) return;
      if (event.cause === undefined) yield event;
    }
    if (page.length < PAGE_EVENTS) return;
    from = page[page.length - 1]!.offset;
  }
}
