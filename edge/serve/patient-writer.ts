/** Files that are written as the other side takes them, so that one of any length costs no memory. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** A client that takes no byte for so long is cut off. */
const STUCK_MS = 10_000;

/** Waits for the client to take what was written; false once it has gone or takes nothing. */
export function writerOf(response: ServerResponse): (text: string) => Promise<boolean> {
  return async (text) => {
    if (response.destroyed) return false;
    if (response.write(text)) return true;
    const over = new AbortController();
    const stuck = setTimeout(() => over.abort(), STUCK_MS);
    const gone = (): void => over.abort();
    response.once('close', gone);
    try {
      await once(response, 'drain', { signal: over.signal });
      return true;
    } catch {
      response.destroy();
      return false;
    } finally {
      clearTimeout(stuck);
      response.off('close', gone);
    }
  };
}
