/**
 * Proof of play: what a screen says it showed, checked against what it was given, by this run or an earlier one: a
 * player keeps playing while the store is away, and reports when it is back.
 */

import { isType, type REFUSALS, RefusalError, type SignageShown, type Slide } from '../contracts/index.js';
import type { Draft, Gate } from '../ports.js';
import type { Journal } from '../store/types.js';

export interface Plays {
  /** These may be shown from now on, and still for a while after they were replaced. */
  remember(screen: string, slides: readonly Slide[]): void;
  record(screen: string, shown: SignageShown): Promise<{ ok: boolean; reason?: string }>;
  /** What the screen last said it shows, in words. */
  showing(screen: string): string | undefined;
}

const SLIDES_KEPT = 64;
const PLAYS_KEPT = 256;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

interface Screen {
  readonly slides: Map<string, Slide>;
  /** Plays on their way or recorded, by content and moment: a player repeats until it is answered. */
  readonly plays: Map<string, Promise<{ ok: boolean; reason?: string }>>;
  showing: string | undefined;
}

export interface PlaysDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: Pick<Journal, 'readId'>;
}

export function createPlays(deps: PlaysDeps): Plays {
  const screens = new Map<string, Screen>();
  const screenOf = (id: string): Screen => {
    const held = screens.get(id) ?? { slides: new Map(), plays: new Map(), showing: undefined };
    screens.set(id, held);
    return held;
  };

  const admit = async (
    draft: Draft<'media.play'> & { id: string },
  ): Promise<{ ok: boolean; reason?: string }> => {
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
    remember(screen, slides) {
      const held = screenOf(screen).slides;
      for (const slide of slides) {
        held.delete(slide.contentId);
        held.set(slide.contentId, slide);
      }
      trim(held, SLIDES_KEPT);
    },
    record(screen, shown) {
      const state = screenOf(screen);
      const slide = state.slides.get(shown.contentId) ?? slideOfDecision(deps.journal, screen, shown);
      if (slide === undefined || !isTimely(shown)) {
        return Promise.resolve({ ok: false, reason: 'SchemaMismatch' satisfies keyof typeof REFUSALS });
      }
      state.showing = slide.offer?.name ?? slide.headline ?? slide.contentId;
      const key = keyOf(shown);
      const known = state.plays.get(key);
      if (known !== undefined) return known;
      const recording = admit(draftOf(screen, shown, slide));
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
  };
}

/** One turn is one play, whoever tells it and however often; a player that knows no turns tells moments. */
const keyOf = ({ contentId, shownAt, turnAt }: SignageShown): string => `${contentId}/${turnAt ?? shownAt}`;

/** Within a turn, or what a clock that is being set may make of it. */
const TURN_MS_MAX = 2 * 3_600_000;

function isTimely({ shownAt, turnAt }: SignageShown): boolean {
  if (!INSTANT.test(shownAt)) return false;
  if (turnAt === undefined) return true;
  return INSTANT.test(turnAt) && Math.abs(Date.parse(shownAt) - Date.parse(turnAt)) <= TURN_MS_MAX;
}

/** What an earlier run gave this screen, by the decision that stands in the journal. */
function slideOfDecision(
  journal: Pick<Journal, 'readId'>,
  screen: string,
  { contentId, decisionId }: SignageShown,
): Slide | undefined {
  const event = decisionId === undefined ? undefined : journal.readId(decisionId)?.event;
  if (event === undefined || !isType(event, 'promo.decision')) return undefined;
  const { outcome, offer, campaign } = event.data;
  if (event.data.screen !== screen || outcome !== 'offered' || offer === undefined) return undefined;
  const named = campaign === undefined ? {} : { campaign };
  return { contentId, kind: 'offer', decisionId: event.data.decisionId, seconds: 0, offer, ...named };
}

function draftOf(screen: string, shown: SignageShown, slide: Slide): Draft<'media.play'> & { id: string } {
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
