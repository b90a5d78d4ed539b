import type { Journal } from '../store/types.js';

const MARK = 'engine/poison';

/**
 * Events that made the core fail, remembered in the journal: after one strike an event is tried again, after two
 * it is passed over for ever, so that neither a crash loop nor a replay stumbles over it a third time.
 */
export interface PoisonMarks {
  skips(offset: number): boolean;
  /** True when this was the second time. */
  strike(offset: number): Promise<boolean>;
}

export function createPoisonMarks(journal: Journal): PoisonMarks {
  const strikes = new Map<number, number>(
    JSON.parse(journal.marks().get(MARK) ?? '[]') as [number, number][],
  );
  const skips = (offset: number): boolean => (strikes.get(offset) ?? 0) >= 2;
  return {
    skips,
    async strike(offset) {
      strikes.set(offset, (strikes.get(offset) ?? 0) + 1);
      await journal.mark(MARK, JSON.stringify([...strikes]));
      return skips(offset);
    },
  };
}
