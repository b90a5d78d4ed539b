/**
 * Bounds of the connections of a listener for HTTP. Whoever takes nothing while bytes wait for them is cut; of each
 * connection one request is under way, and few wait behind it; and where there are too many, somebody makes room.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Crowd, type CrowdLimits, createCrowd } from './crowd.js';
import { type Queue, takeTurns } from './turns.js';

export interface ConnectionLimits extends CrowdLimits {
  /** How long bytes may wait for somebody who takes none. */
  readonly patienceMs: number;
}
export const CONNECTION_LIMITS: ConnectionLimits = { patienceMs: 6_000, perAddress: 1_500, all: 4_000 };

export interface ConnectionHooks {
  /** Told of every connection that was cut, with the reason of the count. */
  readonly cut?: ((reason: string) => void) | undefined;
  /** How many take nothing of what waits for them. */
  readonly slow?: ((count: number) => void) | undefined;
}

export interface Connections {
  /** Call it when all listeners of the server are there: from then on the requests of a connection wait for each other. */
  takeTurns(): void;
  /** Whoever is at the other end has said who it is. */
  known(socket: Socket): void;
  destroyAll(): void;
}

interface Connection extends Queue {
  upgraded: boolean;
  takenBytes: number;
  /** How many looks in a row found bytes that wait and none that were taken, and when the first of them was. */
  looks: number;
  sinceMs: number;
}

const LOOK_EVERY_MS = 500;
/** While the store itself stands still it gives the kernel nothing: time alone proves nothing. */
const LOOKS_MIN = 4;

export function boundConnections(
  server: Server,
  limits: ConnectionLimits,
  hooks: ConnectionHooks,
): Connections {
  const crowd = createCrowd<Connection>(limits);
  const cut = ({ socket }: Queue, reason: string): void => {
    if (socket.destroyed) return;
    hooks.cut?.(reason);
    // Whoever takes nothing would not take an end either: the kernel would keep it, and all the bytes before it.
    socket.resetAndDestroy();
  };
  const connectionOf = followSockets(server, crowd, (connection) => cut(connection, 'TooManyConnections'));
  cutStalled(server, limits.patienceMs, { crowd, cut, slow: hooks.slow });
  return {
    takeTurns() {
      // Node hands upgrades over once anybody listens: where nobody else does, they stay plain requests.
      if (server.listenerCount('upgrade') > 0) {
        // From here on they are pinged, and whoever does not answer is cut for that.
        server.on('upgrade', ({ socket }: IncomingMessage) => {
          const connection = connectionOf(socket);
          if (connection === undefined) return;
          connection.upgraded = true;
          crowd.mark(connection, 'idle', false);
        });
      }
      takeTurns<Connection>(server, connectionOf, {
        cut,
        idle: (connection, isIdle) => crowd.mark(connection, 'idle', isIdle),
      });
    },
    known(socket) {
      const connection = connectionOf(socket);
      if (connection !== undefined) crowd.mark(connection, 'stranger', false);
    },
    destroyAll() {
      for (const { socket } of crowd.members()) socket.destroy();
    },
  };
}

/** Every connection from its first moment, also one whose TLS handshake is not done. */
function followSockets(
  server: Server,
  crowd: Crowd<Connection>,
  makeRoom: (connection: Connection) => void,
): (socket: Socket) => Connection | undefined {
  const bySocket = new WeakMap<Socket, Connection>();
  const byPeer = new Map<string, Connection>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    // It went before it was looked at.
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const peer = peerOf(socket);
    const connection: Connection = {
      socket,
      waiting: [],
      busy: false,
      upgraded: false,
      takenBytes: 0,
      looks: 0,
      sinceMs: 0,
    };
    bySocket.set(socket, connection);
    byPeer.set(peer, connection);
    socket.once('close', () => {
      crowd.leave(connection);
      if (byPeer.get(peer) === connection) byPeer.delete(peer);
    });
    const tooMuch = crowd.enter(connection, remoteAddress);
    if (tooMuch === undefined) return;
    // At once, not when its socket has closed: the next one may come before that.
    crowd.leave(tooMuch);
    makeRoom(tooMuch);
  });
  // Over TLS requests come from a socket around the one that was connected.
  server.on('secureConnection', (secure: Socket) => {
    const connection = byPeer.get(peerOf(secure));
    if (connection !== undefined) bySocket.set(secure, connection);
  });
  return (socket) => bySocket.get(socket);
}

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** Looks at all of them now and then; a timer for each would have to be moved by every write. */
function cutStalled(server: Server, patienceMs: number, { crowd, cut, slow }: CutStalledDeps): void {
  const everyMs = Math.min(LOOK_EVERY_MS, patienceMs / LOOKS_MIN);
  const look = (): void => {
    let stalled = 0;
    const nowMs = performance.now();
    for (const connection of crowd.members()) {
      const wasStalled = connection.looks > 0;
      const isStalled = !connection.upgraded && takesNothing(connection, nowMs);
      if (isStalled !== wasStalled) crowd.mark(connection, 'stalled', isStalled);
      if (isStalled) stalled += 1;
      if (connection.looks >= LOOKS_MIN && nowMs - connection.sinceMs >= patienceMs)
        cut(connection, 'SlowConsumer');
    }
    slow?.(stalled);
  };
  let timer: NodeJS.Timeout | undefined;
  server.on('listening', () => {
    timer = setInterval(look, everyMs).unref();
  });
  server.on('close', () => clearInterval(timer));
}
interface CutStalledDeps {
  readonly crowd: Crowd<Connection>;
  cut(connection: Connection, reason: string): void;
  readonly slow: ConnectionHooks['slow'];
}

/** What of Node's socket is reached beyond its published interface, as its own timeout of sockets does. */
interface SocketInternals {
  readonly _handle?: { readonly bytesWritten: number; readonly writeQueueSize: number } | null;
}

/**
 * True while bytes wait and the kernel took none since the last look. The socket's own count moves by whole writes, which
 * would call a slow reader of a large one stalled.
 */
function takesNothing(connection: Connection, nowMs: number): boolean {
  const handle = (connection.socket as unknown as SocketInternals)._handle;
  const waiting = handle?.writeQueueSize ?? 0;
  const takenBytes = (handle?.bytesWritten ?? 0) - waiting;
  const isStalled = waiting > 0 && takenBytes === connection.takenBytes;
  connection.takenBytes = takenBytes;
  if (isStalled && connection.looks === 0) connection.sinceMs = nowMs;
  connection.looks = isStalled ? connection.looks + 1 : 0;
  return isStalled;
}
