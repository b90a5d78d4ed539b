/** What every request meets before a route: which host it names, where it comes from, and who it is. */

import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Refusal } from '../contracts/index.js';
import type { Principal } from '../ports.js';
import { OPEN_PRINCIPAL, type StoreAuth } from './auth/auth.js';
import { sessionTokens } from './cookies.js';
import { mayJoin, mayWatch } from './sockets/access.js';
import type { Speaker } from './speakers.js';

const BAD_TOKENS_WINDOW_S = 60;

/**
 * A page of another site that was rebound to this address names its own host. Addresses cannot be rebound, names
 * can: those must be known.
 */
export function isKnownHost(header: string | undefined, names: readonly string[]): boolean {
  if (header === undefined) return false;
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(:\d{1,5})?$/.exec(header);
  if (match === null) return false;
  const host = match[1]!.replace(/^\[|\]$/g, '').toLowerCase();
  return isIP(host) !== 0 || host === 'localhost' || names.some((name) => name.toLowerCase() === host);
}

/** The names of the configuration and those under which a network finds this machine by itself. */
export function storeNames(configured: readonly string[]): readonly string[] {
  const own = hostname().toLowerCase();
  return [...configured, own, `${own}.local`];
}

/** True for requests without an origin (devices, command line) and those from the store's own pages. */
export function isOwnOrigin(headers: IncomingMessage['headers']): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  const own = /^https?:\/\/([^/]+)$/.exec(origin);
  return own !== null && own[1]!.toLowerCase() === headers.host?.toLowerCase();
}

/** What stands between the store and who may not. Suites change one to see that it is what refuses. */
export interface Guards {
  readonly knowsHost: typeof isKnownHost;
  readonly isOwnOrigin: typeof isOwnOrigin;
  /** Headers by which a browser keeps other sites' pages from framing, reading and scripting the store's. */
  readonly headers: RequestHandler;
  /** Wrong tokens of one address in a minute; then 429 for further wrong ones. Right ones always pass. */
  readonly wrongTokensMax: number;
  /** Whom a namespace of the sockets is for, and who may look on. */
  readonly mayJoin: typeof mayJoin;
  readonly mayWatch: typeof mayWatch;
}

export const GUARDS: Guards = {
  knowsHost: isKnownHost,
  isOwnOrigin,
  headers: helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Promised where the retailer's certificate makes it keepable, by `secureAnswers`.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  }),
  wrongTokensMax: 10,
  mayJoin,
  mayWatch,
};

export interface Asking {
  /** Everybody this request can speak as; a browser may hold several sessions. */
  readonly speakers: readonly Speaker[];
}

export interface Authenticator {
  /** Bearer token first, then certificate, then cookies. A wrong bearer token is a refusal, a stale cookie is nobody. */
  ask(
    headers: IncomingMessage['headers'],
    address: string,
    socket?: Socket,
  ): Promise<Asking | (Refusal & { retryAfterS?: number })>;
  /** The same for a token that came some other way (socket handshake, log-in). */
  token(token: string, address: string): Promise<Principal | (Refusal & { retryAfterS?: number })>;
  /** Counts one wrong token; the refusal to answer with. */
  wrong(address: string): Promise<Refusal & { retryAfterS?: number }>;
}

/** `certified` says whom the certificate of a connection speaks for. */
export function createAuthenticator(
  auth: StoreAuth,
  certified: (socket: Socket) => Principal | undefined = () => undefined,
  wrongTokensMax = GUARDS.wrongTokensMax,
): Authenticator {
  const limiter = new RateLimiterMemory({ points: wrongTokensMax, duration: BAD_TOKENS_WINDOW_S });

  const wrong = async (address: string): Promise<Refusal & { retryAfterS?: number }> => {
    try {
      await limiter.consume(address);
      return { reason: 'NotAuthenticated', detail: 'the token is not, or no longer, good' };
    } catch (rejected) {
      const waitMs = (rejected as { msBeforeNext?: number }).msBeforeNext ?? BAD_TOKENS_WINDOW_S * 1_000;
      const retryAfterS = Math.max(1, Math.ceil(waitMs / 1_000));
      return {
        reason: 'TooManyRequests',
        detail: `more than ${wrongTokensMax} wrong tokens in a minute`,
        retryAfterS,
      };
    }
  };
  const token = async (text: string, address: string) => auth.verify(text) ?? (await wrong(address));
  const nobody: readonly Speaker[] =
    auth.mode === 'open' ? [{ principal: OPEN_PRINCIPAL, isGood: () => true }] : [];
  const speaker = (principal: Principal, text: string): Speaker => ({
    principal,
    token: text,
    isGood: () => auth.peek(text) !== undefined,
  });

  const holder = (principal: Principal, socket: Socket): Speaker => ({
    principal,
    isGood: () => certified(socket) !== undefined,
  });

  return {
    wrong,
    token,
    ask: async (headers, address, socket) => {
      const { authorization } = headers;
      if (authorization !== undefined) {
        const match = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization);
        if (match === null) return wrong(address);
        const principal = await token(match[1]!, address);
        return 'reason' in principal ? principal : { speakers: [speaker(principal, match[1]!)] };
      }
      const sessions = sessionTokens(headers.cookie).flatMap((cookie) => {
        const principal = auth.verify(cookie.token);
        return principal === undefined ? [] : [speaker(principal, cookie.token)];
      });
      const shown = socket === undefined ? undefined : certified(socket);
      return {
        speakers: [...(shown === undefined ? [] : [holder(shown, socket!)]), ...sessions, ...nobody],
      };
    },
  };
}

/** The same, which also tells of each connection whose other end has said who it is. */
export function telling(authenticator: Authenticator, known: (socket: Socket) => void): Authenticator {
  return {
    ...authenticator,
    async ask(headers, address, socket) {
      const asking = await authenticator.ask(headers, address, socket);
      if (socket !== undefined && 'speakers' in asking && asking.speakers.length > 0) known(socket);
      return asking;
    },
  };
}
