import type { JournalledEvent } from '../contracts/index.js';

/**
 * The newest events in memory, so that the loop and live readers do not go to the disk for what was just written.
 * Everything with an offset above `from` is here.
 */
export interface Tail {
  readonly from: () => number;
  /** The loop has handled everything up to this offset. */
  handled(offset: number): void;
  push(events: readonly JournalledEvent[]): void;
  /** Hold none of them any more: they are read from the disk. */
  clear(): void;
  /** Hold none that was recorded before: a quiet store would hold them past their time. Epoch ms. */
  forgetBefore(recordedMs: number): void;
  /** Events with offset > after, oldest first. Only valid when `after >= from()`. */
  after(
    after: number,
    options: { limit: number; wanted(event: JournalledEvent): boolean },
  ): JournalledEvent[];
  at(offset: number): JournalledEvent | undefined;
  withId(id: string): JournalledEvent | undefined;
}

/**
 * Events kept. At 10,000 a second a tenth of a second: what lives longer is moved by V8 to the old generation, and the
 * marking that follows is what acknowledgements wait for.
 */
const TAIL_EVENTS_MAX = 512;
/**
 * Events kept for a loop that lags: some ten megabytes at most. One that lags further reads from the disk, which costs
 * it more, so that it would never catch up with a load that it can bear.
 */
const LAG_EVENTS_MAX = 8_192;

export function createTail(startOffset: number): Tail {
  let events: JournalledEvent[] = [];
  let from = startOffset;
  let handledTo = startOffset;
  /** First index with offset > after. */
  const indexAfter = (after: number): number => {
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((events[middle] as JournalledEvent).offset <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    from: () => from,
    handled(offset) {
      handledTo = offset;
    },
    push(more) {
      for (const event of more) events.push(event);
      if (events.length < TAIL_EVENTS_MAX * 2) return;
      const needed = Math.max(indexAfter(handledTo), events.length - LAG_EVENTS_MAX);
      const cut = Math.min(needed, events.length - TAIL_EVENTS_MAX);
      // In pieces, as ever: what is needed may be nearly all of it.
      if (cut < TAIL_EVENTS_MAX) return;
      from = (events[cut - 1] as JournalledEvent).offset;
      events = events.slice(cut);
    },
    clear() {
      from = events.at(-1)?.offset ?? from;
      events = [];
    },
    forgetBefore(recordedMs) {
      const first = events.findIndex(({ event }) => Date.parse(event.recordedtime) >= recordedMs);
      const gone = first < 0 ? events.length : first;
      if (gone === 0) return;
      from = (events[gone - 1] as JournalledEvent).offset;
      events = events.slice(gone);
    },
    after(after, { limit, wanted }) {
      const found: JournalledEvent[] = [];
      for (let index = indexAfter(after); index < events.length && found.length < limit; index += 1) {
        const event = events[index] as JournalledEvent;
        if (wanted(event)) found.push(event);
      }
      return found;
    },
    at(offset) {
      const event = events[indexAfter(offset - 1)];
      return event?.offset === offset ? event : undefined;
    },
    withId(id) {
      for (let index = events.length - 1; index >= 0; index -= 1) {
        if (events[index]?.event.id === id) return events[index];
      }
      return undefined;
    },
  };
}
