/** Logging in by a link, a token or a password, and out again. The cookie is HttpOnly and SameSite=Strict. */
import { type Static, Type } from '@sinclair/typebox';
import type { Refusal } from '../../contracts/index.js';
import { type Audit, type AuditNote, type Principal, ROLES } from '../../ports.js';
import type { Accounts, Before, Visitor } from '../auth/accounts.js';
import type { StoreAuth } from '../auth/auth.js';
import { isStaff } from '../auth/staff-roles.js';
import type { Session } from '../auth/tokens.js';
import { clearCookie, cookieNameOf, sessionCookie } from '../cookies.js';
import { type Answer, type Call, ok, type Route, route, STAFF_ROLES } from './route.js';

export interface SessionDeps {
  readonly auth: StoreAuth;
  readonly accounts: Pick<Accounts, 'logIn' | 'setPassword' | 'changePassword'>;
  readonly audit: Audit;
}

export const Me = Type.Object({
  role: Type.Union(ROLES.map((role) => Type.Literal(role))),
  subject: Type.String({ description: 'device, till or screen id, sid, or name' }),
});
/** Longer than any good password, so that the reason of the refusal is a sentence. */
export const Secret = Type.String({ minLength: 1, maxLength: 1_000 });
export const Name = Type.String({ minLength: 1, maxLength: 100 });
const ByToken = Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) });
const ByPassword = Type.Object({ name: Name, password: Secret });
/** For the published page; every call takes the header, and here it matters most. */
const WHICH =
  'A browser that is logged in as several says with the header `Endcap-As` (staff, shopper or screen) which of them it means; else it is staff, then the shopper, then a screen.';
const WITH_JOURNAL = ['QuotaReached', 'DiskFull', 'DiskFailed'] as const;

export function sessionRoutes(deps: SessionDeps): readonly Route[] {
  return [logInRoute(deps), whoRoute, logOutRoute(deps), linkPasswordRoute(deps), ownPasswordRoute(deps)];
}

export const visitorOf = ({ address, header }: Pick<Call, 'address' | 'header'>): Visitor => ({
  address,
  agent: header('user-agent') ?? '',
});

/** The cookie, and who one is now. */
export const loggedIn = (session: Session): Answer => ({
  status: 200,
  body: session.principal,
  headers: { 'set-cookie': sessionCookie(session) },
});

const logInRoute = (deps: SessionDeps): Route =>
  route({
    method: 'post',
    path: '/v1/session',
    tag: 'Session',
    audit: { notes: ['session.start'], why: 'none' },
    summary: 'Log in with name and password, or with the token of a link',
    description:
      'Answers with a session cookie. A single-use token is gone afterwards. Ten wrong passwords a minute from one address, then 429; the same for an account after thirty from addresses at which nobody has logged in as it.',
    roles: 'anyone',
    body: Type.Union([ByToken, ByPassword]),
    answers: { 200: { description: 'Logged in', schema: Me } },
    example: { body: { token: 'ec_none' } },
    refusals: ['NotAuthenticated', 'WrongPassword', 'TooManyRequests', 'Busy'],
    handle: async (call) => {
      const { body } = call;
      return 'token' in body
        ? byToken(deps, body.token, visitorOf(call))
        : byPassword(deps, body, visitorOf(call));
    },
  });

async function byToken(
  { auth, audit }: SessionDeps,
  token: string,
  { agent, address }: Visitor,
): Promise<Answer> {
  const session = auth.exchange(token, agent);
  if (session === undefined) {
    return { reason: 'NotAuthenticated', detail: 'the token is not, or no longer, good for logging in' };
  }
  const by = session.principal;
  if (isStaff(by.role)) {
    const detail = 'ByLink';
    await audit.noteSoon({ action: 'session.start', by, target: address, outcome: 'done', detail });
  }
  return loggedIn(session);
}

async function byPassword(
  { accounts, audit }: SessionDeps,
  { name, password }: Static<typeof ByPassword>,
  visitor: Visitor,
): Promise<Answer> {
  const session = await accounts.logIn(name, password, visitor);
  if ('reason' in session) {
    await noteFlood(audit, session, { name, visitor });
    return session;
  }
  await audit.noteSoon({
    action: 'session.start',
    by: session.principal,
    target: visitor.address,
    outcome: 'done',
  });
  return loggedIn(session);
}

