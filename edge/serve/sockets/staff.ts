/** `/staff`: the picture of now at most twice a second, and each story as it gets a step. */
import type { Namespace } from 'socket.io';
import type { StaffClientEvents, StaffNow, StaffServerEvents, Story } from '../../contracts/index.js';
import type { Clock, Engine, LinkStatus, Principal } from '../../ports.js';
import { type Doorkeeper, type JoinDeps, whoJoins } from './guard.js';

export interface StaffSocketDeps extends JoinDeps {
  readonly engine: Pick<Engine, 'onSettled' | 'views'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly staffNow: () => StaffNow | undefined;
  readonly link: LinkStatus;
  readonly onError: (error: Error) => void;
}

export interface StaffData {
  token: string;
  principal: Principal;
}
export type StaffNamespace = Namespace<
  StaffClientEvents,
  StaffServerEvents,
  Record<string, never>,
  StaffData
>;

const TICK_MS = 500;
/** Also without a change, so that the page knows that the store is there. */
const QUIET_MS = 4_000;
const STORIES_LIVE = 60;
const STORIES_MAX = 200;

export function serveStaff(namespace: StaffNamespace, deps: StaffSocketDeps, door: Doorkeeper): () => void {
  namespace.use((socket, next) => {
    whoJoins(socket, deps, ({ role }) => door.mayJoin('staff', role))
      .then((joined) => {
        Object.assign(socket.data, joined);
        next();
      })
      .catch(next);
  });
  const live = createLive(namespace, deps);
  namespace.on('connection', (socket) => {
    const now = deps.staffNow();
    if (now !== undefined) socket.emit('now', now);
    socket.emit('link', deps.link.now());
    socket.on('stories', (request: unknown, done) => {
      if (typeof done !== 'function') return;
      const wanted = Number((request as { limit?: unknown } | null)?.limit ?? STORIES_LIVE);
      const limit = Math.min(
        STORIES_MAX,
        Math.max(1, Math.floor(Number.isFinite(wanted) ? wanted : STORIES_LIVE)),
      );
      done(deps.engine.views.stories({ limit }).stories);
    });
  });
  return live.close;
}

function createLive(namespace: StaffNamespace, deps: StaffSocketDeps): { close(): void } {
  let changed = true;
  let sentBody = '';
  let sentMs = 0;
  let sentLink = '';
  const stories = createStoryWatch(deps);

  const sendNow = (): void => {
    const nowMs = deps.clock.monotonicMs();
    const now = deps.staffNow();
    if (now === undefined) return;
    const { at: _at, ...rest } = now;
    const body = JSON.stringify(rest);
    if (body === sentBody && nowMs - sentMs < QUIET_MS) return;
    sentBody = body;
    sentMs = nowMs;
    // The next picture replaces this one: a slow page must not pile them up.
    namespace.volatile.emit('now', now);
  };
  const sendLink = (): void => {
    const link = deps.link.now();
    const body = JSON.stringify(link);
    if (body === sentLink) return;
    sentLink = body;
    namespace.emit('link', link);
  };
  const tick = (): void => {
    if (namespace.sockets.size === 0) {
      stories.forget();
      return;
    }
    sendNow();
    sendLink();
    if (!changed) return;
    const fresh = stories.changed();
    // A full page means that there are more; the next tick goes on.
    changed = fresh.length === STORIES_LIVE;
    for (const story of fresh) namespace.emit('story', story);
  };
  const timer = setInterval(() => {
    try {
      tick();
    } catch (error) {
      deps.onError(error as Error);
    }
  }, TICK_MS);
  const stop = deps.engine.onSettled((settled) => {
    changed = true;
    if (settled.some(({ event }) => event.type === 'erasure.done')) namespace.emit('forgotten', {});
  });
  return {
    close: () => {
      clearInterval(timer);
      stop();
    },
  };
}

/** Stories that changed since they were last sent. */
function createStoryWatch(deps: Pick<StaffSocketDeps, 'engine'>) {
  const { views } = deps.engine;
  let after: string | undefined;
  return {
    changed(): readonly Story[] {
      if (after === undefined) {
        after = views.stories({ limit: 1 }).next;
        return views.stories({ limit: STORIES_LIVE }).stories;
      }
      const page = views.stories({ after, limit: STORIES_LIVE });
      after = page.next;
      return page.stories;
    },
    /** Nobody watches: whoever comes asks for all of them first. */
    forget(): void {
      after = undefined;
    },
  };
}
