/** A refusal as the store words it (RFC 9457), or what stands in for one when no answer came. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  constructor(
    readonly status: number,
    readonly reason: string,
    detail: string,
  ) {
    super(detail);
  }
}

const TIMEOUT_MS = 10_000;

/** Whose page this is. A browser may be logged in as several; the store then hears which of them asks. */
let headers: Readonly<Record<string, string>> = {};
export function speakAs(whom: 'staff' | 'shopper'): void {
  headers = { 'endcap-as': whom };
}

/** One call to the store with the session cookie; throws ApiFailure for everything but a 2xx. */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiFailure(0, 'NoAnswer', 'The store did not answer.');
  }
  const text = await response.text();
  const answer = text === '' ? undefined : safeJson(text);
  if (response.ok) return answer as T;
  const problem = (answer ?? {}) as { reason?: string; detail?: string; title?: string };
  throw new ApiFailure(
    response.status,
    problem.reason ?? 'Unknown',
    problem.detail ?? problem.title ?? `The store answered ${response.status}.`,
  );
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
