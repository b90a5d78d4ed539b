/**
 * The rim over HTTP: guards, pages and the routes of the table, in that order. Every answer that is not a success is
 * a problem document; an answer that says "done" is given after the commit.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { ListenerTls } from '../ports.js';
import type { StoreAuth } from './auth/auth.js';
import { answerClientErrors } from './client-errors.js';
import {
  boundConnections,
  CONNECTION_LIMITS,
  type ConnectionLimits,
  type Connections,
} from './connections.js';
import {
  type Authenticator,
  createAuthenticator,
  GUARDS,
  type Guards,
  storeNames,
  telling,
} from './guards.js';
import { mountRoute, mountWrongMethods } from './mount.js';
import { mountPages } from './page-routes.js';
import { problemOf, sendRefusal } from './problem.js';
import type { Route } from './routes/route.js';
import { secureAnswers } from './tls/secure-answers.js';
import { mountTrustPage, type TrustPage } from './tls/trust-page.js';

export interface HttpDeps {
  readonly auth: StoreAuth;
  readonly routes: readonly Route[];
  /** Folder of the built pages; may be absent, then only the API answers. */
  readonly pagesFolder: string;
  /** Names, besides addresses and `localhost`, under which the store is reached. */
  readonly hostNames: readonly string[];
  /** Told of every error that no refusal explains. */
  readonly onError: (error: Error, where: string) => void;
  readonly onRefused?: (reason: string) => void;
  /** Bounds of connections that are not the usual ones. */
  readonly connections?: Partial<ConnectionLimits>;
  /** How many readers take nothing of what waits for them. */
  readonly onSlow?: (count: number) => void;
  /** For negative controls alone: others than the usual ones. */
  readonly guards?: Partial<Guards> | undefined;
  /** With it the listener speaks TLS and nothing else. */
  readonly tls?: ListenerTls;
  /** Where devices of staff get the store's root from. */
  readonly trustPage?: TrustPage;
}

export interface HttpServer {
  readonly server: Server;
  readonly authenticator: Authenticator;
  /** Whoever is at the other end of the connection has said who it is. */
  readonly known: Connections['known'];
  /** Resolves with the port once it listens; rejects with the error of the system (EADDRINUSE, EACCES). */
  listen(host: string, port: number): Promise<number>;
  close(): Promise<void>;
}

/** A client that sends slowly is cut before it can hold a place for long. */
const HEADERS_TIMEOUT_MS = 8_000;
const REQUEST_TIMEOUT_MS = 9_000;
const CHECK_EVERY_MS = 1_000;
const KEEP_ALIVE_MS = 5_000;
const HEADER_BYTES_MAX = 16 * 1024;

export function createHttp(deps: HttpDeps): HttpServer {
  const app = express();
  const server = serverOf(deps.tls, app);
  const connections = boundConnections(
    server,
    { ...CONNECTION_LIMITS, ...deps.connections },
    { cut: deps.onRefused, slow: deps.onSlow },
  );
  const authenticator = telling(
    createAuthenticator(deps.auth, deps.tls?.certified, deps.guards?.wrongTokensMax),
    connections.known,
  );
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  guard(app, deps);
  if (deps.trustPage !== undefined) mountTrustPage(app, deps.trustPage);
  mountPages(app, { ...deps, authenticator });
  for (const route of deps.routes) mountRoute(app, route, { ...deps, authenticator });
  mountWrongMethods(app, deps.routes);
  app.use((request, response) => {
    sendRefusal(
      response,
      { reason: 'NotFound', detail: `nothing answers ${request.method} here` },
      request.path,
    );
  });
  app.use(errorHandler(deps));
  answerClientErrors(server, HEADER_BYTES_MAX);
  return {
    server,
    authenticator,
    known: connections.known,
    listen(host, port) {
      // Not before: socket.io puts itself in front of the listeners that are there.
      connections.takeTurns();
      return listen(server, host, port);
    },
    close: () => close(server, connections),
  };
}

const SERVER_OPTIONS = {
  maxHeaderSize: HEADER_BYTES_MAX,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: CHECK_EVERY_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
} as const;

/** Over TLS it is another class with the same ways; nothing here uses what differs. */
function serverOf(tls: ListenerTls | undefined, handler: RequestListener): Server {
  if (tls === undefined) return createServer(SERVER_OPTIONS, handler);
  const server = createTlsServer({ ...tls.options, ...SERVER_OPTIONS }, handler);
  tls.attach(server);
  return server as unknown as Server;
}

function guard(app: Express, deps: HttpDeps): void {
  if (deps.tls !== undefined) app.use(secureAnswers(deps.tls));
  const guards = { ...GUARDS, ...deps.guards };
  app.use(guards.headers);
  const names = storeNames(deps.hostNames);
  app.use((request, response, next) => {
    if (guards.knowsHost(request.headers.host, names)) return next();
    const detail = `${(request.headers.host ?? 'no host').slice(0, 100)} is not a name of this store`;
    sendRefusal(response, { reason: 'WrongHost', detail }, request.path);
  });
  app.use((request, response, next) => {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads || guards.isOwnOrigin(request.headers)) return next();
    sendRefusal(
      response,
      { reason: 'NotAllowed', detail: 'the request comes from a page of another site' },
      request.path,
    );
  });
}

function errorHandler(deps: HttpDeps): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (error: Error, request, response, _next) => {
    const refusal = problemOf(error);
    if (refusal === undefined) deps.onError(error, `${request.method} ${request.path}`);
    else deps.onRefused?.(refusal.reason);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendRefusal(
      response,
      refusal ?? { reason: 'CoreFailed', detail: 'the store made a mistake; staff have been told' },
      request.path,
    );
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeIdleConnections();
    // Node's own list has none whose TLS handshake is not done.
    setTimeout(connections.destroyAll, CHECK_EVERY_MS).unref();
  });
}
