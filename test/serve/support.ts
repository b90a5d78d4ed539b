import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { type App, type AppOptions, createApp } from '../../edge/app.js';
import { type Config, loadConfig } from '../../edge/config/load.js';
import type { Role } from '../../edge/ports.js';
import { until } from '../support/until.js';

/** A real store in this process: broker, journal, core, HTTP and sockets on ports of their own. */
export interface TestStore {
  readonly app: App;
  readonly url: string;
  readonly config: Config;
  /** A token of this role; the same subject each time. */
  token(role: Role, subject?: string): string;
  call(path: string, options?: CallOptions): Promise<Answer>;
  socket(namespace: string, auth: Record<string, string>, headers?: Record<string, string>): Socket;
  /** Graceful, then again on the same data. */
  restart(): Promise<TestStore>;
  remove(): Promise<void>;
}
export interface CallOptions {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked against their schemas elsewhere
  readonly body: any;
}

const SUBJECTS: Partial<Record<Role, string>> = {
  till: 'till-1',
  screen: 'screen-1',
  shopper: 's_0000000000000000',
};

export async function startTestStore(
  change: (config: Config) => Config = (config) => config,
  setting: Pick<AppOptions, 'guards' | 'system'> = {},
): Promise<TestStore> {
  const directory = mkdtempSync(join(tmpdir(), 'endcap-serve-'));
  cpSync(resolve('deploy/demo'), directory, { recursive: true });
  const loaded = loadConfig(join(directory, 'store.yaml'), { ENDCAP_DATA: join(directory, 'data') });
  const config = change({
    ...loaded,
    http: { host: '127.0.0.1', port: 0 },
    mqtt: { host: '127.0.0.1', port: 0 },
  });
  return open(directory, config, setting);
}

async function open(
  directory: string,
  config: Config,
  setting: Pick<AppOptions, 'guards' | 'system'>,
): Promise<TestStore> {
  const failures: Error[] = [];
  const app = await createApp({
    ...setting,
    config,
    logLevel: 'fatal',
    version: '0.0.0-test',
    simulated: false,
    onFailure: (error) => failures.push(error),
  });
  const sockets: Socket[] = [];
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.disconnect();
    await app.close();
    if (failures.length > 0) throw failures[0];
  };
  return {
    app,
    url: app.url,
    config,
    token: (role, subject) => app.auth.issue({ role, subject: subject ?? SUBJECTS[role] ?? `a-${role}` }),
    call: (path, options) => call(app.url, path, options),
    socket: (namespace, auth, extraHeaders = {}) => {
      const socket = io(app.url + namespace, {
        auth,
        extraHeaders,
        forceNew: true,
        transports: ['websocket'],
        reconnection: false,
      });
      sockets.push(socket);
      return socket;
    },
    restart: async () => {
      await close();
      return open(directory, config, setting);
    },
    remove: async () => {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function call(url: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { body } = options;
  const response = await fetch(url + path, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return { status: response.status, headers: response.headers, text: '', body: undefined };
  }
  const text = await response.text();
  const json = type.includes('json') ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, body: json };
}

/** The next `count` payloads of an event, within ten seconds. */
export async function payloads<T>(socket: Socket, event: string, count = 1): Promise<T[]> {
  const seen: T[] = [];
  socket.on(event, (payload: T) => seen.push(payload));
  await until(() => seen.length >= count, { withinMs: 10_000, what: `${count} × ${event}` });
  return seen;
}

/** Resolves with `connected`, or with the reason of the refusal. */
export function joinOutcome(socket: Socket): Promise<string> {
  return new Promise((done) => {
    socket.once('connect', () => done('connected'));
    socket.once('connect_error', (error) => done(error.message));
  });
}
