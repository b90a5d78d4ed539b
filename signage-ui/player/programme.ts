/** From content and time to what is on: looked at again at every turn, every whole second and every change. */
import { signal } from '@preact/signals';
import type { SignageContent, Slide } from '../../edge/contracts/index.js';
import type { Media } from './media.js';
import { anchorOf, isTrue, type OnShow } from './playlist.js';
import { createTurns, showableFrom, type Turns } from './timeline.js';
import { inHours, nextHours, type WallClock, wallClockOf } from './wall-clock.js';

/** What is on: one slide for one turn, and what comes after it, so that it can be drawn before it is due. */
export interface Showing {
  readonly slide: Slide;
  readonly startMs: number;
  readonly endMs: number;
  readonly next: Slide;
  /** Of the content that holds it. */
  readonly revision?: number;
}
export interface Asleep {
  /** Epoch ms of the store; absent where no morning is in sight. */
  readonly untilMs?: number;
}

/** Hours begin at whole minutes: all screens look at the same moments, and see the same. */
const LOOK_MS = 1_000;
/** A better estimate of the clock must not turn a picture back that has just changed. */
const TURN_BACK_MS = 500;

export interface ProgrammeDeps {
  readonly nowMs: () => number;
  readonly media: Pick<Media, 'ready'>;
  /** The shop's own pictures that ship with the player. */
  readonly builtIn: (content: SignageContent | undefined) => readonly Slide[];
}

export function createProgramme({ nowMs: now, media, builtIn }: ProgrammeDeps) {
  const content = signal<SignageContent | undefined>(undefined);
  const showing = signal<Showing | undefined>(undefined);
  const asleep = signal<Asleep | undefined>(undefined);
  let wall = wallClockOf('UTC');
  let turns = createTurns(wall);
  let anchor = { atMs: 0, slide: 0 };
  let onShow: OnShow | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const mayShow =
    (atMs: number) =>
    (slide: Slide): boolean =>
      isTrue(slide, atMs) &&
      inHours(slide.dayparts, wall(atMs)) &&
      (slide.media === undefined || media.ready.value.has(slide.media));

  const look = (): void => {
    const nowMs = now();
    clearTimeout(timer);
    timer = setTimeout(look, LOOK_MS - (nowMs % LOOK_MS));
    const sleep = asleepAt(content.value, nowMs, wall);
    if (sleep?.untilMs !== asleep.value?.untilMs || (sleep === undefined) !== (asleep.value === undefined)) {
      asleep.value = sleep;
    }
    const slides = content.value?.slides ?? [];
    const found = findShowing({ slides, anchor, nowMs, turns, mayShow, builtIn: builtIn(content.value) });
    if (found === undefined || turnsBack(showing.value, found, nowMs)) return;
    onShow = { slides, anchor, contentId: found.slide.contentId, startMs: found.startMs };
    if (!isSame(showing.value, found)) showing.value = { ...found, ...revisionOf(content.value) };
    if (found.endMs - nowMs >= LOOK_MS - (nowMs % LOOK_MS)) return;
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(1, found.endMs - nowMs));
  };
  media.ready.subscribe(() => look());
  return {
    content,
    showing,
    asleep,
    look,
    change(next: SignageContent | undefined): void {
      if (next !== undefined) {
        anchor = anchorOf(next, onShow, now());
        if (next.timeZone !== content.value?.timeZone) {
          wall = wallClockOf(next.timeZone);
          turns = createTurns(wall);
        }
      }
      content.value = next;
      look();
    },
  };
}

const revisionOf = (content: SignageContent | undefined): Pick<Showing, 'revision'> =>
  content === undefined ? {} : { revision: content.revision };

function asleepAt(content: SignageContent | undefined, nowMs: number, wall: WallClock): Asleep | undefined {
  if (content?.awake === undefined || inHours(content.awake, wall(nowMs))) return undefined;
  const untilMs = nextHours(content.awake, nowMs, wall);
  return untilMs === undefined ? {} : { untilMs };
}

interface Looking {
  readonly slides: readonly Slide[];
  readonly anchor: { readonly atMs: number; readonly slide: number };
  readonly nowMs: number;
  readonly turns: Turns;
  readonly mayShow: (atMs: number) => (slide: Slide) => boolean;
  readonly builtIn: readonly Slide[];
}

/** The playlist's slide, or where it has none to show, the shop's own picture. */
function findShowing({ slides, anchor, nowMs, turns, mayShow, builtIn }: Looking): Showing | undefined {
  const turn = turns(slides, anchor, nowMs);
  const slide = turn && showableFrom(slides, turn.slide, mayShow(nowMs));
  if (turn === undefined || slide === undefined) {
    const own = turns(builtIn, { atMs: 0, slide: 0 }, nowMs);
    if (own === undefined) return undefined;
    const { startMs, endMs } = own;
    return { slide: builtIn[own.slide]!, startMs, endMs, next: builtIn[(own.slide + 1) % builtIn.length]! };
  }
  const after = turns(slides, anchor, turn.endMs);
  const next = after && showableFrom(slides, after.slide, mayShow(turn.endMs));
  return { slide, startMs: turn.startMs, endMs: turn.endMs, next: next ?? slide };
}

const isSame = (left: Showing | undefined, right: Showing): boolean =>
  left?.slide === right.slide && left.startMs === right.startMs && left.next === right.next;

function turnsBack(before: Showing | undefined, found: Showing, nowMs: number): boolean {
  return (
    before !== undefined &&
    before.next === found.slide &&
    found.startMs < before.startMs &&
    before.startMs - nowMs < TURN_BACK_MS &&
    before.startMs > nowMs
  );
}