/** Single wrong passwords are figures; that somebody ran into the limit is worth an entry, once a minute. */
async function noteFlood(
  audit: Audit,
  refusal: Refusal & { readonly first?: boolean },
  { name, visitor }: { name: string; visitor: Visitor },
): Promise<void> {
  if (refusal.first !== true) return;
  const by: Principal = { role: 'viewer', subject: 'nobody' };
  const detail = `WrongPasswords ${visitor.address}` as const;
  await audit.noteSoon({ action: 'session.start', by, target: name, outcome: 'refused', detail });
}

const whoRoute: Route = route({
  method: 'get',
  path: '/v1/session',
  tag: 'Session',
  summary: 'Who is asking',
  description: WHICH,
  roles: ROLES,
  answers: { 200: { description: 'Role and subject of the token or cookie', schema: Me } },
  refusals: [],
  handle: ({ principal }) => ok(principal),
});

const logOutRoute = (deps: SessionDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/session',
    tag: 'Session',
    audit: { notes: ['session.end'], why: 'none' },
    summary: 'Log out',
    description: WHICH,
    roles: ROLES,
    answers: { 204: { description: 'The session is over' } },
    refusals: [],
    handle: async ({ principal, speaker }) => {
      const ended = speaker.token !== undefined && deps.auth.endSession(speaker.token);
      if (ended && isStaff(principal.role)) {
        await deps.audit.noteSoon({ action: 'session.end', by: principal, outcome: 'done' });
      }
      return { status: 204, headers: { 'set-cookie': clearCookie(cookieNameOf(principal)) } };
    },
  });

const linkPasswordRoute = (deps: SessionDeps): Route =>
  route({
    method: 'post',
    path: '/v1/password',
    tag: 'Session',
    audit: { notes: ['user.password'], why: 'none' },
    summary: 'Set a password with the link of an invitation or a reset, and be logged in',
    description: 'The token is good once. All other sessions of the account end.',
    roles: 'anyone',
    body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }), password: Secret }),
    answers: { 200: { description: 'Set, and logged in', schema: Me } },
    example: { body: { token: 'ec_none', password: 'four words of yours' } },
    refusals: ['PasswordLink', 'WeakPassword', 'TooManyRequests', 'Busy', ...WITH_JOURNAL],
    handle: ({ body, ...call }) =>
      withEntry(deps, (before) =>
        deps.accounts.setPassword(body.token, body.password, visitorOf(call), before),
      ),
  });

const ownPasswordRoute = (deps: SessionDeps): Route =>
  route({
    method: 'put',
    path: '/v1/password',
    tag: 'Session',
    audit: { notes: ['user.password'], why: 'none' },
    summary: 'Change the own password; all own sessions end and a new one begins',
    roles: STAFF_ROLES,
    body: Type.Object({ current: Secret, password: Secret }),
    answers: { 200: { description: 'Changed', schema: Me } },
    example: { body: { current: 'the old one', password: 'four words of yours' } },
    refusals: ['WrongPassword', 'WeakPassword', 'TooManyRequests', 'Busy', ...WITH_JOURNAL],
    handle: ({ principal, body, ...call }) =>
      withEntry(deps, (before) =>
        deps.accounts.changePassword(principal.subject, body, visitorOf(call), before),
      ),
  });

/** The entry before the deed, and a second one where it is refused all the same (two that use one link at once). */
async function withEntry(
  { audit }: SessionDeps,
  setPassword: (before: Before) => Promise<Session | Refusal>,
): Promise<Answer> {
  let entry: Omit<AuditNote, 'outcome'> | undefined;
  const session = await setPassword(async (whose) => {
    const mine = { action: 'user.password' as const, by: whose, target: whose.subject };
    await audit.note({ ...mine, outcome: 'done' });
    entry = mine;
  });
  if (!('reason' in session)) return loggedIn(session);
  if (entry !== undefined) await audit.note({ ...entry, outcome: 'failed', detail: session.reason });
  return session;
}
