/** Which slide begins when: one instant and one place, from which every player reckons the rest. Pure. */
import type { SignageContent, Slide } from '../contracts/index.js';

export interface Anchor {
  readonly atMs: number;
  /** Place in the list of slides that began at `atMs`. */
  readonly slide: number;
}

export interface Timeline {
  readonly anchor: Anchor;
  readonly slides: readonly Slide[];
}

/** All screens of a group reckon from here, so that they agree without ever having met. */
const SHARED: Anchor = { atMs: 0, slide: 0 };

/** What is new begins at once; else what is on goes on, and what has gone makes way for the one after it. */
export function anchorFor(
  before: Timeline | undefined,
  slides: readonly Slide[],
  moment: { readonly nowMs: number; readonly grouped: boolean },
): Anchor {
  if (moment.grouped) return SHARED;
  const { nowMs } = moment;
  if (before === undefined) return { atMs: nowMs, slide: 0 };
  if (isSameRotation(before.slides, slides)) return before.anchor;
  const known = new Set(before.slides.map(({ contentId }) => contentId));
  const fresh = slides.findIndex(({ contentId }) => !known.has(contentId));
  if (fresh >= 0) return { atMs: nowMs, slide: fresh };
  const on = turnOf(before, nowMs);
  for (let ahead = 0; ahead < before.slides.length; ahead += 1) {
    const { contentId } = before.slides[(on.slide + ahead) % before.slides.length]!;
    const slide = slides.findIndex((candidate) => candidate.contentId === contentId);
    if (slide >= 0) return { atMs: ahead === 0 ? on.atMs : nowMs, slide };
  }
  return { atMs: nowMs, slide: 0 };
}

export function anchorOf({ atMs, slide }: Anchor): NonNullable<SignageContent['anchor']> {
  return { at: new Date(atMs).toISOString(), slide };
}

function isSameRotation(left: readonly Slide[], right: readonly Slide[]): boolean {
  return (
    left.length === right.length &&
    left.every(
      ({ contentId, seconds }, place) =>
        contentId === right[place]!.contentId && seconds === right[place]!.seconds,
    )
  );
}

/** The turn that is on at `nowMs`, all slides counted. */
function turnOf({ anchor, slides }: Timeline, nowMs: number): Anchor {
  const cycleMs = slides.reduce((sum, { seconds }) => sum + seconds * 1_000, 0);
  if (cycleMs <= 0) return { atMs: nowMs, slide: 0 };
  let atMs = anchor.atMs + Math.floor((nowMs - anchor.atMs) / cycleMs) * cycleMs;
  for (let step = 0; step < slides.length; step += 1) {
    const slide = (anchor.slide + step) % slides.length;
    const endMs = atMs + slides[slide]!.seconds * 1_000;
    if (nowMs < endMs) return { atMs, slide };
    atMs = endMs;
  }
  return anchor;
}
