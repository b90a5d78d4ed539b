/** Tokens for people and programs; devices get theirs when they are registered. */
import { Type } from '@sinclair/typebox';
import { type Audit, type Auth, ROLES } from '../../ports.js';
import { noted } from '../audit/noted.js';
import { ID_PATTERN } from '../auth/acl.js';
import { badSubject } from '../auth/tokens.js';
import { type Route, route } from './route.js';

export interface TokenDeps {
  readonly auth: Pick<Auth, 'issue'>;
  readonly audit: Pick<Audit, 'note'>;
}

const TEN_YEARS_S = 10 * 365 * 24 * 3600;

export function tokenRoutes(deps: TokenDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/tokens',
      tag: 'Devices',
      summary: 'Make a token; it is shown once and kept only as a hash',
      roles: ['admin'],
      body: Type.Object({
        role: Type.Union(ROLES.map((role) => Type.Literal(role))),
        subject: Type.String({ pattern: ID_PATTERN.source, description: 'who it speaks as' }),
        expiresInS: Type.Optional(Type.Integer({ minimum: 1, maximum: TEN_YEARS_S })),
      }),
      answers: { 201: { description: 'The token', schema: Type.Object({ token: Type.String() }) } },
      refusals: ['QuotaReached', 'DiskFull', 'DiskFailed'],
      example: { body: { role: 'viewer', subject: 'example' } },
      handle: async ({ body, principal }) => {
        const { role, subject, expiresInS } = body;
        const bad = badSubject(subject);
        if (bad !== undefined) return { ...bad, field: '/subject' };
        const entry = { action: 'token.issue', by: principal, target: `${role} ${subject}` };
        const made = await noted(deps.audit, entry, () => ({
          token: deps.auth.issue({ role, subject }, expiresInS === undefined ? {} : { expiresInS }),
        }));
        return { status: 201, body: made };
      },
    }),
  ];
}
