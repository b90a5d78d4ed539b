import type { StorePolicy } from '../../../edge/contracts/index.js';
import { type Box, boxOf } from './geometry.js';

/** How wide each name may stand on the plan, in metres, so that no two ever lie on one another. */
export interface LabelRoom {
  readonly zones: ReadonlyMap<string, number>;
  readonly screens: ReadonlyMap<string, number>;
}

/** Heights that words take on the narrowest plan that shows them, and the room between two of them. */
const CAPTION_M = 3.2;
const SCREEN_M = { above: 0.5, below: 1.7, belowSilent: 2.6 };
const GAP_M = 0.4;
/** What a screen's name gets at least beside the name of a zone: a part of a name is better than none. */
const LEAST_M = 2.4;

/** About how wide a letter is, and how many of them say that a screen is silent. */
const LETTER_M = 0.4;
const SILENT_LETTERS = 15;

interface Placed {
  readonly id: string;
  readonly wordsM: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

const meet = (a: { top: number; bottom: number }, b: { top: number; bottom: number }): boolean =>
  a.top < b.bottom && b.top < a.bottom;

function placedScreens(policy: StorePolicy, silent: ReadonlySet<string>): readonly Placed[] {
  return policy.screens.flatMap(({ id, name, at }) => {
    if (at === undefined) return [];
    const letters = (name ?? id).length + (silent.has(id) ? SILENT_LETTERS : 0);
    const [x, y] = at;
    const below = silent.has(id) ? SCREEN_M.belowSilent : SCREEN_M.below;
    return [{ id, x, top: y - SCREEN_M.above, bottom: y + below, wordsM: letters * LETTER_M }];
  });
}

/** Half of the way to the nearest screen beside it, and never beyond the plan. */
function screenWidth(screen: Placed, screens: readonly Placed[], widthM: number): number {
  const others = screens.filter((other) => other !== screen && meet(other, screen));
  const toOthers = others.map(({ x }) => Math.abs(x - screen.x) - GAP_M);
  return Math.min(2 * screen.x - GAP_M, 2 * (widthM - screen.x) - GAP_M, ...toOthers);
}

/** A zone's name begins at its corner and ends before the first screen that stands in its line. */
function zoneWidth(box: Box, screens: readonly Placed[], widths: ReadonlyMap<string, number>): number {
  const line = { top: box.top, bottom: box.top + CAPTION_M };
  const starts = screens
    .filter((screen) => meet(screen, line))
    .map((screen) => screen.x - Math.min(screen.wordsM, widths.get(screen.id) ?? 0) / 2)
    .filter((left) => left > box.left && left < box.right);
  return Math.min(box.right, ...starts.map((left) => left - GAP_M)) - box.left;
}

/** `silent`: screens whose name is followed by how long they have been. */
export function labelRoom(
  policy: StorePolicy,
  floor: { widthM: number },
  silent: ReadonlySet<string>,
): LabelRoom {
  const screens = placedScreens(policy, silent);
  const boxes = policy.zones.flatMap(({ id, polygon }) =>
    polygon === undefined ? [] : [{ id, box: boxOf(polygon) }],
  );
  const widths = new Map<string, number>();
  for (const screen of screens) {
    const free = screenWidth(screen, screens, floor.widthM);
    const inLine = boxes.filter(({ box }) => meet(screen, { top: box.top, bottom: box.top + CAPTION_M }));
    // Half of what lies between the corner of a zone and the screen belongs to the name of the zone.
    const shared = inLine
      .filter(({ box }) => screen.x > box.left && screen.x < box.right)
      .map(({ box }) => screen.x - box.left);
    const beside = inLine
      .filter(({ box }) => box.left > screen.x)
      .map(({ box }) => 2 * (box.left - screen.x) - GAP_M);
    widths.set(screen.id, Math.max(Math.min(free, ...shared, ...beside), Math.min(free, LEAST_M)));
  }
  return {
    screens: widths,
    zones: new Map(boxes.map(({ id, box }) => [id, zoneWidth(box, screens, widths)])),
  };
}
