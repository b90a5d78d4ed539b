import { contours } from 'd3-contour';
import type { Dot, ZoneNow } from '../../../edge/contracts/index.js';

/**
 * Dwell as iso-bands. The value at a place is the stay of the people around it (their zones' minutes, weighted by
 * nearness), faded to nothing where nobody stands: so a band never claims more minutes than its zone reports.
 */

/** Where a darker band begins; the swatches of the legend carry these numbers. */
export interface HeatScale {
  readonly unit: 'min' | 's';
  readonly steps: readonly number[];
}
const IN_MINUTES: HeatScale = { unit: 'min', steps: [1, 3, 5, 7] };
/** Where nobody stays a minute anywhere, minutes would show an empty floor. */
const IN_SECONDS: HeatScale = { unit: 's', steps: [10, 20, 30, 45] };

export function heatScale(zones: readonly ZoneNow[]): HeatScale {
  const most = Math.max(0, ...zones.map((zone) => zone.stayMinutes));
  return most < 1 && most > 0 ? IN_SECONDS : IN_MINUTES;
}

export interface Floor {
  readonly widthM: number;
  readonly heightM: number;
}
export interface StayAt extends Dot {
  readonly minutes: number;
}

const REACH_M = 2.4;
const CELL_M = 0.4;

/** Each dot with the stay of the zone that `zoneAt` says it is in. */
export function staysOf(
  dots: readonly Dot[],
  zones: readonly ZoneNow[],
  zoneAt: (dot: Dot) => string | undefined,
): readonly StayAt[] {
  const minutes = new Map(zones.map((zone) => [zone.zone, zone.stayMinutes]));
  return dots.map((dot) => ({ ...dot, minutes: minutes.get(zoneAt(dot) ?? '') ?? 0 }));
}

function valueAt(x: number, y: number, stays: readonly StayAt[]): number {
  let weight = 0;
  let weighted = 0;
  for (const stay of stays) {
    const distance = ((x - stay.x) ** 2 + (y - stay.y) ** 2) / (2 * REACH_M ** 2);
    if (distance > 6) continue;
    const near = Math.exp(-distance);
    weight += near;
    weighted += near * stay.minutes;
  }
  return weight === 0 ? 0 : (weighted / weight) * (1 - Math.exp(-1.8 * weight));
}

export interface HeatBand {
  readonly from: number;
  /** SVG path in metres. */
  readonly path: string;
}

function ringPath(ring: readonly (readonly number[])[]): string {
  const points = ring.map(([x, y]) => `${((x ?? 0) * CELL_M).toFixed(2)} ${((y ?? 0) * CELL_M).toFixed(2)}`);
  return `M${points.join('L')}Z`;
}

export function heatBands(stays: readonly StayAt[], floor: Floor, scale: HeatScale): readonly HeatBand[] {
  const perMinute = scale.unit === 's' ? 60 : 1;
  const columns = Math.ceil(floor.widthM / CELL_M);
  const rows = Math.ceil(floor.heightM / CELL_M);
  const values = Array.from({ length: columns * rows }, (_, cell) =>
    valueAt(((cell % columns) + 0.5) * CELL_M, (Math.floor(cell / columns) + 0.5) * CELL_M, stays),
  );
  const bands = contours()
    .size([columns, rows])
    .thresholds(scale.steps.map((step) => step / perMinute))(values);
  return bands.map((band, index) => ({
    from: scale.steps[index] ?? 0,
    path: band.coordinates.flatMap((polygon) => polygon.map(ringPath)).join(''),
  }));
}
