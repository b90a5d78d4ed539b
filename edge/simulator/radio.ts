import { ASSUMED } from './assumptions.js';
import type { Parameters } from './parameters.js';
import { hashText, type Random } from './random.js';
import type { Placed, Point, Rectangle, Scene } from './scene.js';

/** What one listener reports of one tag. */
export interface Heard {
  readonly node: string;
  readonly rssi: number;
  readonly distance: number;
}

/**
 * Log-distance path loss with three kinds of disturbance: shadowing that stays the same at the same place, a body
 * and shelf rows in the way, and noise of the moment.
 */
export function createRadio(scene: Scene, parameters: Parameters, seed: string) {
  const { rssiAt1m, pathLossExponent, shadowingDb, noiseDb, carriedSpreadDb } = parameters.radio;
  // What carrying adds to the spread is the body; its loss is that spread over the one of bodyShade.
  const bodySpread = Math.sqrt(Math.max(0, carriedSpreadDb ** 2 - shadowingDb ** 2 - noiseDb ** 2));
  const bodyDb = bodySpread / BODY_SHADE_SPREAD;
  const strength = (node: Placed, at: Point, heading: number, random: Random): number => {
    const metres = Math.max(1, distanceOf(node.at, at));
    const rows = scene.rows.filter((row) => crosses(row, node.at, at)).length;
    return (
      rssiAt1m -
      10 * pathLossExponent * Math.log10(metres) -
      rows * ASSUMED.shelfDb -
      bodyDb * bodyShade(node.at, at, heading) +
      shadowing(seed, node.id, at) * shadowingDb +
      random.normal() * noiseDb
    );
  };
  return {
    /** Every listener in range, in the order of the configuration. */
    hear(at: Point, heading: number, random: Random): readonly Heard[] {
      return scene.nodes
        .filter((node) => distanceOf(node.at, at) <= ASSUMED.hearingMetres)
        .map((node) => {
          const rssi = Math.round(Math.max(-110, Math.min(-20, strength(node, at, heading, random))));
          const guess = 10 ** ((rssiAt1m - rssi) / (10 * pathLossExponent));
          return { node: node.id, rssi, distance: Math.round(Math.min(guess, 100) * 100) / 100 };
        });
    },
  };
}
export type Radio = ReturnType<typeof createRadio>;

export function distanceOf([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(ax - bx, ay - by);
}

/** Spread of max(0, cos) over all directions: the root of 1/4 - 1/π². */
const BODY_SHADE_SPREAD = 0.386;

/** 1 with the listener straight behind, 0 from the side on; the tag is carried in front. */
function bodyShade([nx, ny]: Point, [x, y]: Point, heading: number): number {
  return Math.max(0, -Math.cos(Math.atan2(ny - y, nx - x) - heading));
}

/** Standard normal of a square metre as one listener hears it: the same each time, unlike noise. */
function shadowing(seed: string, node: string, [x, y]: Point): number {
  const cell = `${seed}/${node}/${Math.floor(x)}/${Math.floor(y)}`;
  const [u, v] = [hashText(cell, 11), hashText(cell, 12)].map((hash) => (hash + 0.5) / 4_294_967_296);
  return Math.sqrt(-2 * Math.log(u ?? 0.5)) * Math.cos(2 * Math.PI * (v ?? 0.5));
}

/** True when the straight line between two places passes through a rectangle (Liang-Barsky clipping). */
export function crosses({ at, size }: Rectangle, [ax, ay]: Point, [bx, by]: Point): boolean {
  let enter = 0;
  let leave = 1;
  for (const [start, delta, low, high] of [
    [ax, bx - ax, at[0], at[0] + size[0]],
    [ay, by - ay, at[1], at[1] + size[1]],
  ] as const) {
    if (delta === 0) {
      if (start < low || start > high) return false;
      continue;
    }
    const [near, far] = delta > 0 ? [low, high] : [high, low];
    enter = Math.max(enter, (near - start) / delta);
    leave = Math.min(leave, (far - start) / delta);
  }
  return enter < leave;
}
