import { type Signal, signal } from '@preact/signals';
import { io, type Socket } from 'socket.io-client';

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
  close(): void;
}

export interface ServerLinkOptions {
  /** Silence after which what stands on the page counts as old; absent: this server does not talk regularly. */
  readonly staleAfterMs?: number;
  readonly query?: Readonly<Record<string, string>>;
}

const RETRY_MIN_MS = 300;
const RETRY_MAX_MS = 4_000;

/**
 * A socket to the store that reconnects for ever and says in what state it is. The session cookie authenticates it:
 * no token is ever held in a script.
 */
export function openServerLink(namespace: string, options: ServerLinkOptions = {}): ServerLink {
  const link = signal<Link>({ state: 'connecting', sinceMs: Date.now() });
  const socket = io(namespace, {
    transports: ['websocket', 'polling'],
    reconnectionDelay: RETRY_MIN_MS,
    reconnectionDelayMax: RETRY_MAX_MS,
    randomizationFactor: 0.3,
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
  const reopen = (afterMs: number): void => {
    if (!socket.active) setTimeout(() => socket.connect(), afterMs);
  };
  socket.on('connect', heard);
  socket.onAny(heard);
  socket.on('disconnect', (reason) => {
    become('gone');
    // The server closed this socket on purpose (restart, new session): socket.io leaves the retry to us. Whoever
    // has changed their password holds a new session already.
    if (reason === 'io server disconnect') reopen(RETRY_MIN_MS);
  });
  socket.on('connect_error', () => {
    // `active` is false when a middleware of the server refused, as opposed to a network that is down.
    become(socket.active ? 'gone' : 'refused');
    reopen(RETRY_MAX_MS);
  });
  const watch = setInterval(() => {
    const { staleAfterMs } = options;
    if (staleAfterMs !== undefined && link.value.state === 'live' && Date.now() - heardMs > staleAfterMs) {
      link.value = { state: 'stale', sinceMs: heardMs };
    }
  }, 1_000);
  return {
    socket,
    link,
    close: () => {
      clearInterval(watch);
      socket.close();
    },
  };
}
