import { computed, signal } from '@preact/signals';
import type { SignageContent, SignageRevoke, SignageShown } from '../../edge/contracts/index.js';
import { openServerLink } from '../shared/socket.js';
import { createPlayerMemory } from './memory.js';
import { EMPTY_PLAYLIST, type Playlist, playable, reconnected, withContent, withRevoke } from './playlist.js';
import { createPlayReporter } from './plays.js';

const TICK_MS = 1_000;

/** Everything the player knows, fed by the socket and the memory of the last good content. */
export function createPlayerState(screen: string, storage: Storage | undefined) {
  const memory = createPlayerMemory(storage, screen);
  const playlist = signal<Playlist>({ ...EMPTY_PLAYLIST, content: memory.lastContent() });
  const skewMs = signal(0);
  const nowMs = signal(Date.now());
  const server = openServerLink('/signage', { query: { screen } });
  const plays = createPlayReporter(server.socket, memory);

  const change = (next: Playlist): void => {
    if (next === playlist.value) return;
    playlist.value = next;
    if (next.content !== undefined) memory.keepContent(next.content);
  };
  server.socket.on('connect', () => {
    playlist.value = reconnected(playlist.value);
  });
  server.socket.on('content', (content: SignageContent) => change(withContent(playlist.value, content)));
  server.socket.on('revoke', (revoke: SignageRevoke) => change(withRevoke(playlist.value, revoke)));
  server.socket.on('time', (serverTime: string) => {
    const skew = Date.parse(serverTime) - Date.now();
    if (!Number.isNaN(skew)) skewMs.value = skew;
  });
  setInterval(() => {
    nowMs.value = Date.now() + skewMs.value;
  }, TICK_MS);

  let shownSlides: ReturnType<typeof playable> = [];
  return {
    link: server.link,
    content: computed(() => playlist.value.content),
    /** Keeps its identity while nothing changed, so that a tick alone draws nothing anew. */
    slides: computed(() => {
      const slides = playable(playlist.value, nowMs.value);
      const same =
        slides.length === shownSlides.length && slides.every((slide, i) => slide === shownSlides[i]);
      if (!same) shownSlides = slides;
      return shownSlides;
    }),
    /** `frameMs` is the time stamp of an animation frame, `performance.now()` based. */
    shown(play: Pick<SignageShown, 'contentId' | 'decisionId'>, frameMs: number): void {
      const shownAt = new Date(performance.timeOrigin + frameMs + skewMs.value).toISOString();
      plays.report({ ...play, shownAt });
    },
  };
}
export type PlayerState = ReturnType<typeof createPlayerState>;
