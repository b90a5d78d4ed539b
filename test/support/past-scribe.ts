import type { JournalledEvent, StoreEvent } from '../../edge/contracts/index.js';
import type { Core } from '../../edge/core/index.js';
import type { Journal } from '../../edge/store/types.js';

/** As the engine of a store seals its state. */
const CHECKPOINT_OFFSETS = 50_000;
const APPEND_ROWS_MAX = 500;
const ROWS_IN_FLIGHT_MAX = 20_000;

/** Writes events and what a core made of them in the calls, and so in the places, that the engine would have used. */
export interface Scribe {
  hear(journalled: JournalledEvent, outputs: readonly StoreEvent[]): void;
  /** Waits only where much is under way; seals the state when that is due. */
  breathe(): Promise<void>;
  /** Everything heard is durable, in the places it was heard with. */
  settle(): Promise<void>;
  sealed(): { readonly checkpoints: number /** Events since the last one. */; readonly unsealed: number };
}

export function createScribe(journal: Journal, core: Pick<Core, 'serialise'>): Scribe {
  let writing: Promise<unknown>[] = [];
  let inputs: StoreEvent[] = [];
  let rows = 0;
  let handled = journal.stats().lastOffset;
  let last = handled;
  let sealed = handled;
  let checkpoints = 0;

  const flush = (): void => {
    if (inputs.length > 0) writing.push(journal.append(inputs));
    inputs = [];
  };
  const settle = async (): Promise<void> => {
    flush();
    await Promise.all(writing);
    writing = [];
    rows = 0;
    const { lastOffset } = journal.stats();
    if (lastOffset !== last) throw new Error(`the journal is at ${lastOffset} instead of ${last}`);
  };
  return {
    hear({ offset, event }, outputs) {
      inputs.push(event);
      rows += 1 + outputs.length;
      handled = offset;
      last = offset + outputs.length;
      if (outputs.length === 0 && inputs.length < APPEND_ROWS_MAX) return;
      flush();
      if (outputs.length === 0) return;
      const causes = outputs.map(() => offset);
      writing.push(journal.step({ cursor: offset, outputs, causes }));
    },
    async breathe() {
      if (rows >= ROWS_IN_FLIGHT_MAX) await settle();
      if (last - sealed < CHECKPOINT_OFFSETS) return;
      await settle();
      await journal.saveCheckpoint({ offset: handled, state: core.serialise() });
      sealed = last;
      checkpoints += 1;
    },
    settle,
    sealed: () => ({ checkpoints, unsealed: last - sealed }),
  };
}
