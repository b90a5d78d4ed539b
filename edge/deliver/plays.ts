/** Proof of play: what a screen says it showed, checked against what it was given. */

import { type REFUSALS, RefusalError, type SignageShown, type Slide } from '../contracts/index.js';
import type { Clock, Draft, Gate } from '../ports.js';

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

export function createPlays(deps: { gate: Pick<Gate, 'admit'>; clock: Pick<Clock, 'nowMs'> }): Plays {
  const screens = new Map<string, Screen>();
  const screenOf = (id: string): Screen => {
    const held = screens.get(id) ?? { slides: new Map(), plays: new Map(), showing: undefined };
    screens.set(id, held);
    return held;
  };

  const admit = async (draft: Draft<'media.play'>): Promise<{ ok: boolean; reason?: string }> => {
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
      const slide = state.slides.get(shown.contentId);
      if (slide === undefined || !INSTANT.test(shown.shownAt)) {
        return Promise.resolve({ ok: false, reason: 'SchemaMismatch' satisfies keyof typeof REFUSALS });
      }
      state.showing = slide.offer?.name ?? slide.headline ?? slide.contentId;
      const key = `${shown.contentId}/${shown.shownAt}`;
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

function draftOf(screen: string, shown: SignageShown, slide: Slide): Draft<'media.play'> {
  return {
    type: 'media.play',
    device: screen,
    id: `play/${screen}/${shown.contentId}/${shown.shownAt}`,
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
