import type { Lane } from '../../edge/contracts/index.js';
import type { Journal } from '../../edge/store/types.js';

const markOf = (lane: Lane) => `uplink.${lane}`;

/** The sequence up to which HQ confirmed a lane, as it was saved last; 0 when it never did. */
export function acknowledgedOf(marks: ReadonlyMap<string, string>, lane: Lane): number {
  const stored = Number(marks.get(markOf(lane)) ?? 0);
  return Number.isSafeInteger(stored) && stored > 0 ? stored : 0;
}

/**
 * How far HQ has a lane, kept durably. Saving lags behind sending and never holds it up: what was sent but not yet
 * saved is sent again after a crash, and the gate removes it.
 */
export interface Acknowledged {
  sequence(): number;
  advance(sequence: number): void;
  /** Settles when the newest position is durable, or could not be made so. */
  saved(): Promise<void>;
}

export function createAcknowledged(
  journal: Pick<Journal, 'mark' | 'marks' | 'sent' | 'stats'>,
  lane: Lane,
  /** Called once for a time of trouble, not for every batch in it. */
  onTrouble: (error: unknown) => void,
): Acknowledged {
  const head = journal.stats().lanes.find((candidate) => candidate.lane === lane)?.head ?? 0;
  // A journal that lost its end gives those sequences again, in a new epoch.
  let acknowledged = Math.min(acknowledgedOf(journal.marks(), lane), head);
  let durable = acknowledged;
  let saving: Promise<void> | undefined;
  let troubled = false;
  if (acknowledged > 0) journal.sent(lane, acknowledged);

  const save = async () => {
    while (durable < acknowledged) {
      const upTo = acknowledged;
      await journal.mark(markOf(lane), String(upTo));
      durable = upTo;
      troubled = false;
      journal.sent(lane, upTo);
    }
  };
  const start = (): Promise<void> => {
    saving ??= save()
      .catch((error: unknown) => {
        if (!troubled) onTrouble(error);
        troubled = true;
      })
      .finally(() => {
        saving = undefined;
      });
    return saving;
  };
  return {
    sequence: () => acknowledged,
    advance(sequence) {
      acknowledged = Math.max(acknowledged, sequence);
      void start();
    },
    saved: () => (durable < acknowledged ? start() : (saving ?? Promise.resolve())),
  };
}
