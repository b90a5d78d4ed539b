/**
 * The hand that holds the screens. It sends state, not changes: whoever connects gets the whole current content, so
 * nothing is lost between a commit and its effect. What a screen confirms becomes a proof of play.
 */
import type {
  JournalledEvent,
  ScreenNow,
  SignageContent,
  SignageRevoke,
  SignageShown,
  Slide,
} from '../contracts/index.js';
import type { Clock, Engine, Gate, ScreenStatus } from '../ports.js';
import type { Journal } from '../store/types.js';
import { createPlays } from './plays.js';
import { createPresenceOfScreens, type ScreensJournal } from './screens-up.js';

export interface SignageLink {
  content(content: SignageContent): void;
  revoke(revoke: SignageRevoke): void;
}

export interface SignageHand extends ScreenStatus {
  /** True when store.yaml has this screen. */
  knows(screen: string): boolean;
  /** Sends the whole content at once. `watching` only looks: it is no screen and proves no plays. */
  attach(screen: string, link: SignageLink, options?: { watching?: boolean }): () => void;
  /** Resolves after the proof of play is durable. */
  shown(screen: string, shown: SignageShown): Promise<{ ok: boolean; reason?: string }>;
  close(): Promise<void>;
}

export interface SignageDeps {
  readonly engine: Pick<Engine, 'onSettled' | 'views'>;
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: ScreensJournal & Pick<Journal, 'readId'>;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
}

interface Wall {
  readonly links: Set<SignageLink>;
  content: SignageContent | undefined;
  body: string;
}

/** What only acts through the outputs of its step cannot change a screen by itself. */
const QUIET: ReadonlySet<string> = new Set([
  'presence.sighting',
  'presence.traffic',
  'presence.zone',
  'presence.minute',
  'shelf.reading',
  'media.play',
  'push.sent',
  'audit.entry',
  'quarantine.event',
]);
/** Offers also end by the clock alone. */
const LOOK_MS = 500;
const FOLLOW_MS = 20;

export function createSignage(deps: SignageDeps): SignageHand {
  const { views } = deps.engine;
  const walls = new Map<string, Wall>();
  const plays = createPlays(deps);
  const presence = createPresenceOfScreens(deps);
  let revision = 0;

  /** Above every revision given before, also by an earlier run: the hybrid clock never goes back. */
  const nextRevision = (): number => {
    revision = Math.max(revision + 1, deps.clock.nowMs());
    return revision;
  };
  const refresh = (screen: string, wall: Wall): void => {
    const picture = views.signage(screen, deps.clock.nowMs());
    const body = JSON.stringify(picture);
    if (body === wall.body) return;
    const gone = goneFrom(wall.content?.slides ?? [], picture.slides);
    wall.body = body;
    wall.content = { ...picture, revision: nextRevision() };
    plays.remember(screen, picture.slides);
    for (const link of wall.links) {
      if (gone.length > 0) link.revoke(revokeOf(gone, wall.content.revision));
      link.content(wall.content);
    }
  };
  const refreshAll = (): void => {
    for (const [screen, wall] of walls) refresh(screen, wall);
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      deps.onError(error as Error);
    }
  };
  // Under load many steps settle in a moment; the screens follow once.
  let soon: NodeJS.Timeout | undefined;
  const stop = deps.engine.onSettled((settled) => {
    if (!settled.some(mayChangeScreens)) return;
    soon ??= setTimeout(() => {
      soon = undefined;
      guarded(refreshAll);
    }, FOLLOW_MS);
  });
  const timer = setInterval(() => guarded(refreshAll), LOOK_MS);

  return {
    knows: (screen) => views.policy()?.screens.some(({ id }) => id === screen) ?? false,
    attach(screen, link, options) {
      const wall = walls.get(screen) ?? { links: new Set<SignageLink>(), content: undefined, body: '' };
      walls.set(screen, wall);
      guarded(() => refresh(screen, wall));
      wall.links.add(link);
      if (wall.content !== undefined) link.content(wall.content);
      const leave = options?.watching === true ? undefined : presence.arrive(screen);
      return () => {
        wall.links.delete(link);
        if (wall.links.size === 0) walls.delete(screen);
        leave?.();
      };
    },
    shown: (screen, shown) => plays.record(screen, shown),
    screens: (atMs): readonly ScreenNow[] =>
      (views.policy()?.screens ?? []).map(({ id, name, zone }) => {
        const { up, sinceMs } = presence.of(id);
        const showing = up ? plays.showing(id) : undefined;
        return {
          screen: id,
          name: name ?? id,
          zone,
          up,
          since: new Date(Math.min(sinceMs, atMs)).toISOString(),
          ...(showing === undefined ? {} : { showing }),
        };
      }),
    async close() {
      stop();
      clearInterval(timer);
      clearTimeout(soon);
      await presence.close();
    },
  };
}

const mayChangeScreens = ({ event }: JournalledEvent): boolean => !QUIET.has(event.type);

/** Offers that stood there and stand no longer; the store's own slides just rotate. */
function goneFrom(before: readonly Slide[], after: readonly Slide[]): readonly Slide[] {
  const still = new Set(after.map((slide) => slide.contentId));
  return before.filter((slide) => slide.kind === 'offer' && !still.has(slide.contentId));
}

function revokeOf(gone: readonly Slide[], revision: number): SignageRevoke {
  return { revision, contentIds: gone.map((slide) => slide.contentId), reason: 'NoLongerOffered' };
}
