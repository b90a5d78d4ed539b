/**
 * One message to one push service: encrypted (RFC 8291), signed (RFC 8292), over a connection of our own that follows
 * no redirect, goes to no private address and is given up in time. So many at once a host, so that one slow service
 * holds up nobody but itself.
 */
import { Agent, request } from 'node:https';
import webPush from 'web-push';
import type { Clock } from '../../ports.js';
import { AddressRefusedError, pinnedLookup, type Resolve } from './addresses.js';
import { checkEndpoint, type PushService } from './services.js';
import type { Subscription } from './subscriptions.js';

export interface PushMessage {
  readonly payload: Buffer;
  /** Whole seconds that the push service may keep it. */
  readonly ttlS: number;
  /** At most 32 characters of base64url; a newer message of the same topic replaces an older one. */
  readonly topic: string;
}

/** `gone`: the subscription is over; `busy` and `unreachable`: try again; `refused`: never. */
export type PushAnswer =
  | { readonly result: 'sent' }
  | { readonly result: 'gone' }
  | { readonly result: 'busy'; readonly status: number; readonly retryAfter?: string }
  | { readonly result: 'unreachable'; readonly reason: 'PushUnreachable' | 'PushAddressRefused' }
  | { readonly result: 'refused'; readonly reason: string };

export interface PushSender {
  /** False while so many are on their way to this host already. */
  free(endpoint: string): boolean;
  /** Never rejects. */
  send(subscription: Subscription, message: PushMessage): Promise<PushAnswer>;
  close(): void;
}

export interface SenderDeps {
  readonly services: readonly PushService[];
  readonly authorization: (origin: string) => string;
  readonly resolve: Resolve;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timeoutMs?: number;
  readonly perHostMax?: number;
  /** Once a message that left, with how long it took. `service`: its name on the list. */
  readonly onAnswer?: (service: string, answer: PushAnswer, seconds: number) => void;
  readonly onError: (error: Error) => void;
}

const TIMEOUT_MS = 8_000;
const PER_HOST_MAX = 8;
const CONNECTION_IDLE_MS = 30_000;

interface Place {
  readonly service: PushService;
  readonly url: URL;
}

export function createPushSender(deps: SenderDeps): PushSender {
  const agents = new Map<PushService, Agent>();
  const underway = new Map<string, number>();
  const perHostMax = deps.perHostMax ?? PER_HOST_MAX;
  const agentOf = (service: PushService): Agent => {
    const held = agents.get(service);
    if (held !== undefined) return held;
    const agent = new Agent({
      keepAlive: true,
      timeout: CONNECTION_IDLE_MS,
      lookup: pinnedLookup(deps.resolve, service),
      ...(service.ca === undefined ? {} : { ca: service.ca }),
    });
    agents.set(service, agent);
    return agent;
  };
  const post = async (
    place: Place,
    subscription: Subscription,
    message: PushMessage,
  ): Promise<PushAnswer> => {
    const { service, url } = place;
    const { p256dh, auth } = subscription;
    const { cipherText } = webPush.encrypt(p256dh, auth, message.payload, 'aes128gcm');
    const headers = headersOf(message, { length: cipherText.length, vapid: deps.authorization(url.origin) });
    const timeoutMs = deps.timeoutMs ?? TIMEOUT_MS;
    return exchange(url, { agent: agentOf(service), headers, body: cipherText, timeoutMs });
  };
  return {
    free: (endpoint) => (underway.get(hostOf(endpoint)) ?? 0) < perHostMax,
    async send(subscription, message) {
      // Asked again: the list may have changed since this address was kept.
      const checked = checkEndpoint(subscription.endpoint, deps.services);
      if (checked.service === undefined) return { result: 'refused', reason: 'PushEndpointRefused' };
      const { host } = checked.url;
      underway.set(host, (underway.get(host) ?? 0) + 1);
      const startedMs = deps.clock.monotonicMs();
      const answer = await post(checked, subscription, message).catch((error: unknown) =>
        failed(error, deps.onError),
      );
      const left = (underway.get(host) ?? 1) - 1;
      if (left === 0) underway.delete(host);
      else underway.set(host, left);
      deps.onAnswer?.(checked.service.host, answer, (deps.clock.monotonicMs() - startedMs) / 1_000);
      return answer;
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function hostOf(endpoint: string): string {
  try {
    return new URL(endpoint).host;
  } catch {
    return '';
  }
}

function headersOf(message: PushMessage, made: { length: number; vapid: string }): Record<string, string> {
  return {
    authorization: made.vapid,
    'content-type': 'application/octet-stream',
    'content-encoding': 'aes128gcm',
    'content-length': String(made.length),
    ttl: String(message.ttlS),
    topic: message.topic,
    // The person stands in the aisle now: worth waking the phone for, but it rings by its owner's settings.
    urgency: 'high',
  };
}

interface Exchange {
  readonly agent: Agent;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly timeoutMs: number;
}

/** One request and the status of its answer; what the answer says is not read. */
function exchange(url: URL, { agent, headers, body, timeoutMs }: Exchange): Promise<PushAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers, signal: AbortSignal.timeout(timeoutMs) });
    call.once('error', reject);
    call.once('response', (response) => {
      const status = response.statusCode ?? 0;
      const retryAfter = response.headers['retry-after'];
      response.on('error', () => undefined);
      response.resume();
      resolve(judge(status, retryAfter));
    });
    call.end(body);
  });
}

function judge(status: number, retryAfter: string | undefined): PushAnswer {
  if (status >= 200 && status < 300) return { result: 'sent' };
  if (status === 404 || status === 410) return { result: 'gone' };
  if (status === 408 || status === 429 || status >= 500)
    return { result: 'busy', status, ...(retryAfter === undefined ? {} : { retryAfter }) };
  return { result: 'refused', reason: `PushRefused-${status}` };
}

/** What the network does is no error of ours; anything else is, and is said. */
function failed(error: unknown, onError: (error: Error) => void): PushAnswer {
  if (error instanceof AddressRefusedError) {
    onError(error);
    return { result: 'unreachable', reason: 'PushAddressRefused' };
  }
  if (!(error instanceof Error)) return { result: 'unreachable', reason: 'PushUnreachable' };
  const fromNetwork = error.name === 'AbortError' || error.name === 'TimeoutError' || 'code' in error;
  if (!fromNetwork) {
    onError(error);
    return { result: 'refused', reason: 'PushFailed' };
  }
  return { result: 'unreachable', reason: 'PushUnreachable' };
}
