import type { Household, PhoneOffer } from './actions.js';
import { ASSUMED } from './assumptions.js';
import { distanceOf } from './radio.js';
import type { Random } from './random.js';
import type { Point } from './scene.js';

/** A place to go to, and what happens there. */
export interface Stop {
  readonly at: Point;
  /** What is taken from the shelf on arrival. */
  readonly take?: { readonly sku: string; readonly pieces: number };
  readonly stayMs: number;
  /** Set for the last stop: where to pay. */
  readonly till?: string;
  /** Stay here until an offer arrives, at most `stayMs`. */
  readonly awaitsOffer?: boolean;
}

export interface Agent {
  readonly id: string;
  readonly random: Random;
  readonly household: Household | undefined;
  /** `undefined`: carries nothing that can be heard. */
  readonly tag: string | undefined;
  at: Point;
  heading: number;
  zone: string | undefined;
  readonly stops: Stop[];
  /** Corners still to be walked to the current stop. */
  path: Point[];
  /** When the stay at the current stop ends; `undefined` while walking. */
  leavesMs: number | undefined;
  nextReportMs: number;
  readonly basket: Map<string, number>;
  readonly offers: Map<string, PhoneOffer>;
  readonly seenDisplays: Set<string>;
}

export function newAgent(random: Random, who: Pick<Agent, 'id' | 'at' | 'household' | 'tag'>): Agent {
  return {
    ...who,
    random,
    heading: -Math.PI / 2,
    zone: undefined,
    stops: [],
    path: [],
    leavesMs: undefined,
    nextReportMs: random.next() * ASSUMED.reportMs,
    basket: new Map(),
    offers: new Map(),
    seenDisplays: new Set(),
  };
}

/** The corridor that all aisles open to; people walk along it rather than through shelves. */
export function pathBetween(from: Point, to: Point, corridorY: number): Point[] {
  if (distanceOf(from, to) < 3) return [to];
  return [[from[0], corridorY], [to[0], corridorY], to];
}

/** Walk for `ms`; true on arrival. */
export function walk(agent: Agent, ms: number): boolean {
  let left = (ms / 1000) * ASSUMED.walkingMetresPerS;
  for (let next = agent.path[0]; next !== undefined; next = agent.path[0]) {
    const metres = distanceOf(agent.at, next);
    if (metres > 0) agent.heading = Math.atan2(next[1] - agent.at[1], next[0] - agent.at[0]);
    if (metres > left) {
      const share = left / metres;
      agent.at = [
        agent.at[0] + (next[0] - agent.at[0]) * share,
        agent.at[1] + (next[1] - agent.at[1]) * share,
      ];
      return false;
    }
    left -= metres;
    agent.at = next;
    agent.path.shift();
  }
  return true;
}

export function stayMs(random: Random): number {
  return Math.round(
    1000 * Math.min(120, ASSUMED.stayMedianS * Math.exp(random.normal() * ASSUMED.staySpread)),
  );
}

/** A place near a shelf, so that people do not stand inside one another. */
export function beside(random: Random, [x, y]: Point): Point {
  return [x + (random.next() - 0.5) * 0.8, y + (random.next() - 0.5) * 0.8];
}
