import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import type { RunningStore, StoreSetup } from '../../support/store.js';
import type { Device } from './acknowledged-load.js';

const PROBE = resolve(import.meta.dirname, 'soak-probe.mjs');

/** What a store holds at one moment, seen from outside. */
export interface Held {
  readonly files: number;
  readonly sockets: number;
  /** That are to fire, as its own probe counts them. */
  readonly timers: number;
  readonly walBytes: number;
  readonly rssBytes: number;
}

/** The built store with a probe in it; `leak` is the control's one setting. */
export function watchedBy(probeFile: string, leak: 'none' | 'connections'): Pick<StoreSetup, 'environment'> {
  return {
    environment: {
      NODE_OPTIONS: `--import=${PROBE}`,
      SOAK_PROBE: probeFile,
      ...(leak === 'none' ? {} : { SOAK_LEAK: leak }),
    },
  };
}

export function heldBy(store: RunningStore, probeFile: string): Held {
  const folder = `/proc/${store.process.pid}`;
  const open = readdirSync(`${folder}/fd`).flatMap((fd) => targetOf(join(folder, 'fd', fd)));
  const sockets = open.filter((target) => target.startsWith('socket:')).length;
  const { timers } = JSON.parse(readFileSync(probeFile, 'utf8')) as { timers: number };
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`${folder}/status`, 'utf8')) ?? [];
  return {
    files: open.length - sockets,
    sockets,
    timers,
    walBytes: walBytesIn(store.data),
    rssBytes: Number(kilobytes) * 1_024,
  };
}

/** One that was closed between the list and the look is gone. */
function targetOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}

function walBytesIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  let bytes = 0;
  for (const name of names.filter((one) => one.endsWith('-wal'))) {
    bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** Everybody loses the line at once and comes back: devices, pages and streams that are cut without a word. */
export async function storm(store: RunningStore, device: Device, each: number): Promise<void> {
  const many = <T>(make: (n: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: each }, (_, n) => make(n)));
  await Promise.all([
    many((n) => cutBroker(store, device, n)),
    many(() => cutPage(store)),
    many(() => cutStream(store)),
  ]);
}

async function cutBroker(store: RunningStore, { id, token }: Device, n: number): Promise<void> {
  const options = { username: id, password: token, clientId: `${id}/${n}`, reconnectPeriod: 0 };
  const client = await connectAsync(store.mqttUrl, { ...options, protocolVersion: 4 });
  client.on('error', () => undefined);
  client.stream.destroy();
  await client.endAsync(true);
}

async function cutPage(store: RunningStore): Promise<void> {
  const socket = io(`${store.url}/staff`, {
    auth: { token: store.token },
    ...{ forceNew: true, reconnection: false, transports: ['websocket'] },
  });
  await new Promise<void>((done, fail) => {
    socket.once('connect', done);
    socket.once('connect_error', fail);
  });
  // As a line that breaks: no word of leaving.
  (socket.io.engine.transport as unknown as { ws: { close(): void } }).ws.close();
  socket.disconnect();
}

async function cutStream(store: RunningStore): Promise<void> {
  const line = new AbortController();
  const answer = await store.call('/v1/topics/tick/stream', { signal: line.signal });
  if (answer.status !== 200) throw new Error(`stream: ${answer.status} ${await answer.text()}`);
  line.abort();
}
