/** The store's HTTP surface as this client uses it. Every call is safe to repeat, so every call is repeated. */

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 200;
const TIMEOUT_MS = 10_000;

/** The store said no, and saying it again would not help. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal';
  constructor(
    readonly status: number,
    readonly reason: string,
    detail: string,
  ) {
    super(`${status} ${reason}: ${detail}`);
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly cookies: readonly string[];
}

export interface StoreApi {
  /** @throws StoreRefusal for an answer of 4xx; Error when the store stays silent or ill for some seconds */
  call(call: Call): Promise<Answer>;
}

/** How calls leave: the global fetch, unless the store is known by an authority of its own. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

export function createStoreApi(
  baseUrl: string,
  sleep: (ms: number) => Promise<void>,
  send: Fetch = fetch,
): StoreApi {
  return {
    async call(call) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(baseUrl, call, send);
        } catch (error) {
          if (error instanceof StoreRefusal || attempt === ATTEMPTS) throw error;
          if (isDistrust(error)) {
            throw new Error(`the certificate of ${baseUrl} is not known here; name its root with --ca`);
          }
          await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1));
        }
      }
    },
  };
}

/** What TLS says about a certificate will not change by asking again. */
function isDistrust(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return /CERT|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(String(cause?.code ?? code ?? ''));
}

async function once(
  baseUrl: string,
  { method = 'POST', path, body, token }: Call,
  send: Fetch,
): Promise<Answer> {
  const response = await send(new URL(path, baseUrl), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  if (response.ok) return { status: response.status, body: parsed, cookies: response.headers.getSetCookie() };
  const { reason, detail } = parsed;
  if (response.status >= 500 || response.status === 429)
    throw new Error(`${response.status} ${String(reason)}`);
  throw new StoreRefusal(response.status, String(reason), String(detail));
}

/** A text member of an answer. */
export function textOf(answer: Answer, member: string): string {
  const value = answer.body[member];
  if (typeof value !== 'string') throw new Error(`the store's answer has no ${member}`);
  return value;
}
