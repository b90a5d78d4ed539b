/** Tokens for people and programs; devices get theirs when they are registered. */
import { Type } from '@sinclair/typebox';
import { type Audit, ROLES } from '../../ports.js';
import { noted } from '../audit/noted.js';
import { ID_PATTERN } from '../auth/acl.js';
import type { StoreAuth } from '../auth/auth.js';
import { badSubject } from '../auth/tokens.js';
import { ok, type Route, route } from './route.js';

export interface TokenDeps {
  readonly auth: Pick<StoreAuth, 'issue' | 'heldTokens' | 'revokeTokens'>;
  readonly audit: Pick<Audit, 'note'>;
}

const TEN_YEARS_S = 10 * 365 * 24 * 3600;

/** Commands on the store's own computer: the token is made at each start and is no business of anybody else. */
const OWN_COMMANDS = 'local-commands';
const AnyRole = Type.Union(ROLES.map((role) => Type.Literal(role)));
const Subject = Type.String({ pattern: ID_PATTERN.source, description: 'who it speaks as' });
const Held = Type.Object({
  role: AnyRole,
  subject: Type.String(),
  created: Type.String(),
  expires: Type.Optional(Type.String({ description: 'absent for one that lasts until it is taken back' })),
});

export function tokenRoutes(deps: TokenDeps): readonly Route[] {
  return [listRoute(deps), revokeRoute(deps), ...issueRoutes(deps)];
}

const listRoute = ({ auth }: TokenDeps): Route =>
  route({
    method: 'get',
    path: '/v1/tokens',
    tag: 'Devices',
    summary: 'Who holds a token; never the tokens themselves',
    roles: ['admin'],
    answers: {
      200: { description: 'By role and name', schema: Type.Object({ tokens: Type.Array(Held) }) },
    },
    refusals: [],
    handle: () => {
      const tokens = auth.heldTokens().filter(({ subject }) => subject !== OWN_COMMANDS);
      return ok({
        tokens: tokens.map(({ role, subject, createdMs, expiresMs }) => ({
          role,
          subject,
          created: new Date(createdMs).toISOString(),
          ...(expiresMs === null ? {} : { expires: new Date(expiresMs).toISOString() }),
        })),
      });
    },
  });

const revokeRoute = ({ auth, audit }: TokenDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/tokens/{role}/{subject}',
    tag: 'Devices',
    audit: { notes: ['token.revoke'], why: 'person' },
    summary: 'Take back whatever speaks in a role under a name: tokens, links, sessions',
    description:
      'Open connections and streams of it are cut at once. A device keeps its place in the list of devices.',
    roles: ['admin'],
    params: Type.Object({ role: AnyRole, subject: Subject }),
    answers: { 204: { description: 'Taken back' } },
    refusals: ['NotFound', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { role: 'viewer', subject: 'nobody-1' } },
    handle: async ({ params, actor }) => {
      const { role, subject } = params;
      const isHeld = auth.heldTokens().some((one) => one.role === role && one.subject === subject);
      const entry = { action: 'token.revoke' as const, ...actor, target: `${role} ${subject}` };
      const revoke = () => auth.revokeTokens({ role, subject });
      if (isHeld && subject !== OWN_COMMANDS && (await noted(audit, entry, revoke))) return { status: 204 };
      return { reason: 'NotFound', detail: `no token speaks as ${role} ${subject}`, field: '/subject' };
    },
  });

function issueRoutes(deps: TokenDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/tokens',
      tag: 'Devices',
      audit: { notes: ['token.issue'] },
      summary: 'Make a token; it is shown once and kept only as a hash',
      roles: ['admin'],
      body: Type.Object({
        role: AnyRole,
        subject: Subject,
        expiresInS: Type.Optional(Type.Integer({ minimum: 1, maximum: TEN_YEARS_S })),
      }),
      answers: { 201: { description: 'The token', schema: Type.Object({ token: Type.String() }) } },
      refusals: ['QuotaReached', 'DiskFull', 'DiskFailed'],
      example: { body: { role: 'viewer', subject: 'example' } },
      handle: async ({ body, actor }) => {
        const { role, subject, expiresInS } = body;
        const bad = badSubject(subject);
        if (bad !== undefined) return { ...bad, field: '/subject' };
        const entry = { action: 'token.issue' as const, ...actor, target: `${role} ${subject}` };
        const made = await noted(deps.audit, entry, () => ({
          token: deps.auth.issue({ role, subject }, expiresInS === undefined ? {} : { expiresInS }),
        }));
        return { status: 201, body: made };
      },
    }),
  ];
}
