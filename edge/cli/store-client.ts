import type { Problem } from '../contracts/index.js';
import type { Endpoint } from './endpoint.js';
import { fetchWith } from './fetch-with.js';
import { PlainError } from './plain-error.js';

const TIMEOUT_MS = 10_000;

/** Calls the running store and returns its JSON; a refusal becomes a PlainError with the store's own words. */
export async function callStore<T>(endpoint: Endpoint, path: string, init: RequestInit = {}): Promise<T> {
  const answer = await openStore(endpoint, path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await answer.text().catch((error: Error) => {
    throw new PlainError(`The store at ${endpoint.url} broke off its answer: ${whyOf(error)}`);
  });
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The same for answers that are read as a stream. */
export async function openStore(endpoint: Endpoint, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, authorization: `Bearer ${endpoint.token}` };
  let answer: Response;
  try {
    answer = await fetchWith(endpoint.ca)(new URL(path, endpoint.url), { ...init, headers });
  } catch (error) {
    throw new PlainError(`The store at ${endpoint.url} does not answer: ${whyOf(error as Error)}`);
  }
  if (answer.ok) return answer;
  const problem = (await answer.json().catch(() => undefined)) as Partial<Problem> | undefined;
  throw new PlainError(
    `${problem?.title ?? `The store answered ${answer.status}`}: ${problem?.detail ?? path}. ${problem?.cure ?? ''}`.trim(),
  );
}

/** `fetch` says only that it failed; what the system said is behind it. */
function whyOf({ name, message, cause }: Error): string {
  if (name === 'TimeoutError') return `nothing came within ${TIMEOUT_MS / 1_000} s`;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
