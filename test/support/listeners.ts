/**
 * The ways in which somebody listens to a store, over real TCP: a subscriber of public decisions, a screen, a reader of
 * the event stream, and the page of a shopper where there is one. As a process of its own (`ENDCAP_LISTEN`) they can be
 * frozen all at once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import type { ShopperView } from '../../edge/contracts/index.js';
import type { RunningStore } from './store.js';

export type Ear = 'subscriber' | 'screen' | 'stream';
export const EARS: readonly Ear[] = ['subscriber', 'screen', 'stream'];

export interface ListenOrder {
  readonly url: string;
  readonly mqttUrl: string;
  readonly device: { readonly id: string; readonly token: string };
  readonly screen: { readonly id: string; readonly token: string };
  /** Of somebody who may read what the store decides. */
  readonly token: string;
  /** The session of a shopper whose page is open, too. */
  readonly phone?: string;
}

/** `text` is what came, as JSON: a public decision, a screen's content, or the decision as an event. */
export type Hear = (ear: Ear, text: string) => void;

/** Resolves once all of them are in; `see` is told of what the shopper's page shows. */
export async function listen(
  order: ListenOrder,
  hear: Hear,
  see: (view: ShopperView) => void = () => undefined,
): Promise<{ close(): Promise<void> }> {
  const { id, token } = order.device;
  const client = await connectAsync(order.mqttUrl, { clientId: id, username: id, password: token });
  client.on('error', () => undefined);
  client.on('message', (_topic, payload) => hear('subscriber', payload.toString()));
  await client.subscribeAsync('endcap/v1/decision/+');
  const socket = io(`${order.url}/signage`, {
    auth: { token: order.screen.token },
    transports: ['websocket'],
  });
  socket.on('content', (content: unknown) => hear('screen', JSON.stringify(content)));
  await new Promise<void>((joined) => socket.once('connect', () => joined()));
  const leave = await readStream(order, (text) => hear('stream', text));
  const hangUp = order.phone === undefined ? undefined : await openPhone(order.url, order.phone, see);
  return {
    async close() {
      leave();
      hangUp?.();
      socket.disconnect();
      await client.endAsync(true);
    },
  };
}

/** Resolves once the page has its first view. */
async function openPhone(url: string, cookie: string, see: (view: ShopperView) => void): Promise<() => void> {
  // On a connection of its own: the one of the screen carries no session.
  const options = { extraHeaders: { cookie }, transports: ['websocket'], multiplex: false };
  const socket = io(`${url}/shopper`, options);
  socket.on('view', see);
  await new Promise<void>((joined) => socket.once('view', () => joined()));
  return () => void socket.disconnect();
}

async function readStream(order: ListenOrder, hear: (text: string) => void): Promise<() => void> {
  const request = get(`${order.url}/v1/topics/promo.decision/stream`, {
    headers: { authorization: `Bearer ${order.token}` },
  });
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
  let rest = '';
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) hear(line.slice('data: '.length));
  });
  return () => void request.destroy();
}

/** Registers a subscriber and makes a screen's token, so that somebody may listen under these names. */
export async function orderFor(store: RunningStore, device: string, screen: string): Promise<ListenOrder> {
  const make = async <T>(path: string, body: object): Promise<T> => {
    const answer = await store.call(path, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    url: store.url,
    mqttUrl: store.mqttUrl,
    token: store.token,
    device: await make('/v1/devices', { name: device, kind: 'device' }),
    screen: {
      id: screen,
      token: (await make<{ token: string }>('/v1/tokens', { role: 'screen', subject: screen })).token,
    },
  };
}

/** Listeners in a process of their own; resolves once they are in. Freeze them with SIGSTOP, end them with SIGKILL. */
export async function listenElsewhere(order: ListenOrder): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url)], {
    env: { ...process.env, ENDCAP_LISTEN: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

const order = process.env['ENDCAP_LISTEN'];
if (order !== undefined) {
  await listen(JSON.parse(order) as ListenOrder, () => undefined);
  process.stdout.write('listening\n');
}
