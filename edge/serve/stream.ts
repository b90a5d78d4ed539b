/**
 * Server-sent events that pull: each stream reads its next page from the journal when the one before has left for
 * the client, so a slow reader costs no memory. One that takes nothing for a while is cut off by name, and so is one
 * whose token or session is over.
 */
import { once } from 'node:events';
import type { Response } from 'express';
import type { Refusal, TopicName } from '../contracts/index.js';
import type { Journal } from '../store/types.js';
import { cursorAfter } from './cursor.js';
import { toCloudEvent } from './journal-pages.js';
import type { Reply } from './routes/route.js';

export type StreamJournal = Pick<Journal, 'jid' | 'read' | 'onCommitted' | 'stats'>;

export interface StreamLimits {
  readonly streamsMax: number;
  readonly pageEvents: number;
  /** A client that takes no byte for so long, while some wait for it, is cut off. */
  readonly stuckMs: number;
  /** Comment lines keep proxies from closing a quiet stream. */
  readonly heartbeatMs: number;
  /** How often each reader is asked about: may it still? */
  readonly askEveryMs: number;
}
const LIMITS: StreamLimits = {
  streamsMax: 64,
  pageEvents: 200,
  stuckMs: 6_000,
  heartbeatMs: 15_000,
  // A look into the table of tokens: nothing for 64 readers, and it sees what the command line changed, too.
  askEveryMs: 250,
};
/** So long a reader that is cut off may take to hear why. */
const LAST_WORDS_MS = 200;
/** Commits come in bursts; waking all streams once per burst is enough. */
const WAKE_MS = 20;

interface Position {
  readonly topic: TopicName;
  /** Offset after which to read. */
  readonly after: number;
  readonly fromMs?: number;
}

/** May whoever opened the stream still read it? */
type IsGood = () => boolean;

export function createEventStreams(deps: {
  journal: StreamJournal;
  limits?: Partial<StreamLimits>;
  onCut?: (reason: Refusal['reason']) => void;
  /** How many clients do not take what waits for them. */
  onSlow?: (count: number) => void;
}) {
  const limits = { ...LIMITS, ...deps.limits };
  const open = new Map<Response, IsGood>();
  let slow = 0;
  const deliver = async (response: Response, text: string, signal: AbortSignal): Promise<boolean> => {
    if (response.writableEnded || response.write(text)) return true;
    deps.onSlow?.(++slow);
    const taken = await drained(response, signal, limits.stuckMs);
    deps.onSlow?.(--slow);
    return taken;
  };
  const waits = createTopicWaits(deps.journal, limits.heartbeatMs);

  const pump = async (response: Response, start: Position, signal: AbortSignal): Promise<void> => {
    const { topic } = start;
    const from = start.fromMs === undefined ? {} : { fromMs: start.fromMs };
    let after = start.after;
    const isBehind = (): boolean => waits.newest(topic) > after;
    while (!signal.aborted && !shutOut(response)) {
      // Taken before the read: a page that is not full has looked at everything up to here.
      const seenUpTo = waits.end();
      const page = deps.journal.read({ after, limit: limits.pageEvents, types: [topic], ...from });
      for (const journalled of page) {
        const data = JSON.stringify(toCloudEvent(deps.journal, journalled));
        const text = `id: ${cursorAfter(journalled.offset, journalled.event.id)}\nevent: ${topic}\ndata: ${data}\n\n`;
        if (!(await deliver(response, text, signal))) return cut(response, 'SlowConsumer');
        after = journalled.offset;
      }
      if (page.length === limits.pageEvents) continue;
      after = Math.max(after, seenUpTo);
      if (isBehind()) continue;
      await waits.sleep(topic, signal);
      if (signal.aborted || isBehind()) continue;
      if (!(await deliver(response, ': here\n\n', signal))) return cut(response, 'SlowConsumer');
    }
  };

  const cut = (response: Response, reason: 'SlowConsumer' | 'NotAuthenticated'): void => {
    if (!open.delete(response)) return;
    deps.onCut?.(reason);
    response.end(`event: refused\ndata: {"reason":"${reason}"}\n\n`);
    // Whoever takes nothing would not take the end either.
    setTimeout(() => response.destroy(), LAST_WORDS_MS);
  };
  const shutOut = (response: Response): boolean => {
    if (open.get(response)?.() === true) return false;
    cut(response, 'NotAuthenticated');
    return true;
  };
  const asking = setInterval(() => {
    for (const response of open.keys()) shutOut(response);
  }, limits.askEveryMs);

  return {
    /** A reply that streams as long as `isGood` says so, or the refusal when too many do already. */
    open(start: Position, isGood: IsGood): Reply | Refusal {
      if (open.size >= limits.streamsMax) {
        return { reason: 'TooManyRequests', detail: `${limits.streamsMax} streams are open already` };
      }
      return {
        status: 200,
        stream: (response) => {
          const gone = new AbortController();
          open.set(response, isGood);
          response.on('close', () => {
            open.delete(response);
            gone.abort();
          });
          response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
          response.write('retry: 1000\n\n');
          pump(response, start, gone.signal).catch((error: Error) => response.destroy(error));
        },
      };
    },
    close(): void {
      clearInterval(asking);
      waits.close();
      for (const response of open.keys()) response.end();
    },
  };
}

/** Who waits for which topic; a commit wakes those whose topic it holds, once a burst. */
function createTopicWaits(journal: Pick<StreamJournal, 'onCommitted' | 'stats'>, heartbeatMs: number) {
  const sleepers = new Map<TopicName, Set<() => void>>();
  const newest = new Map<TopicName, number>();
  const touched = new Set<TopicName>();
  let end = journal.stats().lastOffset;
  let waking: NodeJS.Timeout | undefined;
  const wakeTouched = (): void => {
    waking = undefined;
    for (const topic of touched) for (const wake of [...(sleepers.get(topic) ?? [])]) wake();
    touched.clear();
  };
  const stopListening = journal.onCommitted((events) => {
    for (const { offset, event } of events) {
      end = Math.max(end, offset);
      newest.set(event.type, offset);
      if (sleepers.has(event.type)) touched.add(event.type);
    }
    if (touched.size > 0) waking ??= setTimeout(wakeTouched, WAKE_MS);
  });
  return {
    /** Last offset of the journal. */
    end: () => end,
    /** Last offset of the topic since the start; 0 when there was none. */
    newest: (topic: TopicName) => newest.get(topic) ?? 0,
    /** Until the topic has something new, or long enough for a sign of life. */
    sleep: (topic: TopicName, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const group = sleepers.get(topic) ?? new Set<() => void>();
        sleepers.set(topic, group);
        const wake = (): void => {
          group.delete(wake);
          if (group.size === 0) sleepers.delete(topic);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, heartbeatMs);
        group.add(wake);
        signal.addEventListener('abort', wake);
      }),
    close(): void {
      stopListening();
      clearTimeout(waking);
    },
  };
}

/** False when the client took nothing for `stuckMs`; true when it went away by itself. */
async function drained(response: Response, signal: AbortSignal, stuckMs: number): Promise<boolean> {
  // A timer of our own: a signal made by `AbortSignal.any` may be collected before its timeout fires (Node 20).
  const patience = new AbortController();
  const lose = (): void => patience.abort();
  const timer = setTimeout(lose, stuckMs);
  signal.addEventListener('abort', lose);
  try {
    await once(response, 'drain', { signal: patience.signal });
    return true;
  } catch {
    return signal.aborted;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', lose);
  }
}
