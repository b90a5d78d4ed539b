import { signal } from '@preact/signals';
import type {
  SignageContent,
  SignageIdentify,
  SignageRevoke,
  SignageShown,
} from '../../edge/contracts/index.js';
import { openServerLink } from '../shared/socket.js';
import { openKeep } from './keep.js';
import { createMedia } from './media.js';
import { createPlayerMemory } from './memory.js';
import { EMPTY_PLAYLIST, type Playlist, reconnected, withContent, withRevoke } from './playlist.js';
import { createPlayReporter } from './plays.js';
import { createProgramme, type ProgrammeDeps, type Showing } from './programme.js';
import { createSharedClock } from './shared-clock.js';

export interface PlayerDeps extends Pick<ProgrammeDeps, 'builtIn'> {
  readonly screen: string;
  readonly storage: Storage | undefined;
}

/** Everything the player knows, fed by the socket, the clock and the memory of the last good content. */
export function createPlayerState({ screen, storage, builtIn }: PlayerDeps) {
  const memory = createPlayerMemory(storage, screen);
  const keep = openKeep(screen);
  const media = createMedia(keep);
  const { socket, link } = openServerLink('/signage', { query: { screen } });
  const plays = createPlayReporter(socket, keep);
  const clock = createSharedClock(socket, memory.lastOffsetMs(), (offsetMs) => {
    memory.keepOffsetMs(offsetMs);
    programme.look();
  });
  const programme = createProgramme({ nowMs: clock.nowMs, media, builtIn });
  const identify = createIdentify();
  const unpaired = signal(false);
  let playlist: Playlist = EMPTY_PLAYLIST;

  const change = (next: Playlist): void => {
    const changed = next.content !== playlist.content;
    playlist = next;
    if (!changed || next.content === undefined) return;
    memory.keepContent(next.content);
    media.want(next.content.slides);
    programme.change(next.content);
  };
  change({ ...EMPTY_PLAYLIST, content: memory.lastContent() });
  socket.on('connect', () => {
    playlist = reconnected(playlist);
    unpaired.value = false;
  });
  socket.on('content', (said: SignageContent) => change(withContent(playlist, said)));
  socket.on('revoke', (said: SignageRevoke) => change(withRevoke(playlist, said)));
  socket.on('identify', identify.show);
  socket.on('unpaired', () => {
    unpaired.value = true;
  });

  return {
    link,
    content: programme.content,
    showing: programme.showing,
    asleep: programme.asleep,
    identify: identify.name,
    unpaired,
    media,
    nowMs: clock.nowMs,
    /** `frameMs` is the time stamp of an animation frame that held the slide. */
    shown({ slide, startMs, revision }: Showing, frameMs: number): void {
      const play: SignageShown = {
        contentId: slide.contentId,
        ...(slide.decisionId === undefined ? {} : { decisionId: slide.decisionId }),
        shownAt: new Date(clock.ofFrame(frameMs)).toISOString(),
        turnAt: new Date(startMs).toISOString(),
        ...(revision === undefined ? {} : { revision }),
      };
      void plays.report(play);
    },
    /** This browser is no screen any more: what the store said is gone from it. */
    forget(): void {
      playlist = EMPTY_PLAYLIST;
      memory.forget();
      programme.change(undefined);
    },
  };
}
export type PlayerState = ReturnType<typeof createPlayerState>;

function createIdentify() {
  const name = signal<string | undefined>(undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    name,
    show(said: SignageIdentify): void {
      clearTimeout(timer);
      name.value = said.name;
      timer = setTimeout(() => {
        name.value = undefined;
      }, said.seconds * 1_000);
    },
  };
}
