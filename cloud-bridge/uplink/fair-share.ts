import type { Lane } from '../../edge/contracts/index.js';

/** Shares of the link. P0 is served strictly first and takes no turn here. */
export const LANE_WEIGHTS: Readonly<Record<Lane, number>> = { P0: 8, P1: 4, P2: 2, P3: 1 };

const QUANTUM_BYTES = 16 * 1024;

/** Deficit round robin: over time each lane with something to send gets bytes in proportion to its weight. */
export interface FairShare {
  /** Whose turn it is among those that have something to send. */
  next(ready: readonly Lane[]): Lane | undefined;
  /** What the turn really took. */
  charge(lane: Lane, bytes: number): void;
}

export function createFairShare(lanes: readonly Lane[]): FairShare {
  const credit = new Map<Lane, number>(lanes.map((lane) => [lane, 0]));
  const creditOf = (lane: Lane) => credit.get(lane) ?? 0;
  let turn = 0;
  return {
    next(ready) {
      for (const lane of lanes) {
        // Who has nothing to send saves nothing up, and owes nothing for ever.
        if (!ready.includes(lane)) credit.set(lane, 0);
      }
      if (!lanes.some((lane) => ready.includes(lane))) return undefined;
      for (;;) {
        const lane = lanes[turn] as Lane;
        if (ready.includes(lane) && creditOf(lane) > 0) return lane;
        turn = (turn + 1) % lanes.length;
        const arrived = lanes[turn] as Lane;
        credit.set(arrived, creditOf(arrived) + LANE_WEIGHTS[arrived] * QUANTUM_BYTES);
      }
    },
    charge(lane, bytes) {
      credit.set(lane, creditOf(lane) - bytes);
    },
  };
}
