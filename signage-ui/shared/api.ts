/** A refusal as the store words it (RFC 9457), or what stands in for one when no answer came. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  constructor(
    readonly status: number,
    readonly reason: string,
    detail: string,
    /** JSON pointer to what did not fit. */
    readonly field?: string,
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
  return answerOf(await ask(method, path, { body, timeoutMs }));
}

const LINES = 'application/x-ndjson';

/** The same for an answer that takes its time: hears how far it is, for as long as `timeoutMs`. */
export async function longCall<T, P>(
  path: string,
  body: unknown,
  { timeoutMs, onProgress }: { timeoutMs: number; onProgress(progress: P): void },
): Promise<T> {
  const response = await ask('POST', path, { body, timeoutMs, accept: LINES });
  if (response.body === null || response.headers.get('content-type') !== LINES) return answerOf(response);
  for await (const text of linesOf(response.body)) {
    const line = safeJson(text) as { progress?: P; result?: T; refusal?: Problem } | undefined;
    if (line?.progress !== undefined) onProgress(line.progress);
    if (line?.refusal !== undefined) throw failureOf(response.status, line.refusal);
    if (line?.result !== undefined) return line.result;
  }
  throw new ApiFailure(0, 'NoAnswer', 'The store did not answer.');
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

async function ask(
  method: string,
  path: string,
  { body, timeoutMs, accept }: { body?: unknown; timeoutMs: number; accept?: string },
): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...headers,
        ...(accept === undefined ? {} : { accept }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiFailure(0, 'NoAnswer', 'The store did not answer.');
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  const answer = text === '' ? undefined : safeJson(text);
  if (response.ok) return answer as T;
  throw failureOf(response.status, (answer ?? {}) as Problem);
}

export interface Problem {
  readonly reason?: string;
  readonly detail?: string;
  readonly title?: string;
  readonly field?: string;
}

/** Pages word the reason; what the store says itself is kept for languages that want it. */
export function failureOf(status: number, { reason, detail, title, field }: Problem): ApiFailure {
  return new ApiFailure(status, reason ?? 'Unknown', detail ?? title ?? '', field);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
