import type { Aedes } from 'aedes';

interface Persistence {
  outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: object): Promise<void>;
  outgoingClearMessageId(client: { id: string }, packet: object): Promise<object | undefined>;
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
  persistence.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    const left = (waiting.get(client.id) ?? 0) - 1;
    if (cleared !== undefined && left > 0) waiting.set(client.id, left);
    else if (cleared !== undefined) waiting.delete(client.id);
    return cleared;
  };
}
