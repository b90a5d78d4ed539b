import { signal } from '@preact/signals';
import { type JournalEntry, type JournalQuery, searchJournal } from '../api.js';

/** What is chosen above the list. */
export interface Filters {
  readonly q: string;
  readonly type: string;
  readonly outcome: string;
  /** Leave out what drowns everything else: sightings, timers, readings. */
  readonly quiet: boolean;
  /** RFC 3339 bounds of what is looked at. */
  readonly from?: string;
  readonly to?: string;
}

export const NO_FILTERS: Filters = { q: '', type: '', outcome: '', quiet: true };
const LOUD = 'presence.sighting,presence.minute,presence.traffic,tick,shelf.reading';
const PAGE = 50;
/** A rare word is looked for in several calls; so many before the person is asked to go on. */
const CALLS_MAX = 8;
const ENOUGH = 14;

/** The same question for the list and for the file. */
export function queryOf(filters: Filters): JournalQuery {
  const outcome = filters.outcome as JournalQuery['outcome'] | '';
  return {
    q: filters.q.trim(),
    type: filters.type,
    ...(outcome === '' || outcome === undefined ? {} : { outcome }),
    ...(filters.quiet && filters.type === '' ? { without: LOUD } : {}),
    ...(filters.from === undefined ? {} : { from: filters.from }),
    ...(filters.to === undefined ? {} : { to: filters.to }),
    limit: PAGE,
  };
}

/** The list of the journal: pages backwards, and what is new on top when asked for. */
export function createJournalList() {
  const events = signal<readonly JournalEntry[]>([]);
  const next = signal<string | undefined>(undefined);
  // Nothing was looked for yet, which is not the same as nothing found.
  const busy = signal(true);
  const failure = signal<unknown>(undefined);
  const total = signal<number | undefined>(undefined);
  const fresh = signal(0);
  /** When the list was looked for, by this device's clock. */
  const readMs = signal(0);
  let filters = NO_FILTERS;
  let turn = 0;

  /** Pages until there is enough to show; an answer to an older question is dropped. */
  const fetchPages = async (after: string | undefined): Promise<void> => {
    turn += 1;
    const mine = turn;
    busy.value = true;
    let cursor = after;
    let found: readonly JournalEntry[] = after === undefined ? [] : events.value;
    const before = found.length;
    try {
      for (let calls = 0; calls < CALLS_MAX; calls += 1) {
        const page = await searchJournal({
          ...queryOf(filters),
          ...(cursor === undefined ? {} : { after: cursor }),
        });
        if (mine !== turn) return;
        found = [...found, ...page.events];
        total.value = page.total ?? total.value;
        cursor = page.next;
        if (cursor === undefined || found.length - before >= ENOUGH) break;
      }
      events.value = found;
      next.value = cursor;
      failure.value = undefined;
      fresh.value = 0;
      readMs.value = Date.now();
    } catch (error) {
      if (mine === turn) failure.value = error;
    } finally {
      if (mine === turn) busy.value = false;
    }
  };
  return {
    events,
    next,
    busy,
    failure,
    total,
    fresh,
    readMs,
    look: (wanted: Filters): Promise<void> => {
      filters = wanted;
      return fetchPages(undefined);
    },
    older: (): Promise<void> => fetchPages(next.value),
    refresh: (): Promise<void> => fetchPages(undefined),
    /** Counts what came since, without moving a row. */
    async peek(): Promise<void> {
      if (busy.value || events.value.length === 0) return;
      const top = events.value[0]?.offset ?? 0;
      try {
        const page = await searchJournal(queryOf(filters));
        fresh.value = page.events.filter((event) => event.offset > top).length;
      } catch {
        // The band of the page already says that the store is gone; the next look tries again.
        return;
      }
    },
  };
}
export type JournalList = ReturnType<typeof createJournalList>;
