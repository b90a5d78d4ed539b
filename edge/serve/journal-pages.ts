/** Pages of events out of the journal, forward for machines and newest first for people. */
import { type JournalledEvent, type StoreEvent, TOPICS, type TopicName } from '../contracts/index.js';
import type { Journal } from '../store/types.js';
import { cursorAt } from './cursor.js';
import { withoutSecrets } from './redact.js';

export type PagesJournal = Pick<Journal, 'jid' | 'read' | 'readOffset' | 'stats'>;

/** The event as it travels: with its dense sequence and place where its topic is mirrored. */
export function toCloudEvent(journal: Pick<Journal, 'jid'>, journalled: JournalledEvent): object {
  const event = withoutSecrets(journalled.event);
  if (journalled.sequence === undefined) return event;
  const sequence = String(journalled.sequence);
  return { ...event, sequence, ecpos: `${journal.jid}/${TOPICS[event.type].class}/${sequence}` };
}

/** Events of one topic after an offset, oldest first, with the cursor to go on from. */
export function topicPage(
  journal: PagesJournal,
  topic: TopicName,
  options: { after: number; limit: number; fromMs?: number },
): { events: object[]; next: string } {
  // Taken first: what is committed while this page is read belongs to the next one.
  const end = journal.stats().lastOffset;
  const found = journal.read({ ...options, types: [topic] });
  const last = found[found.length - 1];
  // A page that is not full has looked at everything up to the end; the next one need not look there again.
  const next = found.length < options.limit ? Math.max(end, last?.offset ?? 0, options.after) : last!.offset;
  return {
    events: found.map((journalled) => toCloudEvent(journal, journalled)),
    next: cursorAt(journal, next),
  };
}

export interface SearchOptions {
  /** Offset below which to look; the end of the journal when absent. */
  readonly before?: number;
  readonly limit: number;
  /** Only these; all when absent. */
  readonly types?: readonly TopicName[];
  readonly matches: (event: StoreEvent) => boolean;
  /** Nothing recorded before this instant (epoch ms). */
  readonly fromMs?: number;
  readonly toMs?: number;
}
export interface SearchPage {
  readonly found: readonly JournalledEvent[];
  /** Where the next, older page begins; absent at the beginning of the journal. */
  readonly before?: number;
}

const WINDOW_ROWS = 2_000;
const WIDTH_MAX = 1_000_000;
/** Rows looked at in one call, and reads for them: a rare word must not hold the event loop. */
const ROWS_MAX = 20_000;
const READS_MAX = 40;

/** Newest first. May find fewer than `limit` and still go on: then `before` says where. */
export function searchBackwards(journal: PagesJournal, options: SearchOptions): SearchPage {
  const { firstOffset, lastOffset } = journal.stats();
  const { types, fromMs } = options;
  const floor = fromMs === undefined ? firstOffset : firstRecordedAfter(journal, fromMs - 1);
  const found: JournalledEvent[] = [];
  let before = Math.min(options.before ?? lastOffset + 1, lastOffset + 1);
  if (options.toMs !== undefined) before = Math.min(before, firstRecordedAfter(journal, options.toMs));
  let width = WINDOW_ROWS;
  let rows = 0;
  for (let reads = 0; before > floor && rows < ROWS_MAX && reads < READS_MAX; reads += 1) {
    const after = Math.max(floor, before - width) - 1;
    const window = readWindow(journal, { after, before, types });
    if (window === undefined) {
      width = Math.max(WINDOW_ROWS, Math.floor(width / 8));
      continue;
    }
    rows += window.length;
    for (const journalled of window.reverse()) {
      if (!options.matches(journalled.event)) continue;
      found.push(journalled);
      if (found.length === options.limit) return withBefore(found, journalled.offset, floor);
    }
    before = after + 1;
    // What is looked for is rare here: look further at once.
    if (window.length < WINDOW_ROWS / 8) width = Math.min(width * 4, WIDTH_MAX);
  }
  return withBefore(found, before, floor);
}

/** Rows with after < offset < before, oldest first; `undefined` when there are more than fit one read. */
function readWindow(
  journal: PagesJournal,
  range: { after: number; before: number; types: readonly TopicName[] | undefined },
): JournalledEvent[] | undefined {
  const { after, before, types } = range;
  const read = journal.read({ after, limit: WINDOW_ROWS, ...(types === undefined ? {} : { types }) });
  const last = read[read.length - 1];
  if (read.length === WINDOW_ROWS && last!.offset < before - 1) return undefined;
  return read.filter(({ offset }) => offset < before);
}

const withBefore = (found: JournalledEvent[], before: number, first: number): SearchPage =>
  before > first ? { found, before } : { found };

/** Smallest offset whose event was recorded after the instant: recordedtime never decreases, so halving works. */
function firstRecordedAfter(journal: PagesJournal, atMs: number): number {
  const { firstOffset, lastOffset } = journal.stats();
  let low = Math.max(firstOffset, 0);
  let high = lastOffset + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const next = journal.read({ after: middle - 1, limit: 1 })[0];
    if (next === undefined || Date.parse(next.event.recordedtime) > atMs) high = middle;
    else low = next.offset + 1;
  }
  return low;
}
