import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { Readable } from 'node:stream';
import { PlainError } from './plain-error.js';

/** As the commands use it: an address, text as body, headers as an object. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** Two libraries of types have a stream each; to Node they are one. */
type Body = NonNullable<ConstructorParameters<typeof Response>[0]>;

/** Statuses whose answers have no body; `Response` insists. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The fetch of Node takes no root certificate of one's own; with `ca` (PEM) a store's authority is known, and only that.
 * Redirects are not followed.
 */
export function fetchWith(ca: string | undefined): Fetch {
  if (ca === undefined) return fetch;
  return (url, init) =>
    url.protocol === 'http:'
      ? fetch(url, init)
      : new Promise((resolve, reject) => {
          const call = request(url, {
            ca,
            method: init.method ?? 'GET',
            headers: init.headers as Record<string, string>,
            ...(init.signal ? { signal: init.signal } : {}),
          });
          call.on('response', (answer) => resolve(responseOf(answer)));
          call.on('error', reject);
          call.end(init.body as string | undefined);
        });
}

function responseOf(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 500;
  const headers = new Headers();
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    headers.append(answer.rawHeaders[at]!, answer.rawHeaders[at + 1]!);
  }
  if (!BODILESS.has(status)) {
    return new Response(Readable.toWeb(answer) as Body, { status, headers });
  }
  answer.resume();
  return new Response(null, { status, headers });
}

/** PEM of a root certificate. Throws PlainError for a file that cannot be read. */
export function readRoot(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PlainError(`The root certificate ${path} cannot be read: ${(error as Error).message}`, 2);
  }
}
