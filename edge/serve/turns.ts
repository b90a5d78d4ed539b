/**
 * Of each connection one request is under way. What was sent behind it waits, and whoever sends much more than that
 * without reading an answer is cut: otherwise a packet of requests would buy a hundred answers in memory.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Queue {
  readonly socket: Socket;
  /** Behind the one under way. */
  readonly waiting: Turn[];
  busy: boolean;
}
interface Turn {
  readonly response: ServerResponse;
  work(): void;
}
export interface TurnHooks<Q extends Queue> {
  cut(queue: Q, reason: string): void;
  idle(queue: Q, isIdle: boolean): void;
}

/** Browsers ask again after the answer; programs that do not are a few ahead at most. */
const WAITING_MAX = 4;

/** Stands before all listeners that are there. */
export function takeTurns<Q extends Queue>(
  server: Server,
  queueOf: (socket: Socket) => Q | undefined,
  hooks: TurnHooks<Q>,
): void {
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const work = (): void => {
      for (const listener of listeners) listener.call(server, request, response as never);
    };
    const queue = queueOf(request.socket);
    if (queue === undefined) work();
    else enqueue(queue, { response, work }, hooks);
  });
}

function enqueue<Q extends Queue>(queue: Q, turn: Turn, hooks: TurnHooks<Q>): void {
  // What came in the same packet is still read after a cut.
  if (queue.socket.destroyed) return;
  if (!queue.busy) begin(queue, turn, hooks);
  else if (queue.waiting.length < WAITING_MAX) queue.waiting.push(turn);
  else hooks.cut(queue, 'TooManyPipelined');
}

function begin<Q extends Queue>(queue: Q, { response, work }: Turn, hooks: TurnHooks<Q>): void {
  queue.busy = true;
  hooks.idle(queue, false);
  // Told when the kernel has the whole answer, or the connection is gone.
  response.once('close', () => {
    queue.busy = false;
    if (queue.socket.destroyed) return;
    const next = queue.waiting.shift();
    if (next === undefined) hooks.idle(queue, true);
    else begin(queue, next, hooks);
  });
  work();
}
