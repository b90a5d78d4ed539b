/** Refusals on the wire: RFC 9457 documents, and what the errors of the body reader mean. */
import type { Response } from 'express';
import { type Refusal, RefusalError, toProblem } from '../contracts/index.js';
import type { Oversized } from './routes/route.js';

export function sendRefusal(
  response: Response,
  refusal: Refusal & { readonly retryAfterS?: number },
  instance: string,
): void {
  const { retryAfterS, ...rest } = refusal;
  const problem = toProblem(rest, instance);
  if (retryAfterS !== undefined) response.setHeader('retry-after', String(retryAfterS));
  else if (problem.status === 503) response.setHeader('retry-after', '1');
  if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer realm="endcap"');
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

const tooLarge = (limit: number): string =>
  `the body is over the ${limit} bytes that this address reads, and nothing of it was kept; leave out what is optional, or split it`;

/** What the body reader knows of a body that it did not read; `undefined` for every other error. */
export function oversizedBody(error: unknown): Oversized | undefined {
  const { type, length, received, limit } = error as {
    readonly type?: string;
    readonly length?: number;
    readonly received?: number;
    readonly limit?: number;
  };
  if (type !== 'entity.too.large') return undefined;
  return { bytes: length ?? received ?? 0, detail: tooLarge(limit ?? 0) };
}

/** `undefined` for what is a mistake of ours. */
export function problemOf(error: Error): Refusal | undefined {
  if (error instanceof RefusalError) return error.refusal;
  const { type, status } = error as Error & { type?: string; status?: number };
  const oversized = oversizedBody(error);
  if (oversized !== undefined) return { reason: 'TooLarge', detail: oversized.detail };
  if (type === 'encoding.unsupported' || type === 'charset.unsupported' || status === 415) {
    return { reason: 'UnsupportedFormat', detail: error.message };
  }
  if (type === 'request.aborted' || type === 'request.size.invalid') {
    return { reason: 'MalformedText', detail: 'the body ended before its announced length' };
  }
  if (error instanceof URIError) return { reason: 'NotFound', detail: 'the address is not well encoded' };
  return status !== undefined && status >= 400 && status < 500
    ? { reason: 'MalformedText', detail: error.message.slice(0, 200) }
    : undefined;
}
