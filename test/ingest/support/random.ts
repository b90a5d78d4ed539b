export interface Random {
  below(limit: number): number;
  digit(): string;
  hex(length: number): string;
  pick<T>(list: readonly T[]): T;
}

/** mulberry32: small, quick, and the same for the same seed everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    digit: () => String(below(10)),
    hex: (length) => Array.from({ length }, () => below(16).toString(16)).join(''),
    pick: (list) => list[below(list.length)]!,
  };
}
