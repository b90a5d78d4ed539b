/** A number from 0 to 1, seeded. */
export type Chance = () => number;

export const pick = <T>(chance: Chance, from: readonly T[]): T => from[Math.floor(chance() * from.length)]!;
const below = (chance: Chance, most: number): number => Math.floor(chance() * most);

type Mutation = (frame: Buffer, chance: Chance, others: readonly Buffer[]) => Buffer;

const REPEATS_MAX = 60;

/** What goes wrong on a wire, or is made to. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flip(frame, chance) {
    const wrong = Buffer.from(frame);
    for (let flips = 1 + below(chance, 4); flips > 0; flips--)
      wrong[below(chance, wrong.length)]! ^= 1 << below(chance, 8);
    return wrong;
  },
  /** Where texts and payloads are, so that the frame around them stays whole. */
  flipLate(frame, chance) {
    const wrong = Buffer.from(frame);
    const from = Math.floor(wrong.length / 2);
    wrong[from + below(chance, wrong.length - from)] = below(chance, 256);
    return wrong;
  },
  truncate: (frame, chance) => frame.subarray(0, 1 + below(chance, frame.length)),
  /** Lengths stand near the beginning, in MQTT as in a WebSocket frame. */
  lie(frame, chance) {
    const wrong = Buffer.from(frame);
    wrong[Math.min(wrong.length - 1, 1 + below(chance, 4))] = below(chance, 256);
    return wrong;
  },
  /** Every number in a text may be a length. */
  lieInText: (frame, chance) =>
    Buffer.from(
      frame.toString('latin1').replace(/\d+/g, (n) => (chance() < 0.3 ? String(below(chance, 1e12)) : n)),
      'latin1',
    ),
  splice(frame, chance, others) {
    const other = pick(chance, others);
    return Buffer.concat([
      frame.subarray(0, below(chance, frame.length)),
      other.subarray(below(chance, other.length)),
    ]);
  },
  repeat(frame, chance) {
    const from = below(chance, frame.length);
    const part = frame.subarray(from, from + 1 + below(chance, 40));
    const many = Array.from({ length: 1 + below(chance, REPEATS_MAX) }, () => part);
    return Buffer.concat([frame.subarray(0, from), ...many, frame.subarray(from)]);
  },
  insert(frame, chance) {
    const at = below(chance, frame.length);
    const noise = Buffer.from(Array.from({ length: 1 + below(chance, 16) }, () => below(chance, 256)));
    return Buffer.concat([frame.subarray(0, at), noise, frame.subarray(at)]);
  },
};
const ALL = Object.values(MUTATIONS);

/** A valid frame made wrong in one or two ways; never empty. */
export function mutated(frames: readonly Buffer[], chance: Chance): Buffer {
  const once = pick(chance, ALL)(pick(chance, frames), chance, frames);
  const wrong = chance() < 0.3 && once.length > 1 ? pick(chance, ALL)(once, chance, frames) : once;
  return wrong.length === 0 ? Buffer.from([0]) : wrong;
}
