import type { EventEmitter } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import type { Auth, Clock, ListenerTls, Principal } from '../ports.js';
import type { Intake } from './intake.js';
import { createAuthority } from './mqtt/authority.js';
import { MQTT_LIMITS, type MqttLimits } from './mqtt/limits.js';
import { passOnlyWhatIsHeard } from './mqtt/pass-on.js';
import { boundQueues, keepSessions } from './mqtt/queues.js';
import { createRim } from './mqtt/rim.js';
import type { IngestObserver } from './observer.js';

export interface BrokerDeps {
  readonly auth: Auth;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly observer: IngestObserver;
  readonly limits?: Partial<MqttLimits>;
  /** Who a connection without name and token is; only where every listener is on loopback. */
  readonly anonymous?: Principal;
  /** With it the listener speaks TLS, and a client certificate is as good as a token. */
  readonly tls?: ListenerTls;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Broker {
  /**
   * Port 0 takes any free one. `plain` is a second door without TLS, for sensors that know none; without `tls` it is
   * not opened. Rejects when a port is taken or not permitted.
   */
  listen(address: Address & { readonly plain?: Address }): Promise<Address & { readonly plain?: Address }>;
  /** To local listeners, from the store itself; nothing is journalled. */
  publishLocal(topic: string, payload: string | Buffer, options?: { qos?: 0 | 1; retain?: boolean }): void;
  /** To the person's own devices that are connected now and asked for it, with QoS 1; nothing is journalled. */
  tellPerson?(topic: string, payload: string): void;
  /** Cut every connection of a subject, once its tokens were taken back. */
  disconnect(subject: string): void;
  /** Messages under way are answered, then everybody is disconnected. */
  close(): Promise<void>;
}

/** MQTT 3.1.1 for the shop floor. An acknowledgement leaves after the commit and never before. */
export function createBroker(deps: BrokerDeps): Broker {
  const limits = { ...MQTT_LIMITS, ...deps.limits };
  const authority = createAuthority({
    auth: deps.auth,
    monotonicMs: deps.clock.monotonicMs,
    lastingMax: limits.lastingMax,
    ...(deps.anonymous === undefined ? {} : { anonymous: deps.anonymous }),
  });
  const rim = createRim({ ...deps, authority, limits, certified: deps.tls?.certified });
  const aedes = new Aedes({
    concurrency: 1_000,
    // A client may send on without waiting for CONNACK; what it has sent by then fits into one read of 64 KiB.
    queueLimit: 2_000,
    connectTimeout: limits.connectMs,
    drainTimeout: limits.frozenMs,
    maxClientsIdLength: 256,
    ...rim.handlers,
  });
  const accept = (socket: Socket): void => rim.accept(socket, aedes);
  passOnlyWhatIsHeard(aedes, deps.auth.mayBeHeard);
  const doors: Server[] = [];
  /** All there are: the rim knows a connection only once its handshake is done. */
  const connections = new Set<Socket>();
  const openDoor = async (door: Server, address: Address): Promise<Address> => {
    door.maxConnections = limits.clientsMax + limits.strangersMax;
    door.on('drop', () => deps.observer.cut('TooManyConnections'));
    door.on('connection', (socket: Socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
    doors.push(door);
    return listenOn(door, address);
  };
  aedes.on('unsubscribe', (filters, client) => rim.unsubscribed(client, filters));
  aedes.on('clientReady', () => deps.observer.clients(aedes.connectedClients));
  aedes.on('clientDisconnect', () => deps.observer.clients(aedes.connectedClients));

  // Not among the events that its types name; without a listener it would end the process.
  (aedes as EventEmitter).on('error', () => deps.observer.cut('BrokerError'));

  // Decisions that a stop interrupted are told again before anybody can connect; aedes takes nothing until then.
  const early: (() => void)[] = [];
  let open = false;

  return {
    async listen(address) {
      await deps.intake.begin();
      await aedes.listen();
      open = true;
      for (const publish of early.splice(0)) publish();
      keepSessions(aedes);
      boundQueues(aedes, limits.queuedMax, () => deps.observer.cut('QueueFull'));
      const at = await openDoor(doorOf(deps.tls, accept), address);
      if (deps.tls === undefined || address.plain === undefined) return at;
      return { ...at, plain: await openDoor(createServer(accept), address.plain) };
    },
    publishLocal(topic, payload, options) {
      const { qos = 0, retain = false } = options ?? {};
      const publish = (): void =>
        aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, () => undefined);
      if (open) publish();
      else early.push(publish);
    },
    tellPerson: (topic, payload) => rim.hearers.tell(aedes, topic, Buffer.from(payload)),
    disconnect: rim.disconnect,
    async close() {
      const closed = Promise.all(doors.map((door) => new Promise((resolve) => door.close(resolve))));
      await rim.stop();
      await new Promise<void>((resolve) => aedes.close(resolve));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

function doorOf(tls: ListenerTls | undefined, accept: (socket: Socket) => void): Server {
  if (tls === undefined) return createServer(accept);
  const door = createTlsServer(tls.options);
  tls.attach(door);
  // A client whose certificate is not good was cut a moment ago.
  return door.on('secureConnection', (socket) => {
    if (!socket.destroyed) accept(socket);
  });
}

async function listenOn(door: Server, { host, port }: Address): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject);
    door.listen(port, host, () => {
      door.off('error', reject);
      resolve();
    });
  });
  const { address, port: taken } = door.address() as AddressInfo;
  return { host: address, port: taken };
}
