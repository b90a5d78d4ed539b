/**
 * Proof of play: what a screen says it showed, checked against what it was given, by this run or an earlier one: a
 * player keeps playing while the store is away, and reports when it is back, whatever its playlist says by then.
 */

import {
  isInstant,
  isType,
  RefusalError,
  type RefusalReason,
  type SignageShown,
  type Slide,
} from '../contracts/index.js';
import type { Clock, Draft, Gate } from '../ports.js';
import type { Journal } from '../store/types.js';
import { createGiven, type GivenDeps, type GivenItem } from './given.js';

/** `PlayUnknown` and `SchemaMismatch` are final; whatever else is refused may be told again. */
export type PlayAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: RefusalReason };

export interface Plays {
  /** These may be shown from now on. */
  remember(screen: string, slides: readonly Slide[], revision: number): void;
  record(screen: string, shown: SignageShown): Promise<PlayAnswer>;
  /** What the screen last said it shows, in words. */
  showing(screen: string): string | undefined;
  close(): Promise<void>;
}

const SLIDES_KEPT = 64;
const PLAYS_KEPT = 256;

interface Screen {
  readonly slides: Map<string, Slide>;
  /** Plays on their way or recorded, by content and moment: a player repeats until it is answered. */
  readonly plays: Map<string, Promise<PlayAnswer>>;
  showing: string | undefined;
}

export interface PlaysDeps extends GivenDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: Pick<Journal, 'readId' | 'mark' | 'marks'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** What was on, as far as a proof of it tells. */
type Shown = GivenItem & Pick<Slide, 'decisionId' | 'offer' | 'headline'>;

export function createPlays(deps: PlaysDeps): Plays {
  const given = createGiven(deps);
  const screens = new Map<string, Screen>();
  const screenOf = (id: string): Screen => {
    const held = screens.get(id) ?? { slides: new Map(), plays: new Map(), showing: undefined };
    screens.set(id, held);
    return held;
  };

  const slideOf = (state: Screen, screen: string, shown: SignageShown): Shown | undefined => {
    const item = given.find(screen, shown.contentId, revisionOf(shown));
    if (item === undefined)
      return state.slides.get(shown.contentId) ?? slideOfDecision(deps.journal, screen, shown);
    return { ...item, ...wordsOf(state.slides.get(shown.contentId)) };
  };
  const admit = async (draft: Draft<'media.play'> & { id: string }): Promise<PlayAnswer> => {
    // Recorded by an earlier run whose answer never arrived.
    if (deps.journal.readId(draft.id) !== undefined) return { ok: true };
    try {
      await deps.gate.admit([draft]);
      return { ok: true };
    } catch (error) {
      if (error instanceof RefusalError) return { ok: false, reason: error.refusal.reason };
      throw error;
    }
  };

  return {
    remember(screen, slides, revision) {
      given.remember(screen, slides, revision);
      const held = screenOf(screen).slides;
      for (const slide of slides) {
        held.delete(slide.contentId);
        held.set(slide.contentId, slide);
      }
      trim(held, SLIDES_KEPT);
    },
    record(screen, shown) {
      const state = screenOf(screen);
      const slide = slideOf(state, screen, shown);
      if (!isTimely(shown)) return Promise.resolve({ ok: false, reason: 'SchemaMismatch' });
      if (slide === undefined) return Promise.resolve({ ok: false, reason: 'PlayUnknown' });
      const late = deps.clock.nowMs() - Date.parse(shown.shownAt) > LATE_MS;
      if (!late) state.showing = slide.offer?.name ?? slide.headline ?? slide.contentId;
      const key = keyOf(shown);
      const known = state.plays.get(key);
      if (known !== undefined) return known;
      const recording = admit(draftOf(screen, shown, { slide, late }));
      state.plays.set(key, recording);
      trim(state.plays, PLAYS_KEPT);
      // A play that could not be recorded is none: the player sends it again.
      const forgetRefused = (answer: { ok: boolean }): void => {
        if (!answer.ok) state.plays.delete(key);
      };
      recording.then(forgetRefused, () => forgetRefused({ ok: false }));
      return recording;
    },
    showing: (screen) => screens.get(screen)?.showing,
    close: given.close,
  };
}

/** Told later than this, it was kept while the store was away. */
const LATE_MS = 60_000;

/** One turn is one play, whoever tells it and however often; a player that knows no turns tells moments. */
const keyOf = ({ contentId, shownAt, turnAt }: SignageShown): string => `${contentId}/${turnAt ?? shownAt}`;

/** Within a turn, or what a clock that is being set may make of it. */
const TURN_MS_MAX = 2 * 3_600_000;

function isTimely({ shownAt, turnAt }: SignageShown): boolean {
  if (!isInstant(shownAt)) return false;
  if (turnAt === undefined) return true;
  return isInstant(turnAt) && Math.abs(Date.parse(shownAt) - Date.parse(turnAt)) <= TURN_MS_MAX;
}

const revisionOf = ({ revision }: SignageShown): number | undefined =>
  Number.isFinite(revision) ? revision : undefined;

const wordsOf = (slide: Slide | undefined): Pick<Slide, 'headline'> =>
  slide?.headline === undefined ? {} : { headline: slide.headline };

/** What an earlier run gave this screen, by the decision that stands in the journal. */
function slideOfDecision(
  journal: Pick<Journal, 'readId'>,
  screen: string,
  { contentId, decisionId }: SignageShown,
): Shown | undefined {
  const event = decisionId === undefined ? undefined : journal.readId(decisionId)?.event;
  if (event === undefined || !isType(event, 'promo.decision')) return undefined;
  const { outcome, offer, campaign } = event.data;
  if (event.data.screen !== screen || outcome !== 'offered' || offer === undefined) return undefined;
  const named = campaign === undefined ? {} : { campaign };
  return { contentId, decisionId: event.data.decisionId, offer, ...named };
}

function draftOf(
  screen: string,
  shown: SignageShown,
  { slide, late }: { readonly slide: Shown; readonly late: boolean },
): Draft<'media.play'> & { id: string } {
  return {
    type: 'media.play',
    device: screen,
    id: `play/${screen}/${keyOf(shown)}`,
    time: shown.shownAt,
    data: {
      screen,
      contentId: shown.contentId,
      shownAt: shown.shownAt,
      ...(slide.decisionId === undefined ? {} : { decisionId: slide.decisionId }),
      ...(slide.campaign === undefined ? {} : { campaign: slide.campaign }),
      ...(slide.offer === undefined ? {} : { sku: slide.offer.sku }),
      ...(late ? { late } : {}),
    },
  };
}

/** Oldest first out. */
function trim(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
