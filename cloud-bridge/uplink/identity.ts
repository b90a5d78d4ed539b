import type { Journal } from '../../edge/store/types.js';

/** As whom a store speaks: which journal, in which epoch. */
export interface Identity {
  readonly jid: string;
  readonly epoch: number;
}

/** Name of the durable mark that remembers who spoke last. */
const MARK = 'uplink.identity';

/**
 * Who speaks now. Another journal under the same roof (restored, or not recovered whole) gives sequences again
 * that HQ may know, so it never speaks in the epoch of its predecessor.
 */
export function nextIdentity(saved: Identity | undefined, jid: string, configuredEpoch: number): Identity {
  if (saved === undefined) return { jid, epoch: configuredEpoch };
  const own = saved.jid === jid ? saved.epoch : saved.epoch + 1;
  return { jid, epoch: Math.max(own, configuredEpoch) };
}

/** Keeps the identity in step with the journal; a new one is durable before it is used. */
export function createIdentityKeeper(deps: {
  journal: Pick<Journal, 'jid' | 'mark' | 'marks'>;
  epoch: number;
}) {
  let current = read(deps.journal.marks().get(MARK));
  let durable = false;
  let saving: Promise<void> | undefined;

  const save = async (next: Identity) => {
    await deps.journal.mark(MARK, JSON.stringify(next));
    current = next;
    durable = true;
  };

  return {
    /** `undefined` until the identity for the journal as it is now is durable: call `settle` then. */
    now(): Identity | undefined {
      return durable && current?.jid === deps.journal.jid ? current : undefined;
    },
    async settle(): Promise<void> {
      const next = nextIdentity(current, deps.journal.jid, deps.epoch);
      if (current?.jid === next.jid && current.epoch === next.epoch) {
        durable = true;
        return;
      }
      saving ??= save(next).finally(() => {
        saving = undefined;
      });
      await saving;
    },
  };
}

function read(mark: string | undefined): Identity | undefined {
  if (mark === undefined) return undefined;
  const saved: unknown = JSON.parse(mark);
  const known = typeof saved === 'object' && saved !== null && 'jid' in saved && 'epoch' in saved;
  if (!known || typeof saved.jid !== 'string' || typeof saved.epoch !== 'number') return undefined;
  return { jid: saved.jid, epoch: saved.epoch };
}
