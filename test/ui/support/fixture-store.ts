import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, resolve } from 'node:path';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { Server, type Socket } from 'socket.io';
import type { SignageShown } from '../../../edge/contracts/index.js';

/** A page's server with recorded payloads: a real socket.io and HTTP server, so that every state of a page can be held still. */
export interface FixtureStore {
  readonly url: string;
  readonly port: number;
  /** Plays that players told, with the time of receipt. */
  readonly plays: readonly { play: SignageShown; atMs: number }[];
  /** Decisions that shopper pages said they show. */
  readonly seen: readonly string[];
  /** Bodies of every call to `/v1`, newest last. */
  readonly calls: readonly { method: string; path: string; body: unknown }[];
  /** What each namespace says to a page that connects, and says at once to those already there. */
  say(namespace: string, event: string, payload: unknown): void;
  /** Only to those already connected; not kept. */
  whisper(namespace: string, event: string, payload: unknown): void;
  /** Answer to a GET or POST below `/v1`, by the request; bytes are sent as they are. */
  answer(method: string, path: RegExp, reply: (request: { body: unknown; url: string }) => unknown): void;
  /** A page that the store writes itself, at a path beside the built ones. */
  serve(path: string, body: string): void;
  stories: readonly unknown[];
  /** `false`: sockets are refused as without a session. */
  session: boolean;
  sockets(namespace: string): number;
  close(): Promise<void>;
}

/** Pages built elsewhere may be looked at, too. */
const PAGES = resolve(
  process.env['ENDCAP_PAGES'] ?? resolve(import.meta.dirname, '../../../dist/signage-ui'),
);
const SHORT_ID = /^\/screen\/[^/]+$/;

interface Answer {
  readonly method: string;
  readonly path: RegExp;
  readonly reply: (request: { body: unknown; url: string }) => unknown;
}

function pages(app: Express, root: string): void {
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'self'"], frameAncestors: ["'none'"], baseUri: ["'self'"] },
      },
      strictTransportSecurity: false,
    }),
  );
  // A player draws its pictures from the browser's own storage, as the store allows it.
  app.use('/screen', (_, response, next) => {
    const strict = String(response.getHeader('content-security-policy'));
    response.setHeader('content-security-policy', `${strict};img-src 'self' blob:;media-src 'self' blob:`);
    next();
  });
  app.get('/', (_, response) => response.sendFile('staff.html', { root }));
  app.get('/login', (_, response) => response.sendFile('login.html', { root }));
  app.get('/screen', (_, response) => response.sendFile('player.html', { root }));
  app.get('/me', (_, response) => response.sendFile('shopper.html', { root }));
  app.get(SHORT_ID, (_, response) => response.sendFile('player.html', { root }));
  app.use(express.static(root, { index: false }));
}

/** A fresh clone has no built pages; a person who works on them builds them anew themselves. */
function buildPages(): void {
  if (existsSync(resolve(PAGES, 'staff.html'))) return;
  const root = resolve(import.meta.dirname, '../../..');
  execFileSync('npx', ['vite', 'build', '--config', 'signage-ui/vite.config.ts'], { cwd: root });
}

export async function startFixtureStore(port = 0, root = PAGES): Promise<FixtureStore> {
  if (root === PAGES) buildPages();
  const app = express();
  const http: HttpServer = createServer(app);
  const io = new Server(http, { serveClient: false });
  const kept = new Map<string, Map<string, unknown>>();
  const answers: Answer[] = [];
  const seen: string[] = [];
  const plays: { play: SignageShown; atMs: number }[] = [];
  const calls: { method: string; path: string; body: unknown }[] = [];
  pages(app, root);
  app.use(express.json());
  app.use('/v1', (request, response) => {
    calls.push({ method: request.method, path: request.originalUrl, body: request.body });
    const found = answers.findLast(
      ({ method, path }) => method === request.method && path.test(request.originalUrl),
    );
    if (found === undefined) {
      response
        .status(404)
        .json({ title: 'There is nothing at this address', reason: 'NotFound', status: 404 });
      return;
    }
    const reply = found.reply({ body: request.body, url: request.originalUrl }) as { status?: unknown };
    if (Buffer.isBuffer(reply)) {
      response.type(extname(request.path)).send(reply);
      return;
    }
    response.status(typeof reply?.status === 'number' ? reply.status : 200).json(reply);
  });

  const store = {
    stories: [] as readonly unknown[],
    session: true,
  };
  for (const namespace of ['/signage', '/staff', '/shopper']) {
    io.of(namespace).use((_, next) => next(store.session ? undefined : new Error('NotAuthenticated')));
    io.of(namespace).on('connection', (socket: Socket) => {
      socket.emit('time', new Date().toISOString());
      for (const [event, payload] of kept.get(namespace) ?? []) socket.emit(event, payload);
      socket.on('shown', (play: SignageShown, done: (answer: object) => void) => {
        plays.push({ play, atMs: Date.now() });
        done({ ok: true });
      });
      socket.on('stories', (_: unknown, done: (stories: readonly unknown[]) => void) => done(store.stories));
      socket.on('seen', (said: { decisionId: string }, done: (answer: object) => void) => {
        seen.push(said.decisionId);
        done({ ok: true });
      });
    });
  }
  await new Promise<void>((ready) => http.listen(port, '127.0.0.1', ready));
  const address = http.address() as AddressInfo;
  return Object.assign(store, {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    plays,
    seen,
    calls,
    say(namespace: string, event: string, payload: unknown): void {
      const events = kept.get(namespace) ?? new Map<string, unknown>();
      kept.set(namespace, events.set(event, payload));
      io.of(namespace).emit(event, payload);
    },
    whisper: (namespace: string, event: string, payload: unknown): void => {
      io.of(namespace).emit(event, payload);
    },
    answer: (method: string, path: RegExp, reply: Answer['reply']): void => {
      answers.push({ method, path, reply });
    },
    serve: (path: string, body: string): void => {
      const type = path.endsWith('.css') ? 'text/css' : 'text/html';
      app.get(path, (_, response) => response.type(type).send(body));
    },
    sockets: (namespace: string): number => io.of(namespace).sockets.size,
    close: async (): Promise<void> => {
      const closed = io.close();
      // Chromium opens connections ahead of any request, and a server waits for each before it is closed.
      const cut = setInterval(() => http.closeAllConnections(), 50);
      await closed.finally(() => clearInterval(cut));
    },
  });
}
