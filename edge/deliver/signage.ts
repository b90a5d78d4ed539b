/**
 * The hand that holds the screens. It sends state, not changes: whoever connects gets the whole current content, so
 * nothing is lost between a commit and its effect. What a screen confirms becomes a proof of play.
 */
import type { JournalledEvent, Screen, ScreenNow, SignageShown } from '../contracts/index.js';
import type { Clock, Engine, Gate, ScreenStatus } from '../ports.js';
import type { Journal } from '../store/types.js';
import { createFollower } from './follower.js';
import { createPlays, type PlayAnswer } from './plays.js';
import { createPresenceOfScreens, type ScreenPresence, type ScreensJournal } from './screens-up.js';
import { createWalls, type SignageLink } from './walls.js';

export type { SignageLink } from './walls.js';

export interface SignageHand extends ScreenStatus {
  /** True when store.yaml has this screen. */
  knows(screen: string): boolean;
  /** Sends the whole content at once. `watching` only looks: it is no screen and proves no plays. */
  attach(screen: string, link: SignageLink, options?: { watching?: boolean }): () => void;
  /** Resolves after the proof of play is durable. */
  shown(screen: string, shown: SignageShown): Promise<PlayAnswer>;
  /** Lets a screen, or all of them, say their names; how many were told. */
  identify(screen: string | 'all'): number;
  /** Its player was sent away: silent from now on, and why. */
  dismiss(screen: string, reason: string): void;
  close(): Promise<void>;
}

export interface SignageDeps {
  readonly engine: Pick<Engine, 'onSettled' | 'views'>;
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: ScreensJournal & Pick<Journal, 'readId'>;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
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
  const plays = createPlays(deps);
  const presence = createPresenceOfScreens(deps);
  const walls = createWalls({ ...deps, views, remember: plays.remember });
  // Under load many steps settle in a moment, and looking at all screens for each would be too much.
  const follower = createFollower({
    follow: walls.refreshAll,
    everyMs: FOLLOW_MS,
    monotonicMs: deps.clock.monotonicMs,
  });
  const stop = deps.engine.onSettled((settled) => {
    if (settled.some(mayChangeScreens)) follower.soon();
  });
  const timer = setInterval(walls.refreshAll, LOOK_MS);

  return {
    knows: (screen) => walls.screenOf(screen) !== undefined,
    attach(screen, link, options) {
      const hangUp = walls.hang(screen, link);
      const leave = options?.watching === true ? undefined : presence.arrive(screen);
      return () => {
        hangUp();
        leave?.();
      };
    },
    async shown(screen, shown) {
      const answer = await plays.record(screen, shown);
      if (answer.ok) presence.played(screen, Date.parse(shown.shownAt));
      return answer;
    },
    identify: walls.identify,
    dismiss: presence.dismiss,
    screens: (atMs): readonly ScreenNow[] =>
      (views.policy()?.screens ?? []).map((screen) =>
        screenNow(screen, presence.of(screen.id), {
          atMs,
          showing: plays.showing(screen.id),
          asleep: screen.awake !== undefined && views.signage(screen.id, atMs).asleep === true,
        }),
      ),
    async close() {
      stop();
      clearInterval(timer);
      follower.stop();
      await plays.close();
      await presence.close();
    },
  };
}

function screenNow(
  { id, name, zone, orientation, group }: Screen,
  { up, sinceMs, reason, lastPlayMs }: ScreenPresence,
  now: { readonly atMs: number; readonly showing: string | undefined; readonly asleep: boolean },
): ScreenNow {
  return {
    screen: id,
    name: name ?? id,
    zone,
    up,
    since: new Date(Math.min(sinceMs, now.atMs)).toISOString(),
    ...(up && !now.asleep && now.showing !== undefined ? { showing: now.showing } : {}),
    ...(up || reason === undefined ? {} : { reason }),
    ...(lastPlayMs === undefined ? {} : { lastPlayAt: new Date(lastPlayMs).toISOString() }),
    ...(now.asleep ? { asleep: true } : {}),
    ...(orientation === undefined ? {} : { orientation }),
    ...(group === undefined ? {} : { group }),
  };
}

const mayChangeScreens = ({ event }: JournalledEvent): boolean => !QUIET.has(event.type);
