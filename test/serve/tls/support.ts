import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type App, type AppOptions, createApp } from '../../../edge/app.js';
import { type Config, loadConfig } from '../../../edge/config/load.js';
import type { Role } from '../../../edge/ports.js';
import { type KeyPair, makeRequest, newKey } from '../../../edge/serve/tls/x509.js';

/** A real store that speaks TLS on both listeners, on ports of their own. */
export interface TlsStore {
  readonly app: App;
  readonly directory: string;
  /** PEM of its authority. */
  readonly root: string;
  readonly https: { readonly host: string; readonly port: number };
  readonly mqtts: { readonly host: string; readonly port: number };
  token(role: Role, subject?: string): string;
  /** Registers a device and gives it a certificate for a key of its own. */
  device(name: string, kind?: Role): Promise<DevicePair>;
  restart(options?: Partial<AppOptions>): Promise<TlsStore>;
  remove(): Promise<void>;
}

export interface DevicePair extends KeyPair {
  readonly id: string;
  readonly serial: string;
  readonly token: string;
}

export interface TlsStoreOptions extends Partial<AppOptions> {
  readonly change?: (config: Config, directory: string) => Config;
}

export async function startTlsStore(options: TlsStoreOptions = {}): Promise<TlsStore> {
  const directory = mkdtempSync(join(tmpdir(), 'endcap-tls-'));
  cpSync(resolve('deploy/demo'), directory, { recursive: true });
  const loaded = loadConfig(join(directory, 'store.yaml'), { ENDCAP_DATA: join(directory, 'data') });
  const config: Config = {
    ...loaded,
    http: { host: '127.0.0.1', port: 0, tls: { names: [] } },
    mqtt: { host: '127.0.0.1', port: 0, tls: { clientCertificate: 'accepted' } },
  };
  return open(directory, options.change?.(config, directory) ?? config, options);
}

async function open(directory: string, config: Config, options: Partial<AppOptions>): Promise<TlsStore> {
  const failures: Error[] = [];
  const app = await createApp({
    config,
    logLevel: 'fatal',
    version: '0.0.0-test',
    simulated: false,
    onFailure: (error) => failures.push(error),
    ...options,
  });
  const close = async (): Promise<void> => {
    await app.close();
    if (failures.length > 0) throw failures[0];
  };
  const { root } = await app.trust.authority();
  return {
    app,
    directory,
    root,
    https: { host: '127.0.0.1', port: Number(new URL(app.url).port) },
    mqtts: { host: '127.0.0.1', port: Number(new URL(app.mqttUrl).port) },
    token: (role, subject) => app.auth.issue({ role, subject: subject ?? `a-${role}` }),
    async device(name, kind = 'device') {
      const { id, token } = app.auth.registerDevice({ name, kind });
      const { key } = newKey();
      const made = await app.trust.issue({ subject: id, role: kind }, await makeRequest(id, key));
      return { id, token, key, certificate: made.certificate, serial: made.serial };
    },
    restart: async (more = {}) => {
      await close();
      return open(directory, config, { ...options, ...more });
    },
    remove: async () => {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One request on a connection of its own. Rejects with what TLS said. */
export function callHttps(
  at: { host: string; port: number },
  path: string,
  options: RequestOptions & { body?: string } = {},
): Promise<HttpsAnswer> {
  const { body, ...rest } = options;
  return new Promise((done, fail) => {
    const call = httpsRequest({ ...at, path, agent: false, ...rest }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on('error', fail);
    });
    call.on('error', fail);
    call.end(body);
  });
}

/** A handshake, and with `first` the answer to those bytes: TLS 1.3 tells a client of its refusal only afterwards. */
export function handshake(
  options: ConnectionOptions & { first?: Buffer | string },
): Promise<{ socket: TLSSocket; answer: Buffer }> {
  const { first, ...rest } = options;
  return new Promise((done, fail) => {
    const socket = connect(rest, () => {
      if (first === undefined) done({ socket, answer: Buffer.alloc(0) });
      else socket.write(first);
    });
    socket.once('data', (answer) => done({ socket, answer }));
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('closed without an answer')));
  });
}
