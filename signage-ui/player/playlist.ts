import type { SignageContent, SignageRevoke, Slide } from '../../edge/contracts/index.js';
import type { Anchor } from './timeline.js';
import { inHours, type LocalMinute } from './wall-clock.js';

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
  const revision = Math.max(playlist.revision, revoke.revision);
  if (playlist.content === undefined) return { content: undefined, revision };
  // Places have shifted: the anchor of the store no longer names the right one.
  const { anchor: _anchor, ...content } = playlist.content;
  const slides = content.slides.filter((slide) => !isRevoked(slide, revoke));
  const untouched = slides.length === content.slides.length;
  return { content: untouched ? playlist.content : { ...content, slides }, revision };
}

/** True while the slide is still true: an offer past its time or sold out is never shown. */
export function isTrue(slide: Slide, nowMs: number): boolean {
  if (slide.until !== undefined && Date.parse(slide.until) <= nowMs) return false;
  if (slide.kind !== 'offer') return true;
  if (slide.offer === undefined) return false;
  return slide.offer.piecesLeft !== 0 && !(Date.parse(slide.offer.validUntil) <= nowMs);
}

/** Slides that may be shown at `nowMs`, in the hours of the store's wall clock. */
export function playable(playlist: Playlist, nowMs: number, local?: LocalMinute): readonly Slide[] {
  return (playlist.content?.slides ?? []).filter(
    (slide) => isTrue(slide, nowMs) && (local === undefined || inHours(slide.dayparts, local)),
  );
}

function isSameRotation(left: readonly Slide[], right: readonly Slide[]): boolean {
  const words = (slides: readonly Slide[]): string =>
    slides.map(({ contentId, seconds }) => `${contentId} ${seconds}`).join();
  return words(left) === words(right);
}

/** What was on a moment ago. */
export interface OnShow {
  readonly slides: readonly Slide[];
  readonly anchor: Anchor;
  readonly contentId: string;
  readonly startMs: number;
}

/** From when and where to count: the store's word, else what is on goes on, and the next one begins where it has gone. */
export function anchorOf(content: SignageContent, before: OnShow | undefined, nowMs: number): Anchor {
  const said = content.anchor === undefined ? Number.NaN : Date.parse(content.anchor.at);
  if (content.anchor !== undefined && !Number.isNaN(said)) {
    return { atMs: said, slide: Math.max(0, content.anchor.slide) };
  }
  if (before === undefined) return { atMs: nowMs, slide: 0 };
  if (isSameRotation(before.slides, content.slides)) return before.anchor;
  const still = content.slides.findIndex(({ contentId }) => contentId === before.contentId);
  if (still >= 0) return { atMs: before.startMs, slide: still };
  const place = before.slides.findIndex(({ contentId }) => contentId === before.contentId);
  return { atMs: nowMs, slide: content.slides.length === 0 ? 0 : Math.max(0, place) % content.slides.length };
}
