/** Logging in by a link or a token, and out again. The cookie is HttpOnly and SameSite=Strict. */
import { Type } from '@sinclair/typebox';
import { ROLES } from '../../ports.js';
import type { StoreAuth } from '../auth/auth.js';
import { clearCookie, cookieNameOf, sessionCookie } from '../cookies.js';
import { ok, type Route, route } from './route.js';

const Me = Type.Object({
  role: Type.Union(ROLES.map((role) => Type.Literal(role))),
  subject: Type.String({ description: 'device, till or screen id, sid, or name' }),
});

export function sessionRoutes(deps: { auth: StoreAuth }): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/session',
      tag: 'Session',
      summary: 'Log in with the token of a link',
      description: 'Trades a token for a session cookie. A single-use token is gone afterwards.',
      roles: 'anyone',
      body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) }),
      answers: { 200: { description: 'Logged in', schema: Me } },
      example: { body: { token: 'ec_none' } },
      refusals: ['NotAuthenticated', 'TooManyRequests'],
      handle: ({ body }) => {
        const session = deps.auth.exchange(body.token);
        if (session === undefined) {
          return {
            reason: 'NotAuthenticated',
            detail: 'the token is not, or no longer, good for logging in',
          };
        }
        return {
          status: 200,
          body: session.principal,
          headers: { 'set-cookie': sessionCookie(session) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/session',
      tag: 'Session',
      summary: 'Who is asking',
      roles: ROLES,
      answers: { 200: { description: 'Role and subject of the token or cookie', schema: Me } },
      refusals: [],
      handle: ({ principal }) => ok(principal),
    }),
    route({
      method: 'delete',
      path: '/v1/session',
      tag: 'Session',
      summary: 'Log out',
      roles: ROLES,
      answers: { 204: { description: 'The session is over' } },
      refusals: [],
      handle: ({ principal, header }) => {
        const name = cookieNameOf(principal);
        const cookie = (header('cookie') ?? '').split(/;\s*/).find((part) => part.startsWith(`${name}=`));
        if (cookie !== undefined) deps.auth.endSession(cookie.slice(name.length + 1));
        return { status: 204, headers: { 'set-cookie': clearCookie(name) } };
      },
    }),
  ];
}
