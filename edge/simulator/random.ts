/** Seeded chance. Every agent has a generator of its own, so that one more draw here changes nothing there. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Normal with mean 0 and spread 1. */
  normal(): number;
  chance(probability: number): boolean;
  /** Index drawn with probability in proportion to its weight; -1 when no weight is above 0. */
  weighted(weights: readonly number[]): number;
  /** A generator that depends on the seed and the label alone. */
  fork(label: string): Random;
}

export function createRandom(seed: string): Random {
  const next = sfc32(seed);
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    weighted: (weights) => pick(weights, next()),
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

function pick(weights: readonly number[], at: number): number {
  let left = at * weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  let last = -1;
  for (const [index, weight] of weights.entries()) {
    if (weight <= 0) continue;
    last = index;
    left -= weight;
    if (left < 0) return index;
  }
  return last;
}

/** 32-bit hash of a text (FNV-1a with a final avalanche); `salt` gives independent ones. */
export function hashText(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** sfc32 by Chris Doty-Humphrey, public domain: small, fast, passes PractRand. */
function sfc32(seed: string): () => number {
  let [a, b, c] = [hashText(seed, 1), hashText(seed, 2), hashText(seed, 3)] as [number, number, number];
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}
