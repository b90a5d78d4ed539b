/** `/signage`: a screen gets its whole content, and confirms what it showed. Staff may look over its shoulder. */
import type { Namespace } from 'socket.io';
import type {
  SignageClientEvents,
  SignageContent,
  SignageIdentify,
  SignageRevoke,
  SignageServerEvents,
  SignageShown,
} from '../../contracts/index.js';
import type { Clock, Principal } from '../../ports.js';
import { OPEN_PRINCIPAL } from '../auth/auth.js';
import { type Doorkeeper, handshakeWord, type JoinDeps, JoinError, whoJoins } from './guard.js';

export interface SignageSocketDeps extends JoinDeps {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly signage: {
    knows(screen: string): boolean;
    attach(
      screen: string,
      link: {
        content(content: SignageContent): void;
        revoke(revoke: SignageRevoke): void;
        identify(identify: SignageIdentify): void;
      },
      options?: { watching?: boolean },
    ): () => void;
    shown(screen: string, shown: SignageShown): Promise<{ ok: boolean; reason?: string }>;
  };
}

export interface SignageData {
  token: string;
  principal: Principal;
  screen: string;
  watching: boolean;
}
export type SignageNamespace = Namespace<
  SignageClientEvents,
  SignageServerEvents,
  Record<string, never>,
  SignageData
>;

const TIME_EVERY_MS = 10_000;

export function serveSignage(
  namespace: SignageNamespace,
  deps: SignageSocketDeps,
  door: Doorkeeper,
): () => void {
  namespace.use((socket, next) => {
    const wanted = handshakeWord(socket, 'screen');
    const isIt = ({ role, subject }: Principal): boolean =>
      door.mayJoin('signage', role) && (wanted === undefined || subject === wanted);
    const looksOn = ({ role }: Principal): boolean => wanted !== undefined && door.mayWatch('signage', role);
    whoJoins(socket, deps, isIt)
      .catch((error: unknown) => {
        if (error instanceof JoinError && error.data.reason === 'NotAllowed')
          return whoJoins(socket, deps, looksOn);
        throw error;
      })
      .then(({ principal, token }) => {
        const isScreen = principal.role === 'screen' || principal === OPEN_PRINCIPAL;
        const screen = principal.role === 'screen' ? principal.subject : (wanted ?? '');
        if (!deps.signage.knows(screen)) {
          throw new JoinError({ reason: 'NotFound', detail: `store.yaml has no screen ${screen}` });
        }
        Object.assign(socket.data, { token, principal, screen, watching: !isScreen });
        next();
      })
      .catch(next);
  });
  namespace.on('connection', (socket) => {
    const { screen, watching } = socket.data;
    socket.emit('time', new Date(deps.clock.nowMs()).toISOString());
    const leave = deps.signage.attach(
      screen,
      {
        content: (content) => socket.emit('content', content),
        revoke: (revoke) => socket.emit('revoke', revoke),
        identify: (identify) => socket.emit('identify', identify),
      },
      { watching },
    );
    socket.on('disconnect', leave);
    socket.on('clock', (done: unknown) => {
      if (typeof done === 'function') done(deps.clock.nowMs());
    });
    socket.on('shown', (shown, done) => {
      if (typeof done !== 'function') return;
      if (watching) return done({ ok: true });
      if (!isShown(shown)) return done({ ok: false, reason: 'SchemaMismatch' });
      deps.signage.shown(screen, shown).then(done, () => done({ ok: false, reason: 'Busy' }));
    });
  });
  const timer = setInterval(() => {
    namespace.emit('time', new Date(deps.clock.nowMs()).toISOString());
  }, TIME_EVERY_MS);
  // Before the connection is cut, so that it shows nothing of the store a moment longer.
  const stopRevoked = deps.auth.onRevoked((subject) => {
    for (const socket of namespace.sockets.values()) {
      if (socket.data.principal?.role !== 'screen' || socket.data.screen !== subject) continue;
      socket.emit('unpaired', { reason: 'NotAuthenticated' });
    }
  });
  return () => {
    clearInterval(timer);
    stopRevoked();
  };
}

function isShown(value: unknown): value is SignageShown {
  if (value === null || typeof value !== 'object') return false;
  const { contentId, shownAt, turnAt } = value as Record<string, unknown>;
  return (
    typeof contentId === 'string' &&
    contentId.length <= 256 &&
    typeof shownAt === 'string' &&
    shownAt.length <= 40 &&
    (turnAt === undefined || (typeof turnAt === 'string' && turnAt.length <= 40))
  );
}
