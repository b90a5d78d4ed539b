import { Readable } from 'node:stream';
import type { Aedes } from 'aedes';

interface Owner {
  readonly id: string;
  readonly clean?: boolean;
  /** Only once what an earlier session left was sent again, or let go of. */
  readonly connected?: boolean;
}

interface Persistence {
  subscriptionsByClient(client: { id: string }): Promise<object[]>;
  cleanSubscriptions(client: { id: string }): Promise<void>;
  outgoingStream(client: { id: string }): AsyncIterable<Waiting>;
  outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: object): Promise<void>;
  outgoingClearMessageId(client: Owner, packet: object): Promise<object | undefined>;
}

interface Waiting {
  readonly cmd: string;
  /** Given when it is sent for the first time. */
  readonly messageId?: number;
}

/** No client may subscribe to it, so it is refused whenever a session is taken up again. */
const NO_FILTER = { topic: '$none', qos: 0 };
const NOTHING: Promise<undefined> = Promise.resolve(undefined);

/**
 * What aedes does not know of sessions that last: one is there although it subscribed to nothing (MQTT-3.2.2-2), and
 * what was sent before goes out again with DUP (MQTT-3.3.1-1). Call after `listen`.
 */
export function keepSessions(aedes: Aedes): void {
  const persistence = (aedes as unknown as { persistence: Persistence }).persistence;
  const restore = persistence.subscriptionsByClient.bind(persistence);
  const clean = persistence.cleanSubscriptions.bind(persistence);
  const outgoing = persistence.outgoingStream.bind(persistence);
  const lasting = new Set<string>();

  // Asked by aedes at each CONNECT without a clean session, and by nobody else.
  persistence.subscriptionsByClient = async (client) => {
    const subscriptions = await restore(client);
    const known = lasting.has(client.id);
    lasting.add(client.id);
    return known && subscriptions.length === 0 ? [NO_FILTER] : subscriptions;
  };
  persistence.cleanSubscriptions = (client) => {
    lasting.delete(client.id);
    return clean(client);
  };
  persistence.outgoingStream = (client) => Readable.from(sentAgain(outgoing(client)));
}

async function* sentAgain(waiting: AsyncIterable<Waiting>): AsyncIterable<Waiting> {
  for await (const packet of waiting) {
    const again = packet.cmd === 'publish' && packet.messageId !== undefined;
    yield again ? ({ ...packet, dup: true } as Waiting) : packet;
  }
}

/**
 * Messages for an absent client with a lasting session wait in memory, and aedes sets no bound to them. Beyond
 * `queuedMax` a client hears what comes next and not what came then; `onDropped` counts it. Call after `listen`.
 */
export function boundQueues(aedes: Aedes, queuedMax: number, onDropped: () => void): void {
  const persistence = (aedes as unknown as { persistence: Persistence }).persistence;
  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence);
  const clear = persistence.outgoingClearMessageId.bind(persistence);
  const waiting = new Map<string, number>();

  persistence.outgoingEnqueueCombi = (subscriptions, packet) => {
    const open = subscriptions.filter(({ clientId }) => (waiting.get(clientId) ?? 0) < queuedMax);
    for (const { clientId } of open) waiting.set(clientId, (waiting.get(clientId) ?? 0) + 1);
    if (open.length < subscriptions.length) onDropped();
    return enqueue(open, packet);
  };
  const dropped = async (client: Owner, packet: object): Promise<object | undefined> => {
    const cleared = await clear(client, packet);
    const left = (waiting.get(client.id) ?? 0) - 1;
    if (cleared !== undefined && left > 0) waiting.set(client.id, left);
    else if (cleared !== undefined) waiting.delete(client.id);
    return cleared;
  };
  // Nothing is kept for a clean session, so there is nothing to look for: it acknowledges thousands a second.
  persistence.outgoingClearMessageId = (client, packet) =>
    client.clean === true && client.connected === true ? NOTHING : dropped(client, packet);
}
