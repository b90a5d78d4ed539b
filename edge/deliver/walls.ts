/** What each screen was given, and who holds it: a link gets the whole content at once and whenever it changes. */
import type { Screen, SignageContent, SignageIdentify, SignageRevoke, Slide } from '../contracts/index.js';
import type { Clock, Views } from '../ports.js';
import { anchorFor, anchorOf, type Timeline } from './timeline.js';

export interface SignageLink {
  content(content: SignageContent): void;
  revoke(revoke: SignageRevoke): void;
  identify?(identify: SignageIdentify): void;
}

interface Wall {
  readonly links: Set<SignageLink>;
  content: SignageContent | undefined;
  timeline: Timeline | undefined;
  body: string;
}

/** Long enough to walk up to a screen and read it. */
const IDENTIFY_S = 10;

export interface Walls {
  screenOf(screen: string): Screen | undefined;
  /** Sends the content; returns how to leave. */
  hang(screen: string, link: SignageLink): () => void;
  refreshAll(): void;
  /** Lets a screen, or all of them, say their names; how many were told. */
  identify(screen: string | 'all'): number;
}

export function createWalls(deps: {
  readonly views: Pick<Views, 'policy' | 'signage'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly remember: (screen: string, slides: readonly Slide[], revision: number) => void;
  readonly onError: (error: Error) => void;
}): Walls {
  const { views } = deps;
  const walls = new Map<string, Wall>();
  let revision = 0;

  /** Above every revision given before, also by an earlier run: the hybrid clock never goes back. */
  const nextRevision = (nowMs: number): number => {
    revision = Math.max(revision + 1, nowMs);
    return revision;
  };
  const screenOf = (screen: string) => views.policy()?.screens.find(({ id }) => id === screen);
  const refresh = (screen: string, wall: Wall): void => {
    const nowMs = deps.clock.nowMs();
    const picture = views.signage(screen, nowMs);
    const body = JSON.stringify(picture);
    if (body === wall.body) return;
    const gone = goneFrom(wall.content?.slides ?? [], picture.slides);
    const grouped = screenOf(screen)?.group !== undefined;
    const anchor = anchorFor(wall.timeline, picture.slides, { nowMs, grouped });
    wall.timeline = { anchor, slides: picture.slides };
    wall.body = body;
    wall.content = { ...picture, anchor: anchorOf(anchor), revision: nextRevision(nowMs) };
    deps.remember(screen, picture.slides, wall.content.revision);
    for (const link of wall.links) {
      link.content(wall.content);
      // After what takes their place: the other way round, a screen would show neither for a frame or two.
      if (gone.length > 0) link.revoke(revokeOf(gone, wall.content.revision));
    }
  };
  /** One screen that cannot be filled keeps what it has, and keeps no other from following. */
  const tryRefresh = (screen: string, wall: Wall): void => {
    try {
      refresh(screen, wall);
    } catch (error) {
      deps.onError(error as Error);
    }
  };
  return {
    screenOf,
    hang(screen, link) {
      const wall = walls.get(screen) ?? newWall();
      walls.set(screen, wall);
      tryRefresh(screen, wall);
      wall.links.add(link);
      if (wall.content !== undefined) link.content(wall.content);
      return () => {
        wall.links.delete(link);
        if (wall.links.size === 0) walls.delete(screen);
      };
    },
    refreshAll: () => {
      for (const [screen, wall] of walls) tryRefresh(screen, wall);
    },
    identify(wanted) {
      const told = [...walls].filter(([screen]) => wanted === 'all' || screen === wanted);
      for (const [screen, wall] of told) {
        const name = screenOf(screen)?.name ?? screen;
        for (const link of wall.links) link.identify?.({ name, seconds: IDENTIFY_S });
      }
      return told.length;
    },
  };
}

const newWall = (): Wall => ({ links: new Set(), content: undefined, timeline: undefined, body: '' });

/** Offers that stood there and stand no longer; the store's own slides just rotate. */
function goneFrom(before: readonly Slide[], after: readonly Slide[]): readonly Slide[] {
  const still = new Set(after.map((slide) => slide.contentId));
  return before.filter((slide) => slide.kind === 'offer' && !still.has(slide.contentId));
}

function revokeOf(gone: readonly Slide[], revision: number): SignageRevoke {
  return { revision, contentIds: gone.map((slide) => slide.contentId), reason: 'NoLongerOffered' };
}
