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
  readonly type?: TopicName;
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

const WINDOW_OFFSETS = 2_000;
/** Offsets looked at in one call: a rare word must not hold the event loop. */
const SCAN_OFFSETS_MAX = 20_000;

/** Newest first. May find fewer than `limit` and still go on: then `before` says where. */
export function searchBackwards(journal: PagesJournal, options: SearchOptions): SearchPage {
  const { firstOffset, lastOffset } = journal.stats();
  let before = Math.min(options.before ?? lastOffset + 1, lastOffset + 1);
  if (options.toMs !== undefined) before = Math.min(before, firstRecordedAfter(journal, options.toMs));
  const stopAt = Math.max(firstOffset, before - SCAN_OFFSETS_MAX);
  const found: JournalledEvent[] = [];
  while (before > stopAt) {
    const after = Math.max(stopAt, before - WINDOW_OFFSETS) - 1;
    const types = options.type === undefined ? {} : { types: [options.type] };
    const window = journal.read({ after, limit: before - 1 - after, ...types });
    for (let at = window.length - 1; at >= 0; at -= 1) {
      const journalled = window[at]!;
      if (journalled.offset >= before) continue;
      if (options.fromMs !== undefined && Date.parse(journalled.event.recordedtime) < options.fromMs) {
        return { found };
      }
      if (!options.matches(journalled.event)) continue;
      found.push(journalled);
      if (found.length === options.limit) return withBefore(found, journalled.offset, firstOffset);
    }
    before = after + 1;
  }
  return withBefore(found, before, firstOffset);
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
