import type { JournalledEvent } from '../../edge/contracts/index.js';
import type { Core } from '../../edge/core/index.js';
import { type DayOptions, playDay } from '../replay/day-builder.js';
import { createScribe } from './past-scribe.js';
import type { PastStore } from './past-store.js';

export interface WrittenDay {
  readonly inputs: number;
  readonly outputs: number;
  /** Events since the newest sealed state. */
  readonly unsealed: number;
}

export interface WriteOptions {
  /** Hears every event from outside with its place. */
  readonly hear?: (journalled: JournalledEvent) => void;
  /** Who comes, where they are in the vault already. */
  readonly sids?: readonly string[];
  /** After so many events since the last of so many sealed states the day is cut short; the whole day when absent. */
  readonly ends?: { readonly unsealed: number; readonly checkpoints: number };
}

/** A store day, acted in a closed loop with `core` and written into the past of a store, its shoppers in the vault. */
export async function writeDay(
  { base, moveTo }: PastStore,
  core: Core,
  day: DayOptions,
  options: WriteOptions = {},
): Promise<WrittenDay> {
  const { journal, vault } = base;
  const { ends } = options;
  const sids = options.sids ?? Array.from({ length: day.shoppers }, () => vault.createShopper());
  const scribe = createScribe(journal, core);
  const firstOffset = journal.stats().lastOffset + 1;
  const placed = { outputsTakeOffsets: true, firstOffset, sidOf: (index: number) => sids[index] as string };
  let [inputs, outputs] = [0, 0];
  const seconds = playDay(core, { ...day, ...placed }, (journalled, made) => {
    inputs += 1;
    outputs += made.length;
    moveTo(Date.parse(journalled.event.recordedtime));
    options.hear?.(journalled);
    scribe.hear(journalled, made);
  });
  for (const _second of seconds) {
    await scribe.breathe();
    const { unsealed, checkpoints } = scribe.sealed();
    if (ends !== undefined && unsealed >= ends.unsealed && checkpoints >= ends.checkpoints) break;
  }
  await scribe.settle();
  const { unsealed } = scribe.sealed();
  if (ends !== undefined && unsealed < ends.unsealed)
    throw new Error(`the day ended ${unsealed} events after a checkpoint`);
  return { inputs, outputs, unsealed };
}
