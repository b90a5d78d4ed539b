import type { StoreEvent } from '../../contracts/index.js';
import type { Place } from '../../store/types.js';

/** So many callers share one append at most. */
const SHARE_MAX = 100;

export interface Turns {
  /** Places of the events, in their order; rejects as the append did. */
  append(events: readonly StoreEvent[]): Promise<readonly Place[]>;
  /** Nothing is under way any more. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly events: readonly StoreEvent[];
  resolve(places: readonly Place[]): void;
  reject(error: unknown): void;
}

/**
 * One append at a time, because each entry needs the hash of the one before. Who waits meanwhile goes together in the
 * next: a hundred entries cost the disk as much as two. Those of one caller stay together, and share the fate of the append.
 */
export function createTurns(
  append: (events: readonly StoreEvent[]) => Promise<readonly Place[]>,
  /** Who waited is stamped again, because the journal's time never decreases. */
  stampAgain: (events: readonly StoreEvent[]) => readonly StoreEvent[],
): Turns {
  const waiting: Waiting[] = [];
  let busy: Promise<void> | undefined;

  const take = async (turn: readonly Waiting[], events: readonly StoreEvent[]): Promise<void> => {
    try {
      const places = await append(events);
      let from = 0;
      for (const { events: mine, resolve } of turn) {
        resolve(places.slice(from, from + mine.length));
        from += mine.length;
      }
    } catch (error) {
      for (const { reject } of turn) reject(error);
    }
  };
  const work = async (first: Waiting): Promise<void> => {
    await take([first], first.events);
    while (waiting.length > 0) {
      const turn = waiting.splice(0, SHARE_MAX);
      await take(turn, stampAgain(turn.flatMap(({ events }) => events)));
    }
    busy = undefined;
  };
  return {
    append: (events) =>
      new Promise((resolve, reject) => {
        const mine = { events, resolve, reject };
        if (busy === undefined) busy = work(mine);
        else waiting.push(mine);
      }),
    async idle() {
      while (busy !== undefined) await busy;
    },
  };
}
