import { type Signal, signal } from '@preact/signals';
import { io, type Socket } from 'socket.io-client';
import { type NextTry, scheduleTries } from './next-try.js';

/** `refused`: the server is there and says no (no session); everything else heals by itself. */
export type LinkState = 'connecting' | 'live' | 'stale' | 'gone' | 'refused';
export interface Link {
  readonly state: LinkState;
  /** Epoch ms since when it is so, by this device's clock. */
  readonly sinceMs: number;
}

export interface ServerLink {
  readonly socket: Socket;
  readonly link: Signal<Link>;
  readonly nextTry: NextTry;
  close(): void;
}

export interface ServerLinkOptions {
  /** Silence after which what stands on the page counts as old; absent: this server does not talk regularly. */
  readonly staleAfterMs?: number;
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * A socket to the store that reconnects for ever and says in what state it is. The session cookie authenticates it:
 * no token is ever held in a script.
 */
export function openServerLink(namespace: string, options: ServerLinkOptions = {}): ServerLink {
  const link = signal<Link>({ state: 'connecting', sinceMs: Date.now() });
  const socket = io(namespace, {
    transports: ['websocket', 'polling'],
    timeout: 8_000,
    withCredentials: true,
    ...(options.query === undefined ? {} : { query: options.query }),
  });
  let heardMs = Date.now();
  const become = (state: LinkState): void => {
    if (link.value.state !== state) link.value = { state, sinceMs: Date.now() };
  };
  const heard = (): void => {
    heardMs = Date.now();
    become('live');
  };
  socket.on('connect', heard);
  socket.onAny(heard);
  socket.on('disconnect', () => become('gone'));
  socket.on('connect_error', () => {
    // `active` is false when a middleware of the server refused, as opposed to a network that is down.
    become(socket.active ? 'gone' : 'refused');
  });
  const nextTry = scheduleTries(socket);
  const watch = setInterval(() => {
    const { staleAfterMs } = options;
    if (staleAfterMs !== undefined && link.value.state === 'live' && Date.now() - heardMs > staleAfterMs) {
      link.value = { state: 'stale', sinceMs: heardMs };
    }
  }, 1_000);
  return {
    socket,
    link,
    nextTry,
    close: () => {
      clearInterval(watch);
      socket.close();
    },
  };
}
