import type { Dot, StorePolicy, Zone } from '../../../edge/contracts/index.js';

type Point = readonly [number, number];

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function boxOf(polygon: readonly Point[]): Box {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function contains(polygon: readonly Point[], { x, y }: Dot): boolean {
  let inside = false;
  polygon.forEach(([ax, ay], index) => {
    const [bx, by] = polygon[(index + polygon.length - 1) % polygon.length] ?? [ax, ay];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}

/** Id of the first drawn zone that holds the dot. */
export function zoneAt(zones: readonly Zone[], dot: Dot): string | undefined {
  return zones.find((zone) => zone.polygon !== undefined && contains(zone.polygon, dot))?.id;
}

const NEAR = 0.05;
const isOn = (a: Point, b: Point, p: Point): boolean => {
  const cross = Math.abs((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]));
  const dot = (p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1]);
  const length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2;
  return cross < NEAR * Math.sqrt(length) && dot > 0 && dot < length;
};

/** Borders between zones, each piece once, without those that lie on the outer wall. */
export function innerBorders(zones: readonly Zone[], floor: { widthM: number; heightM: number }): string {
  const corners = zones.flatMap((zone) => zone.polygon ?? []);
  const pieces = new Map<string, string>();
  for (const { polygon = [] } of zones) {
    polygon.forEach((a, index) => {
      const b = polygon[(index + 1) % polygon.length] ?? a;
      const along = (p: Point): number => (p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1]);
      const stops = [
        a,
        ...corners.filter((corner) => isOn(a, b, corner)).sort((p, q) => along(p) - along(q)),
        b,
      ];
      stops.slice(1).forEach((to, step) => {
        const from = stops[step] ?? a;
        if (!onWall(from, to, floor)) pieces.set(keyOf(from, to), `M${from[0]} ${from[1]}L${to[0]} ${to[1]}`);
      });
    });
  }
  return [...pieces.values()].join('');
}

function keyOf(a: Point, b: Point): string {
  return [a, b]
    .map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`)
    .sort()
    .join(' ');
}

function onWall(a: Point, b: Point, floor: { widthM: number; heightM: number }): boolean {
  const along = (axis: 0 | 1, at: number): boolean =>
    Math.abs(a[axis] - at) < NEAR && Math.abs(b[axis] - at) < NEAR;
  return along(0, 0) || along(0, floor.widthM) || along(1, 0) || along(1, floor.heightM);
}

/** An opening of the outer wall, as a stretch of its lower side. */
export interface Door {
  readonly way: 'in' | 'out';
  readonly from: number;
  readonly to: number;
}

/** In under the entrance, out behind the tills. */
export function doors(zones: readonly Zone[]): readonly Door[] {
  return zones.flatMap(({ polygon, kind }): Door[] => {
    if (polygon === undefined) return [];
    const { left, right } = boxOf(polygon);
    const width = right - left;
    if (kind === 'entrance') return [{ way: 'in', from: left + width * 0.22, to: left + width * 0.49 }];
    if (kind === 'checkout') return [{ way: 'out', from: right - width * 0.195, to: right - width * 0.07 }];
    return [];
  });
}

/** The outer wall as a path with its doors left open. */
export function wallPath(floor: { widthM: number; heightM: number }, open: readonly Door[]): string {
  const { widthM: w, heightM: h } = floor;
  const gaps = [...open].sort((a, b) => b.from - a.from);
  let path = `M0 ${h}`;
  if (gaps.length === 0) return `M0 0H${w}V${h}H0Z`;
  const last = gaps.at(-1);
  path = `M${last?.from ?? 0} ${h}H0V0H${w}V${h}`;
  gaps.forEach((gap, index) => {
    path += `H${gap.to}`;
    const next = gaps[index + 1];
    if (next !== undefined) path += `M${gap.from} ${h}`;
  });
  return path;
}

const BESIDE_M = 0.4;
/** Where the name of a zone stands. */
const CAPTION_M = { wide: 6.6, high: 2.8 };

/** Where words stand on the plan: the name of each zone, and of each screen below its bar. */
function wordsOf(policy: StorePolicy): readonly Box[] {
  const zones = policy.zones.flatMap(({ polygon }) => {
    if (polygon === undefined) return [];
    const { left, top } = boxOf(polygon);
    return [{ left, top, right: left + CAPTION_M.wide, bottom: top + CAPTION_M.high }];
  });
  const screens = policy.screens.flatMap(({ at }) =>
    at === undefined
      ? []
      : [{ left: at[0] - 1.6, top: at[1] - 0.4, right: at[0] + 1.6, bottom: at[1] + 1.5 }],
  );
  return [...zones, ...screens];
}

/**
 * A dot's place inside its zone is made up anyway; this one is moved off the furniture, the walls and the words,
 * because people do not stand in shelves.
 */
export function onTheFloor(dot: Dot, policy: StorePolicy, floor: { widthM: number; heightM: number }): Dot {
  let { x, y } = dot;
  for (const {
    at: [left, top],
    size: [width, height],
  } of policy.fixtures ?? []) {
    const [right, bottom] = [left + width, top + height];
    if (x < left - BESIDE_M || x > right + BESIDE_M || y < top - BESIDE_M || y > bottom + BESIDE_M) continue;
    const ways = [
      { by: x - left, to: { x: left - BESIDE_M, y } },
      { by: right - x, to: { x: right + BESIDE_M, y } },
      { by: y - top, to: { x, y: top - BESIDE_M } },
      { by: bottom - y, to: { x, y: bottom + BESIDE_M } },
    ];
    ({ x, y } = ways.reduce((best, way) => (way.by < best.by ? way : best)).to);
  }
  for (const { left, top, right, bottom } of wordsOf(policy)) {
    if (x >= left && x < right && y >= top && y < bottom) y = bottom;
  }
  const within = (value: number, most: number): number => Math.min(Math.max(value, 0.6), most - 0.6);
  return { x: within(x, floor.widthM), y: within(y, floor.heightM) };
}
