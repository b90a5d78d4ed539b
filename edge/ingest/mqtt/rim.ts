import type { Socket } from 'node:net';
import type { Aedes, AedesOptions, AuthenticateError, Client, PublishPacket } from 'aedes';
import { RefusalError, type RefusalReason, toProblem } from '../../contracts/index.js';
import type { Principal } from '../../ports.js';
import { adapterFor, isRetained } from '../adapters/registry.js';
import type { Intake } from '../intake.js';
import type { IngestObserver } from '../observer.js';
import type { Receipt } from '../receipt.js';
import { createAckQueue } from './ack-queue.js';
import { type Authority, CONNACK, connackError, refusedTopic, type Session } from './authority.js';
import { createHearers, type Hearers } from './hearers.js';
import { type ConnectionHooks, guardConnection, internalsOf, type MqttLimits } from './limits.js';
import { createOversized } from './oversized.js';
import { createWork, type Work } from './work.js';

/** How long a closing connection may take to hear its last acknowledgements. */
const FLUSH_MS = 2_000;

export interface RimDeps {
  readonly intake: Intake;
  readonly authority: Authority;
  readonly observer: IngestObserver;
  readonly limits: MqttLimits;
  /** Whom the certificate of a connection speaks for; absent without TLS. */
  readonly certified?: ((socket: Socket) => Principal | undefined) | undefined;
}

interface Connected extends Session {
  /** Filters that were granted, counted at once: one packet may ask for thousands before any is in force. */
  readonly filters: Set<string>;
  readonly acks: ReturnType<typeof createAckQueue>;
}

type Done = (error?: Error | null) => void;
type Handlers = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe'>
>;

/** The questions that aedes asks about each packet, answered by the store. */
export interface Rim {
  readonly handlers: Handlers;
  accept(socket: Socket, aedes: Aedes): void;
  unsubscribed(client: Client, filters: readonly string[]): void;
  /** Who of those that are connected hears a personal topic. */
  readonly hearers: Pick<Hearers, 'tell'>;
  /** Cut every connection of a subject whose tokens were taken back. */
  disconnect(subject: string): void;
  /** Take nothing new, answer what is under way, and let the answers leave. */
  stop(): Promise<void>;
}

export function createRim(deps: RimDeps): Rim {
  const connected = new WeakMap<Client, Connected>();
  const work = createWork();
  const clients = new Map<Socket, Client>();
  /** Connections that have not said who they are, oldest first. */
  const strangers = new Set<Socket>();
  const hearers = createHearers();
  const oversized = createOversized({ ...deps, bytesMax: deps.limits.packetBytesMax, begin: work.begin });
  const greeting = createGreeting(deps, connected, work, (client, { principal }) => {
    strangers.delete(client.conn as Socket);
    oversized.known(client, principal.subject);
  });
  const hooks = connectionHooks(deps.observer);

  return {
    handlers: {
      ...greeting,
      authorizePublish(client, packet, done) {
        if (client === null) return done(packet.topic.startsWith('$SYS/') ? new Error('reserved') : null);
        const session = connected.get(client);
        // aedes hands over a will by the same call, with the very object that it kept since CONNECT.
        const isWill = packet === internalsOf(client).will;
        if (session === undefined || (isWill && work.stopping())) return done(new Error('not connected'));
        // Left without an answer: an error would end the connection before the answers that are still to leave.
        if (work.stopping()) return;
        packet.retain &&= isRetained(packet.topic);
        if (!isWill) return publish({ client, session, packet, done }, deps, work);
        const end = work.begin();
        lastWill(client, session, packet, deps)
          .then(
            () => done(null),
            () => done(new Error('not taken')),
          )
          .finally(end);
      },
      authorizeSubscribe(client, subscription, done) {
        const session = connected.get(client);
        const filter = subscription.topic;
        const may = session !== undefined && grant({ client, session, filter }, deps);
        if (may) hearers.enter(client, filter);
        done(null, may ? subscription : null);
      },
    },
    accept(socket, aedes) {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 60_000);
      const client = aedes.handle(socket);
      clients.set(socket, client);
      socket.once('close', () => {
        clients.delete(socket);
        // Also who was cut between being admitted and being registered, of whom aedes tells no end.
        deps.authority.leave(client);
        hearers.leaveAll(client, connected.get(client)?.filters ?? []);
      });
      guardConnection({ socket, client }, deps.limits, {
        ...hooks,
        oversized: (bytes) => oversized.announced(client, bytes, connected.get(client)?.principal.subject),
      });
      strangers.add(socket);
      socket.once('close', () => strangers.delete(socket));
      // Who means well says so at once: the one that has been silent longest makes room.
      const [oldest] = strangers;
      if (strangers.size <= deps.limits.strangersMax || oldest === undefined) return;
      deps.observer.cut('TooManyStrangers');
      oldest.destroy();
    },
    unsubscribed(client, filters) {
      for (const filter of filters) {
        connected.get(client)?.filters.delete(filter);
        hearers.leave(client, filter);
      }
    },
    hearers,
    disconnect(subject) {
      for (const [socket, client] of clients) {
        if (connected.get(client)?.principal.subject === subject) socket.destroy();
      }
    },
    async stop() {
      await work.stop();
      await Promise.all([...clients.keys()].map(endAfterFlush));
    },
  };
}

function connectionHooks(observer: IngestObserver): Omit<ConnectionHooks, 'oversized'> {
  let slow = 0;
  return {
    cut: observer.cut,
    slow(isSlow) {
      slow += isSlow ? 1 : -1;
      observer.slow(slow);
    },
  };
}

