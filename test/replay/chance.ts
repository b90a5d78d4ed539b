/** Chance from a seed: the same seed gives the same day on every machine. */
export interface Chance {
  /** 0 ≤ x < 1 */
  next(): number;
  /** Integer between both, inclusive. */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  happens(probability: number): boolean;
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick: (from) => from[between(0, from.length - 1)]!,
    happens: (probability) => next() < probability,
  };
}
