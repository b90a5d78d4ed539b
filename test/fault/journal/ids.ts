import type { StoreJournal } from '../../../edge/store/journal.js';

/** Ids of all events that a journal holds after an offset. */
export function idsIn(journal: StoreJournal, from = 0): Set<string> {
  const held = new Set<string>();
  for (let after = from; ; ) {
    const page = journal.read({ after, limit: 2_000 });
    for (const one of page) held.add(one.event.id);
    if (page.length === 0) return held;
    after = page.at(-1)?.offset ?? after;
  }
}
