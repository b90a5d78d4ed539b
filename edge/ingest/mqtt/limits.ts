import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import { readStrictly } from './strict.js';

/** Every bound of the broker, with its unit. What happens beyond each stands beside it. */
export interface MqttLimits {
  /** A further one is refused at CONNECT. */
  readonly clientsMax: number;
  /** Connections that have not said who they are; beyond it the oldest makes room. */
  readonly strangersMax: number;
  /**
   * A larger packet ends the connection, and a larger message of an authenticated client leaves a record without a
   * body; a payload beyond `payloadBytesMax` is set aside instead, and answered.
   */
  readonly packetBytesMax: number;
  /** The same before CONNECT: what comes with it and is larger is not read to its end until CONNECT is accepted. */
  readonly connectBytesMax: number;
  /** A longer list of filters to subscribe to or to leave ends the connection. */
  readonly filterBytesMax: number;
  /** A packet that began must be whole by then. */
  readonly packetMs: number;
  /** Without CONNECT by then the connection is closed. */
  readonly connectMs: number;
  /** A subscriber that takes nothing for so long, or owes so many bytes, is cut. */
  readonly frozenMs: number;
  readonly pendingBytesMax: number;
  /** Further subscriptions of one client are refused with 0x80. */
  readonly subscriptionsMax: number;
  /** Messages kept in memory for one absent client with a persistent session; beyond it they are not kept. */
  readonly queuedMax: number;
  /** Sessions that outlive their connection, for each device; a further one is refused. */
  readonly lastingMax: number;
}

export const MQTT_LIMITS: MqttLimits = {
  clientsMax: 1_000,
  strangersMax: 1_000,
  packetBytesMax: 2 * 1024 * 1024,
  connectBytesMax: 64 * 1024,
  filterBytesMax: 64 * 1024,
  packetMs: 9_000,
  connectMs: 5_000,
  frozenMs: 6_000,
  pendingBytesMax: 1024 * 1024,
  subscriptionsMax: 100,
  queuedMax: 1_000,
  lastingMax: 8,
};

/** What of aedes 1.2.0 is reached beyond its published types; the contract test fails when a release changes it. */
export interface AedesInternals {
  will: object | null;
  _will: { topic: string } | null | undefined;
  readonly broker: { readonly connectedClients: number };
  waitForDrain(done: (error: Error | null, client: Client) => void): void;
  /** Reads nothing more until CONNECT is accepted, when aedes itself resumes. */
  pause(): void;
}
export function internalsOf(client: Client): AedesInternals {
  return client as unknown as AedesInternals;
}

/** Packets that hold a list of filters. */
const FILTERS: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe']);
/** CONNACK of MQTT-3.1.2-2: the level of the protocol is not served. */
const LEVEL_NOT_SERVED = Buffer.from([0x20, 2, 0, 1]);

/** What a connection's bounds tell. */
export interface ConnectionHooks {
  cut(reason: string): void;
  /** A message was announced that is over `packetBytesMax`; of it nothing is known but its size. */
  oversized(bytes: number): void;
  /** Bytes began to wait because the client does not read, or no longer wait. */
  slow(isSlow: boolean): void;
}

/**
 * Bounds one connection. aedes waits for a slow socket inside its emitter, where hundreds of messages to others wait
 * with it; here a write never waits, and whoever does not read is cut when they owe too much for too long.
 */
export function guardConnection(
  connection: { socket: Socket; client: Client },
  limits: MqttLimits,
  hooks: ConnectionHooks,
): void {
  const { socket, client } = connection;
  const internals = internalsOf(client);
  const cut = (reason: string): void => {
    if (socket.destroyed) return;
    hooks.cut(reason);
    // With one error for all: without it Node makes one, with its stack, for each write that waits; eight thousand of
    // them held the store up for 60 ms.
    socket.destroy(new Error(reason));
  };
  readStrictly(client, {
    bytesMax: (kind) => {
      // While CONNECT is being decided nothing is read, so a packet that is announced then takes no memory either:
      // who is refused is gone before the rest of it is asked for.
      if (!client.connecting && !client.connected) return limits.connectBytesMax;
      return FILTERS.has(kind) ? limits.filterBytesMax : limits.packetBytesMax;
    },
    onTooLarge(kind, bytes) {
      if (kind === 'publish') hooks.oversized(bytes);
      cut('PacketTooLarge');
    },
    onMalformed: () => hooks.cut('MalformedPacket'),
    onLevel: () => socket.write(LEVEL_NOT_SERVED),
    onRead: timePackets(socket, limits.packetMs, () => cut('PacketTooSlow')),
  });

  const patiently = internals.waitForDrain.bind(client);
  let frozen: NodeJS.Timeout | undefined;
  const forgive = (): void => {
    if (frozen === undefined) return;
    clearTimeout(frozen);
    frozen = undefined;
    hooks.slow(false);
  };
  internals.waitForDrain = (done) => {
    // While a session is taken up again its queue streams out, and may wait: nobody else waits with it.
    if (!client.connected) return patiently(done);
    if (socket.writableLength > limits.pendingBytesMax) cut('PendingTooLarge');
    else if (frozen === undefined) {
      frozen = setTimeout(() => cut('Frozen'), limits.frozenMs).unref();
      hooks.slow(true);
      socket.once('drain', forgive);
    }
    setImmediate(done, null, client);
  };
  socket.on('close', forgive);
}

/** Call the result with the packet that has begun and is not whole; `late` is called when one takes longer than `packetMs`. */
function timePackets(
  socket: Socket,
  packetMs: number,
  late: () => void,
): (begun: object | undefined) => void {
  let current: object | undefined;
  let sinceMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    timer = undefined;
    if (current === undefined || socket.destroyed) return;
    const leftMs = sinceMs + packetMs - performance.now();
    // While the store itself waits for its disk it takes no bytes: that is not the sender's delay.
    if (leftMs > 0 || socket.readableLength > 0) wait(Math.max(leftMs, packetMs / 10));
    else late();
  };
  const wait = (ms: number): void => {
    timer = setTimeout(look, ms).unref();
  };
  socket.on('close', () => clearTimeout(timer));
  return (begun) => {
    if (begun === current) return;
    current = begun;
    if (begun === undefined) return;
    sinceMs = performance.now();
    if (timer === undefined) wait(packetMs);
  };
}
