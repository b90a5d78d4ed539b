/** Live pages over socket.io. Nobody joins a namespace unasked; a frozen socket is gone within ten seconds. */
import type { Server as HttpServer } from 'node:http';
import type { Socket as Connection } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { NAMESPACES } from '../../contracts/index.js';
import type { Clock } from '../../ports.js';
import { GUARDS, type Guards, storeNames } from '../guards.js';
import { JoinError, limitMessages } from './guard.js';
import { type ShopperNamespace, type ShopperSocketDeps, serveShopper } from './shopper.js';
import { type SignageNamespace, type SignageSocketDeps, serveSignage } from './signage.js';
import { type StaffNamespace, type StaffSocketDeps, serveStaff } from './staff.js';

export interface SocketDeps extends SignageSocketDeps, ShopperSocketDeps, StaffSocketDeps {
  readonly server: HttpServer;
  readonly hostNames: readonly string[];
  readonly clock: Clock;
  /** How long a socket may leave a ping unanswered, ms. */
  readonly pingAnswerMs?: number;
  /** Whoever is at the other end of the connection has said who it is. */
  readonly onJoined?: (connection: Connection) => void;
  readonly onCount?: (namespace: string, connected: number) => void;
  /** For negative controls alone: others than the usual ones. */
  readonly guards?: Partial<Guards> | undefined;
  readonly onRefused?: (reason: string) => void;
}

/** Where socket.io listens, unless told otherwise. */
const PATH = '/socket.io/';
const MESSAGE_BYTES_MAX = 64 * 1024;
/** Ping and its answer together stay under the ten seconds in which a frozen socket must be gone. */
const PING_EVERY_MS = 3_000;
const PING_ANSWER_MS = 4_000;
const JOIN_WITHIN_MS = 5_000;
/** A session that ended, here or by the command line, does not live on in an open socket. */
const ASK_AGAIN_MS = 30_000;

export function createSockets(deps: SocketDeps): { close(): void } {
  const names = storeNames(deps.hostNames);
  const guards = { ...GUARDS, ...deps.guards };
  const io = new Server(deps.server, {
    serveClient: false,
    maxHttpBufferSize: MESSAGE_BYTES_MAX,
    pingInterval: PING_EVERY_MS,
    pingTimeout: deps.pingAnswerMs ?? PING_ANSWER_MS,
    connectTimeout: JOIN_WITHIN_MS,
    perMessageDeflate: false,
    httpCompression: false,
    allowRequest: (request, answer) => {
      const mine = guards.knowsHost(request.headers.host, names) && guards.isOwnOrigin(request.headers);
      answer(mine ? null : 'the request comes from a page of another site', mine);
    },
  });
  // engine.io would leave such a socket open and unread for good, once anything was answered on it before.
  deps.server.on('upgrade', ({ url }, socket) => {
    if (!url?.startsWith(PATH)) socket.destroy();
  });
  io.use((_socket, next) =>
    next(new JoinError({ reason: 'NotFound', detail: 'join /signage, /staff or /shopper' })),
  );
  const all = Object.values(NAMESPACES).map((name) => io.of(name));
  for (const namespace of all) {
    namespace.on('connection', (socket) => watch(socket, deps));
  }
  const stopSignage = serveSignage(typed<SignageNamespace>(io, NAMESPACES.signage), deps, guards);
  serveShopper(typed<ShopperNamespace>(io, NAMESPACES.shopper), deps, guards);
  const stopStaff = serveStaff(typed<StaffNamespace>(io, NAMESPACES.staff), deps, guards);

  const askAgain = (): void => {
    for (const socket of all.flatMap((namespace) => [...namespace.sockets.values()])) {
      if (deps.auth.peek(socket.data.token) === undefined) socket.disconnect(true);
    }
  };
  // By their tokens, not by name: a device and a person may share one.
  const stopRevoked = deps.auth.onRevoked(askAgain);
  const stopEnded = deps.auth.onStaffEnded(askAgain);
  const timer = setInterval(askAgain, ASK_AGAIN_MS);
  return {
    close() {
      clearInterval(timer);
      stopRevoked();
      stopEnded();
      stopSignage();
      stopStaff();
      // Not `io.close()`: it would wait for the HTTP server, whose owner closes it after this.
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

/** socket.io types all namespaces of a server alike; each of ours has its own events. */
function typed<N>(io: Server, name: string): N {
  return io.of(name) as unknown as N;
}

function watch(socket: Socket, deps: SocketDeps): void {
  const { nsp } = socket;
  deps.onJoined?.(socket.request.socket);
  limitMessages(socket, deps.clock, () => deps.onRefused?.('TooManyRequests'));
  deps.onCount?.(nsp.name, nsp.sockets.size);
  socket.on('disconnect', () => deps.onCount?.(nsp.name, nsp.sockets.size));
}
