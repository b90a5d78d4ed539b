import type { PlaylistItem } from '../../../edge/contracts/index.js';

/** Somebody changed the list between the look at it and the wish to change it. */
export class ListChanged extends Error {}

/** Puts back what was before; resolves with words that say so. */
export type Undo = () => Promise<string>;

export type Items = readonly PlaylistItem[];
/** What a screen plays that was given no playlist. */
export const PLAIN: Items = [{ show: 'offer' }];

/**
 * Changes of a list as it is now, by a person who saw `seen` at `place`. Throws ListChanged where something else
 * stands there by now: nobody's change of a moment ago is undone by an old picture of the list.
 */
export function moved(items: Items, place: number, { seen, by }: { seen: PlaylistItem; by: 1 | -1 }): Items {
  check(items, place, seen);
  const to = place + by;
  if (items[to] === undefined) throw new ListChanged();
  const rest = items.filter((_, index) => index !== place);
  return [...rest.slice(0, to), seen, ...rest.slice(to)];
}

export function replaced(
  items: Items,
  place: number,
  { seen, next }: { seen: PlaylistItem; next: PlaylistItem },
): Items {
  check(items, place, seen);
  return items.map((item, index) => (index === place ? next : item));
}

export function removed(items: Items, place: number, seen: PlaylistItem): Items {
  check(items, place, seen);
  return items.filter((_, index) => index !== place);
}

function check(items: Items, place: number, seen: PlaylistItem): void {
  const order = (item: PlaylistItem | undefined): string =>
    JSON.stringify(Object.entries(item ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)));
  if (order(items[place]) !== order(seen)) throw new ListChanged();
}
