/**
 * What is on at a moment: a pure function of the slides, one anchor and the time, so that two screens which agree on
 * the time agree on the picture without ever talking to one another, and a screen that starts anew goes on where it was.
 */
import type { Slide } from '../../edge/contracts/index.js';
import { inHours, type WallClock } from './wall-clock.js';

/** Slide number `slide` began a turn at `atMs`. */
export interface Anchor {
  readonly atMs: number;
  readonly slide: number;
}

/** One place of the rotation, once round. */
export interface Turn {
  /** Place in the whole list of slides. */
  readonly slide: number;
  readonly startMs: number;
  readonly endMs: number;
}

const MINUTE_MS = 60_000;
const SHORTEST_S = 3;
/** Hours repeat every week: an edge further back than this is none. */
const BACK_MINUTES = 8 * 1_440;
const EDGES_HELD = 8;

const lengthMs = (slide: Slide): number => Math.max(SHORTEST_S, slide.seconds) * 1_000;

/** Places whose hours it is. Stock and validity do not count: other screens of the group would not know of them. */
function placesAt(slides: readonly Slide[], local: ReturnType<WallClock>): readonly number[] {
  return slides.flatMap(({ dayparts }, place) => (inHours(dayparts, local) ? [place] : []));
}

/** When the hours of some slide last began or ended, at a whole minute after `notBeforeMs`. */
function lastEdgeMs(
  slides: readonly Slide[],
  atMs: number,
  clock: WallClock,
  notBeforeMs: number,
): number | undefined {
  if (slides.every(({ dayparts }) => dayparts === undefined)) return undefined;
  const now = placesAt(slides, clock(atMs)).join();
  const last = Math.floor(atMs / MINUTE_MS);
  const first = Math.max(last - BACK_MINUTES, Math.floor(notBeforeMs / MINUTE_MS));
  for (let minute = last; minute > first; minute -= 1) {
    if (placesAt(slides, clock((minute - 1) * MINUTE_MS)).join() !== now) return minute * MINUTE_MS;
  }
  return undefined;
}

export type Turns = (slides: readonly Slide[], anchor: Anchor, atMs: number) => Turn | undefined;

/** The turn that is on at `atMs`; nothing where no slide has its hours. Remembers the edges of the last minutes. */
export function createTurns(clock: WallClock): Turns {
  let known:
    | { readonly slides: readonly Slide[]; readonly edges: Map<number, number | undefined> }
    | undefined;
  const edgeMs = (slides: readonly Slide[], anchor: Anchor, atMs: number): number | undefined => {
    if (known?.slides !== slides || known.edges.size > EDGES_HELD) known = { slides, edges: new Map() };
    const minute = Math.floor(atMs / MINUTE_MS);
    if (!known.edges.has(minute)) known.edges.set(minute, lastEdgeMs(slides, atMs, clock, anchor.atMs));
    return known.edges.get(minute);
  };
  return (slides, anchor, atMs) => {
    const places = placesAt(slides, clock(atMs));
    if (places.length === 0) return undefined;
    const edge = edgeMs(slides, anchor, atMs);
    return turnOf(slides, places, { from: edge === undefined ? anchor : { atMs: edge, slide: 0 }, atMs });
  };
}

function turnOf(
  slides: readonly Slide[],
  places: readonly number[],
  { from, atMs }: { readonly from: Anchor; readonly atMs: number },
): Turn | undefined {
  const cycleMs = places.reduce((sum, place) => sum + lengthMs(slides[place]!), 0);
  const first = Math.max(
    0,
    places.findIndex((place) => place >= from.slide),
  );
  let startMs = from.atMs + Math.floor((atMs - from.atMs) / cycleMs) * cycleMs;
  for (let step = 0; step < places.length; step += 1) {
    const slide = places[(first + step) % places.length]!;
    const endMs = startMs + lengthMs(slides[slide]!);
    if (atMs < endMs) return { slide, startMs, endMs };
    startMs = endMs;
  }
  return undefined;
}

/** The next slide, from a place on, that may be shown; the place's own one first. */
export function showableFrom(
  slides: readonly Slide[],
  place: number,
  mayShow: (slide: Slide) => boolean,
): Slide | undefined {
  for (let step = 0; step < slides.length; step += 1) {
    const slide = slides[(place + step) % slides.length]!;
    if (mayShow(slide)) return slide;
  }
  return undefined;
}
