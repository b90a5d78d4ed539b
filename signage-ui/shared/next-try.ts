import { type Signal, signal } from '@preact/signals';
import type { Socket } from 'socket.io-client';

/** When a page that lost its store asks for it again, and a way to ask at once. */
export interface NextTry {
  /** Epoch ms by this device's clock; `undefined` while it is being tried, and while there is nothing to try. */
  readonly atMs: Signal<number | undefined>;
  now(): void;
}

const RETRY_MIN_MS = 300;
const RETRY_MAX_MS = 4_000;
/** Pages of one store do not all come back in the same moment. */
const JITTER = 0.3;

function pauseAfter(failures: number): number {
  const pause = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** failures);
  return Math.round(pause * (1 + JITTER * (Math.random() * 2 - 1)));
}

/**
 * Chooses the pauses itself, because socket.io does not say when it will try again. It takes the pause that is set when
 * an attempt fails, so each is chosen before its attempt begins.
 */
export function scheduleTries(socket: Socket): NextTry {
  const manager = socket.io;
  const atMs = signal<number | undefined>(undefined);
  let failures = 0;
  let pauseMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const choose = (): void => {
    pauseMs = pauseAfter(failures);
    manager.randomizationFactor(0);
    manager.reconnectionDelayMax(pauseMs);
    manager.reconnectionDelay(pauseMs);
  };
  const waits = (): void => {
    atMs.value = Date.now() + pauseMs;
  };
  choose();
  manager.on('close', waits);
  manager.on('error', waits);
  manager.on('reconnect_attempt', () => {
    atMs.value = undefined;
    failures += 1;
    choose();
  });
  const attempt = (): void => {
    clearTimeout(timer);
    atMs.value = undefined;
    socket.disconnect();
    socket.connect();
  };
  socket.on('connect', () => {
    failures = 0;
    atMs.value = undefined;
    choose();
  });
  /** What socket.io leaves to us. */
  const reopen = (inMs: number): void => {
    if (socket.active) return;
    clearTimeout(timer);
    atMs.value = Date.now() + inMs;
    timer = setTimeout(attempt, inMs);
  };
  socket.on('disconnect', (reason) => {
    // The server closed this socket on purpose (restart, new session). Whoever has changed their password holds a new
    // session already.
    if (reason === 'io server disconnect') reopen(RETRY_MIN_MS);
  });
  // A middleware of the server refused, as opposed to a network that is down.
  socket.on('connect_error', () => reopen(RETRY_MAX_MS));
  return { atMs, now: attempt };
}
