import type { Dot, StorePolicy, ZoneNow } from '../../contracts/index.js';
import type { Derived } from '../derived.js';
import { silentSinceMs } from '../devices/heard.js';
import type { CoreState } from '../state.js';
import { isoOf, MINUTE_MS } from '../time.js';

const RECENT_MS = 15 * MINUTE_MS;
const DOTS_MAX = 300;

/** The floor for the staff page: how many where, and dots that say where but never who. */
export function floorNow(
  state: CoreState,
  derived: Derived,
  atMs: number,
): { zones: readonly ZoneNow[]; dots: readonly Dot[] } {
  const zones = state.setup.policy?.zones ?? [];
  const dots: Dot[] = [];
  const rows = zones.map((zone) => {
    const present = [...(derived.occupants.get(zone.id) ?? [])];
    for (const key of present.slice(0, DOTS_MAX)) {
      const dot = dotIn(zone.polygon, `${key}|${zone.id}|${state.presence.visitors.get(key)?.sinceMs ?? 0}`);
      if (dot !== undefined) dots.push(dot);
    }
    const flow = state.presence.flow.get(zone.id) ?? { in: 0, out: 0 };
    const people = Math.max(present.length, flow.in - flow.out);
    const silent = silentSinceMs(state, zone.id, atMs);
    return {
      zone: zone.id,
      people,
      stayMinutes: medianStay(state, present, { zone: zone.id, atMs }),
      ...(silent === undefined ? {} : { silentSince: isoOf(silent) }),
    };
  });
  return { zones: rows, dots: dots.slice(0, DOTS_MAX) };
}

function medianStay(
  state: CoreState,
  present: readonly string[],
  where: { zone: string; atMs: number },
): number {
  const since = (key: string) => state.presence.visitors.get(key)?.sinceMs ?? where.atMs;
  const stays = present.map((key) => where.atMs - since(key));
  for (const [endedMs, stayMs] of state.presence.stays.get(where.zone) ?? []) {
    if (endedMs + RECENT_MS >= where.atMs) stays.push(stayMs);
  }
  if (stays.length === 0) return 0;
  stays.sort((left, right) => left - right);
  const median = stays[Math.floor(stays.length / 2)] ?? 0;
  return Math.round((median / MINUTE_MS) * 10) / 10;
}

type Polygon = NonNullable<StorePolicy['zones'][number]['polygon']>;

const TRIES = 32;

/** A place inside the polygon that stays the same for one visit and says nothing about where the person stands. */
function dotIn(polygon: Polygon | undefined, seed: string): Dot | undefined {
  if (polygon === undefined) return undefined;
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  let hash = fnv1a(seed);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    hash = scramble(hash + attempt);
    const x = left + ((hash & 0xffff) / 0xffff) * width;
    const y = top + ((hash >>> 16) / 0xffff) * height;
    if (contains(polygon, x, y)) return { x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100 };
  }
  return { x: left + width / 2, y: top + height / 2 };
}

function contains(polygon: Polygon, x: number, y: number): boolean {
  let inside = false;
  for (let index = 0; index < polygon.length; index += 1) {
    const [x1, y1] = polygon[index]!;
    const [x2, y2] = polygon[(index + polygon.length - 1) % polygon.length]!;
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
