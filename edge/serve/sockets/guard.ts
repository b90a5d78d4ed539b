/** Before a socket joins anything: who is it, from which page, and not too much at once. */
import type { Socket } from 'socket.io';
import type { Refusal } from '../../contracts/index.js';
import type { Clock, Principal, Role } from '../../ports.js';
import { OPEN_PRINCIPAL, type StoreAuth } from '../auth/auth.js';
import { sessionTokens } from '../cookies.js';
import type { Authenticator, Guards } from '../guards.js';

export interface Joined {
  readonly principal: Principal;
  /** The token that opened the socket, asked about again while it stays open. */
  readonly token: string;
}

export interface JoinDeps {
  readonly auth: StoreAuth;
  readonly authenticator: Authenticator;
}

export type Doorkeeper = Pick<Guards, 'mayJoin' | 'mayWatch'>;

/** Error of a refused join: the client sees the reason as message and the refusal as data. */
export class JoinError extends Error {
  override readonly name = 'JoinError';
  constructor(readonly data: Refusal) {
    super(data.reason);
  }
}

const TOKEN_CHARACTERS_MAX = 200;

/** The token of the handshake (`auth.token` or Authorization), else the first session cookie that may join. */
export async function whoJoins(
  socket: Socket,
  deps: JoinDeps,
  mayJoin: (principal: Principal) => boolean,
): Promise<Joined> {
  const { address, headers } = socket.handshake;
  const token = handshakeToken(socket);
  if (token !== undefined) {
    const principal = await deps.authenticator.token(token, address);
    if ('reason' in principal) throw new JoinError(principal);
    if (!mayJoin(principal)) throw new JoinError(notAllowed(principal.role));
    return { principal, token };
  }
  const sessions = sessionTokens(headers.cookie).flatMap((cookie) => {
    const principal = deps.auth.verify(cookie.token);
    return principal === undefined ? [] : [{ principal, token: cookie.token }];
  });
  const joined = sessions.find(({ principal }) => mayJoin(principal));
  if (joined !== undefined) return joined;
  if (deps.auth.mode === 'open') return { principal: OPEN_PRINCIPAL, token: '' };
  throw new JoinError(
    sessions[0] === undefined
      ? { reason: 'NotAuthenticated', detail: 'no token and no session came with the handshake' }
      : notAllowed(sessions[0].principal.role),
  );
}

const notAllowed = (role: Role): Refusal => ({
  reason: 'NotAllowed',
  detail: `a ${role} has no place in this namespace`,
});

function handshakeToken(socket: Socket): string | undefined {
  const given = (socket.handshake.auth as Record<string, unknown>)['token'];
  if (typeof given === 'string' && given !== '') return given.slice(0, TOKEN_CHARACTERS_MAX);
  const match = /^Bearer +(\S+)$/i.exec(socket.handshake.headers.authorization ?? '');
  return match?.[1]?.slice(0, TOKEN_CHARACTERS_MAX);
}

/** A word that the page put into the handshake, from `auth` or the query. */
export function handshakeWord(socket: Socket, name: string): string | undefined {
  const given = (socket.handshake.auth as Record<string, unknown>)[name] ?? socket.handshake.query[name];
  return typeof given === 'string' && given !== '' && given.length <= 128 ? given : undefined;
}

/** So many messages at once, so many a second after that. */
const BURST = 40;
const PER_SECOND = 20;

/** A socket that talks too much is cut off by name. */
export function limitMessages(socket: Socket, clock: Pick<Clock, 'monotonicMs'>, onCut: () => void): void {
  let tokens = BURST;
  let filledMs = clock.monotonicMs();
  socket.use((_packet, next) => {
    const nowMs = clock.monotonicMs();
    tokens = Math.min(BURST, tokens + ((nowMs - filledMs) / 1_000) * PER_SECOND);
    filledMs = nowMs;
    if (tokens >= 1) {
      tokens -= 1;
      next();
      return;
    }
    onCut();
    socket.emit('refused', { reason: 'TooManyRequests' });
    socket.disconnect(true);
  });
}
