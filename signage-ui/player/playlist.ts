import type { SignageContent, SignageRevoke, Slide } from '../../edge/contracts/index.js';

/**
 * What a screen may show, as a value: the last content and the highest revision heard. Pure, so that the order
 * rules (an older picture never over a newer, a revoked one never again) can be read and tested in one place.
 */
export interface Playlist {
  readonly content: SignageContent | undefined;
  /** Highest revision heard on this connection. */
  readonly revision: number;
}

export const EMPTY_PLAYLIST: Playlist = { content: undefined, revision: -1 };

/** A new connection: what comes first on it is the store's present truth, whatever number it counts from. */
export const reconnected = (playlist: Playlist): Playlist => ({ ...playlist, revision: -1 });

export function withContent(playlist: Playlist, content: SignageContent): Playlist {
  return content.revision < playlist.revision ? playlist : { content, revision: content.revision };
}

function isRevoked(slide: Slide, revoke: SignageRevoke): boolean {
  if (revoke.all === true) return slide.kind === 'offer';
  if (revoke.contentIds?.includes(slide.contentId) === true) return true;
  return slide.offer !== undefined && revoke.skus?.includes(slide.offer.sku) === true;
}

export function withRevoke(playlist: Playlist, revoke: SignageRevoke): Playlist {
  const { content } = playlist;
  return {
    content:
      content === undefined
        ? undefined
        : { ...content, slides: content.slides.filter((slide) => !isRevoked(slide, revoke)) },
    revision: Math.max(playlist.revision, revoke.revision),
  };
}

/** The slides that are still true at `nowMs`: an offer past its time or sold out is never shown. */
export function playable(playlist: Playlist, nowMs: number): readonly Slide[] {
  return (playlist.content?.slides ?? []).filter((slide) => {
    if (slide.kind === 'house') return true;
    if (slide.offer === undefined) return false;
    const until = Date.parse(slide.offer.validUntil);
    return slide.offer.piecesLeft !== 0 && !(until <= nowMs);
  });
}

/** Turns: the slide on show and the place from which the next one is taken. */
export interface Turn {
  readonly contentId: string;
  readonly index: number;
  /** Counts every showing, so that the same slide twice is two plays. */
  readonly number: number;
}

export function firstTurn(slides: readonly Slide[]): Turn {
  return { contentId: slides[0]?.contentId ?? '', index: 0, number: 0 };
}

export function nextTurn(turn: Turn, slides: readonly Slide[]): Turn {
  const at = slides.findIndex((slide) => slide.contentId === turn.contentId);
  const index = slides.length === 0 ? 0 : ((at < 0 ? turn.index - 1 : at) + 1) % slides.length;
  return { contentId: slides[index]?.contentId ?? '', index, number: turn.number + 1 };
}