function createGreeting(
  deps: RimDeps,
  connected: WeakMap<Client, Connected>,
  work: Work,
  onKnown: (client: Client, session: Session) => void,
): Pick<Handlers, 'preConnect' | 'authenticate'> {
  const nameless = new WeakSet<Client>();
  return {
    preConnect(client, packet, done) {
      // From here on: aedes does so a little later, and would read on until then.
      internalsOf(client).pause();
      // MQTT-3.1.3-8: a client without a name cannot have a session that lasts.
      if (packet.clientId === '' && !packet.clean) nameless.add(client);
      done(null, !work.stopping());
    },
    authenticate(client, name, password, done) {
      const refuse = (code: number): void => done(connackError(code) as AuthenticateError, false);
      if (nameless.has(client)) return refuse(CONNACK.identifierRejected);
      const { connectedClients } = internalsOf(client).broker;
      if (connectedClients >= deps.limits.clientsMax) return refuse(CONNACK.unavailable);
      const session = deps.authority.admit(client, {
        name,
        token: password?.toString('utf8'),
        certified: deps.certified?.(client.conn as Socket),
      });
      if (session === undefined) return refuse(CONNACK.badCredentials);
      if ((client.conn as Socket).destroyed) {
        // Cut while it waited to be asked: what it did is noted as its own, and its end, which is past, is made up for.
        onKnown(client, session);
        deps.authority.leave(client);
        return refuse(CONNACK.unavailable);
      }
      const will = internalsOf(client)._will;
      if (will && !deps.authority.mayPublish(session, will.topic)) return refuse(CONNACK.notAuthorised);
      const acks = createAckQueue((reason) => {
        deps.observer.cut(reason);
        void endAfterFlush(client.conn as Socket);
      });
      connected.set(client, Object.assign(session, { acks, filters: new Set<string>() }));
      onKnown(client, session);
      const end = work.begin();
      // That it is there again is worth knowing, and no reason to keep it out when it cannot be kept.
      deps.intake.connected(session.principal.subject).then(end, end);
      done(null, true);
    },
  };
}

function grant(wish: { client: Client; session: Connected; filter: string }, deps: RimDeps): boolean {
  const { client, session, filter } = wish;
  const { filters } = session;
  if (filters.size >= deps.limits.subscriptionsMax && !filters.has(filter)) return false;
  if (!deps.authority.maySubscribe(session, client, filter)) return false;
  filters.add(filter);
  return true;
}

function publish(
  message: { client: Client; session: Connected; packet: PublishPacket; done: Done },
  deps: RimDeps,
  work: Work,
): void {
  const { client, session, packet, done } = message;
  const slot = session.acks.enter(() => done(null));
  if (packet.qos === 0) deps.observer.unacknowledged();
  const unwelcome = forbidden(session, packet.topic, deps);
  if (unwelcome !== undefined) {
    slot.close(unwelcome);
    return;
  }
  const end = work.begin();
  receive(client, session, packet, deps).then(
    (receipt) => {
      // Between this client and the store alone (MQTT-3.3.1-3).
      packet.dup = false;
      if (receipt.outcome === 'refused') answerInstead(packet, client, receipt);
      slot.acknowledge();
      end();
    },
    (error: unknown) => {
      const reason = error instanceof RefusalError ? error.refusal.reason : 'Failed';
      // Nothing was promised for QoS 0, so nothing is broken by dropping it; the count says so.
      if (packet.qos === 0) slot.acknowledge();
      else slot.close(reason);
      end();
    },
  );
}

function forbidden(session: Session, topic: string, deps: RimDeps): RefusalReason | undefined {
  if (!deps.authority.stillGood(session)) return 'NotAuthenticated';
  return deps.authority.mayPublish(session, topic) ? undefined : 'NotAllowed';
}

function receive(client: Client, session: Session, packet: PublishPacket, deps: RimDeps): Promise<Receipt> {
  return deps.intake.receive({
    topic: packet.topic,
    bytes: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
    channel: 'mqtt',
    device: session.principal.subject,
    ...(packet.qos === 0
      ? {}
      : { redelivery: { client: client.id, number: packet.messageId ?? 0, dup: packet.dup } }),
  });
}

/** A will says what its author wanted, and that the author is gone: both stand in the journal. */
async function lastWill(client: Client, session: Session, will: PublishPacket, deps: RimDeps): Promise<void> {
  if (adapterFor(will.topic) !== undefined) {
    const receipt = await receive(client, session, { ...will, qos: 0 }, deps);
    if (receipt.outcome === 'refused') answerInstead(will, client, receipt);
  }
  if (!isRetained(will.topic)) {
    await deps.intake.disconnected(session.principal.subject, session.principal.role);
  }
}

/**
 * What was not understood is not passed on: in its place goes the reason, to its sender alone. aedes acknowledges by the
 * number of the packet and publishes what the packet holds, so that the sender hears both.
 */
function answerInstead(
  packet: PublishPacket,
  client: Client,
  receipt: Receipt & { outcome: 'refused' },
): void {
  const { refusal, quarantineId, topic } = receipt;
  const problem = { ...toProblem(refusal, `urn:endcap:quarantine:${quarantineId}`), topic, quarantineId };
  packet.topic = refusedTopic(client.id);
  packet.payload = Buffer.from(JSON.stringify(problem));
  packet.retain = false;
}

/** Destroying the socket at once would take the acknowledgements with it that are still on their way out. */
function endAfterFlush(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const timer = setTimeout(() => socket.destroy(), FLUSH_MS).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end(() => socket.destroySoon());
  });
}
