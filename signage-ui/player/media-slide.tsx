import { useEffect, useRef } from 'preact/hooks';
import type { Slide } from '../../edge/contracts/index.js';
import { isFilm, type Media } from './media.js';

export interface Film {
  readonly media: Media;
  readonly nowMs: () => number;
  /** When the turn that is on began, the store's time. */
  readonly startMs: number;
  readonly on: boolean;
}

/** A film that is this far from its place is set right; less nobody sees. */
const DRIFT_S = 0.08;

export function MediaSlide({ slide, film }: { slide: Slide; film: Film }) {
  const name = slide.media ?? '';
  const url = film.media.ready.value.get(name);
  if (url === undefined) return <article class="slide slide-media" />;
  const broken = (): void => film.media.broken(name);
  const alt = slide.headline ?? '';
  return (
    <article class="slide slide-media">
      <h1 class="media-words">
        <bdi>{alt}</bdi>
      </h1>
      {isFilm(name) ? (
        <FilmView url={url} film={film} onBroken={broken} />
      ) : (
        <img class="media" src={url} alt={alt} onError={broken} />
      )}
    </article>
  );
}

/** Muted, because a browser starts no other by itself; at the same place on every screen of a group. */
function FilmView({ url, film, onBroken }: { url: string; film: Film; onBroken: () => void }) {
  const view = useRef<HTMLVideoElement>(null);
  const { on, startMs } = film;
  useEffect(() => {
    const video = view.current;
    if (video === null) return;
    if (!on) {
      video.pause();
      video.currentTime = 0;
      return;
    }
    const wanted = Math.max(0, (film.nowMs() - startMs) / 1_000);
    const place = Number.isFinite(video.duration) && video.duration > 0 ? wanted % video.duration : 0;
    if (Math.abs(video.currentTime - place) > DRIFT_S) video.currentTime = place;
    video.play().catch((error: DOMException) => {
      // A turn that ended before the film began says nothing about the film.
      if (error.name !== 'AbortError') onBroken();
    });
  }, [on, startMs, url]);
  return (
    <video class="media" ref={view} src={url} muted playsInline loop preload="auto" onError={onBroken} />
  );
}
