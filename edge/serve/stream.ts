/**
 * Server-sent events that pull: each stream reads its next page from the journal when the one before has left for
 * the client, so a slow reader costs no memory. One that takes nothing for a while is cut off by name.
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
  /** A client that takes no byte for so long is cut off. */
  readonly stuckMs: number;
  /** Comment lines keep proxies from closing a quiet stream. */
  readonly heartbeatMs: number;
}
const LIMITS: StreamLimits = { streamsMax: 64, pageEvents: 200, stuckMs: 10_000, heartbeatMs: 15_000 };
/** Commits come in bursts; waking all streams once per burst is enough. */
const WAKE_MS = 20;

interface Position {
  readonly topic: TopicName;
  /** Offset after which to read. */
  readonly after: number;
  readonly fromMs?: number;
}

export function createEventStreams(deps: {
  journal: StreamJournal;
  limits?: Partial<StreamLimits>;
  onCut?: (reason: Refusal['reason']) => void;
}) {
  const limits = { ...LIMITS, ...deps.limits };
  const open = new Set<Response>();
  const sleepers = new Set<() => void>();
  let waking: NodeJS.Timeout | undefined;
  const wakeAll = (): void => {
    waking = undefined;
    for (const wake of [...sleepers]) wake();
  };
  let end = deps.journal.stats().lastOffset;
  const stopListening = deps.journal.onCommitted((events) => {
    end = Math.max(end, events[events.length - 1]?.offset ?? 0);
    if (sleepers.size > 0) waking ??= setTimeout(wakeAll, WAKE_MS);
  });

  const sleep = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        sleepers.delete(wake);
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, limits.heartbeatMs);
      sleepers.add(wake);
      signal.addEventListener('abort', wake);
    });

  const pump = async (response: Response, start: Position, signal: AbortSignal): Promise<void> => {
    const from = start.fromMs === undefined ? {} : { fromMs: start.fromMs };
    let after = start.after;
    while (!signal.aborted) {
      // Taken before the read: up to here an empty page has looked at everything.
      const seenUpTo = end;
      const page = deps.journal.read({ after, limit: limits.pageEvents, types: [start.topic], ...from });
      for (const journalled of page) {
        const data = JSON.stringify(toCloudEvent(deps.journal, journalled));
        const text = `id: ${cursorAfter(journalled.offset, journalled.event.id)}\nevent: ${start.topic}\ndata: ${data}\n\n`;
        if (!(await deliver(response, text, signal, limits.stuckMs))) return cut(response);
        after = journalled.offset;
      }
      if (page.length > 0) continue;
      after = Math.max(after, seenUpTo);
      if (end > seenUpTo) continue;
      await sleep(signal);
      if (signal.aborted || end > seenUpTo) continue;
      if (!(await deliver(response, ': here\n\n', signal, limits.stuckMs))) return cut(response);
    }
  };

  const cut = (response: Response): void => {
    deps.onCut?.('SlowConsumer');
    response.write('event: refused\ndata: {"reason":"SlowConsumer"}\n\n');
    response.destroy();
  };

  return {
    /** A reply that streams, or the refusal when too many do already. */
    open(start: Position): Reply | Refusal {
      if (open.size >= limits.streamsMax) {
        return { reason: 'TooManyRequests', detail: `${limits.streamsMax} streams are open already` };
      }
      return {
        status: 200,
        stream: (response) => {
          const gone = new AbortController();
          open.add(response);
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
      stopListening();
      clearTimeout(waking);
      for (const response of open) response.end();
    },
  };
}

/** False when the client took nothing for `stuckMs`; true when it went away by itself. */
async function deliver(
  response: Response,
  text: string,
  signal: AbortSignal,
  stuckMs: number,
): Promise<boolean> {
  if (response.write(text)) return true;
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
