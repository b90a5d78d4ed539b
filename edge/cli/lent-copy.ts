import type { Endpoint } from './endpoint.js';
import { PlainError } from './plain-error.js';
import { createByteProgress } from './progress.js';
import { type ReasonOptions, withQuery } from './reason.js';
import { type ServerEvent, serverEvents } from './server-events.js';
import { openStore } from './store-client.js';

export interface Copy {
  readonly folder: string;
  readonly offset: number;
}

interface Progressed {
  readonly copiedBytes: number;
  readonly totalBytes: number;
}

/**
 * Has the store copy its journal, however long that takes, and hands the copy to `take`. The store removes it when
 * this is over, also when this process is killed. Resolves with the last event in it.
 */
export async function lentCopy(
  endpoint: Endpoint,
  take: (copy: Copy) => Promise<void>,
  reason: ReasonOptions = {},
): Promise<number> {
  const answer = await openStore(endpoint, withQuery('/v1/backups/stream', reason), { method: 'POST' });
  const copy = createByteProgress('Copying');
  let copied = 0;
  try {
    for await (const { event, data } of spoken(answer)) {
      const said = JSON.parse(data) as Progressed & Copy & { readonly detail: string };
      if (event === 'refused') throw new PlainError(`The store made no copy: ${said.detail}.`);
      if (event === 'progress') {
        copy.total(said.totalBytes);
        copy.advance(said.copiedBytes - copied);
        copied = said.copiedBytes;
      } else if (event === 'done') {
        copy.done();
        // The stream is not read on meanwhile, but held open: so long the copy stays.
        await take(said);
        return said.offset;
      }
    }
  } finally {
    copy.done();
  }
  throw new PlainError('The store stopped before the copy was complete; nothing of it is kept.');
}

/** What the store says, until it ends or is gone. */
async function* spoken(answer: Response): AsyncGenerator<ServerEvent> {
  try {
    yield* serverEvents(answer);
  } catch {
    // The connection broke: there is no more to be heard, and the caller says what that means.
  }
}
