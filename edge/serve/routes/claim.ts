/** The first account of a store, made with the code on the console of its box. */
import { Type } from '@sinclair/typebox';
import type { Audit } from '../../ports.js';
import type { Accounts } from '../auth/accounts.js';
import type { StoreAuth } from '../auth/auth.js';
import type { Claims } from '../auth/claim.js';
import { ok, type Route, route } from './route.js';
import { loggedIn, Me, Name, Secret, visitorOf } from './session.js';

export interface ClaimRouteDeps {
  readonly accounts: Pick<Accounts, 'claimed'>;
  readonly claims: Claims;
  readonly auth: Pick<StoreAuth, 'startSession'>;
  readonly audit: Audit;
}

export function claimRoutes(deps: ClaimRouteDeps): readonly Route[] {
  return [openRoute(deps), claimRoute(deps), codeRoute(deps)];
}

const openRoute = (deps: ClaimRouteDeps): Route =>
  route({
    method: 'get',
    path: '/v1/claim',
    tag: 'Session',
    summary: 'Does the store wait for its first account?',
    roles: 'anyone',
    answers: { 200: { description: 'Whether it does', schema: Type.Object({ open: Type.Boolean() }) } },
    refusals: [],
    handle: () => ok({ open: !deps.accounts.claimed() }),
  });

const claimRoute = (deps: ClaimRouteDeps): Route =>
  route({
    method: 'post',
    path: '/v1/claim',
    tag: 'Session',
    audit: { notes: ['store.claim'], why: 'none' },
    summary: 'Make the first admin with the code from the console, and be logged in',
    description: 'The code is good once, for ten minutes; `endcap claim` on the box prints a new one.',
    roles: 'anyone',
    body: Type.Object({ code: Type.String({ minLength: 1, maxLength: 40 }), name: Name, password: Secret }),
    answers: { 200: { description: 'Made, and logged in', schema: Me } },
    example: { body: { code: '2222-2222', name: 'sam', password: 'four words of yours' } },
    refusals: [
      'ClaimCode',
      'StoreClaimed',
      'WeakPassword',
      'SchemaMismatch',
      'NameTaken',
      'TooManyRequests',
      'Busy',
      'QuotaReached',
      'DiskFull',
      'DiskFailed',
    ],
    handle: async (call) => {
      const visitor = visitorOf(call);
      const made = await deps.claims.claim(call.body, visitor, (by) =>
        deps.audit.note({ action: 'store.claim', by, target: visitor.address, outcome: 'done' }),
      );
      if ('reason' in made) return made;
      const principal = { role: made.role, subject: made.name };
      return loggedIn(deps.auth.startSession(principal, visitor.agent));
    },
  });

const codeRoute = (deps: ClaimRouteDeps): Route =>
  route({
    method: 'post',
    path: '/v1/claim/code',
    tag: 'Session',
    audit: { notes: ['store.claim-code'] },
    summary: 'A new claim code, for the console; the one before is void',
    roles: ['admin'],
    answers: {
      201: { description: 'The code', schema: Type.Object({ code: Type.String(), until: Type.String() }) },
    },
    refusals: ['StoreClaimed', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    handle: async ({ actor }) => {
      // A code that is known to nobody harms nobody: an entry that fails leaves one that was never shown.
      const made = deps.claims.newCode();
      if ('reason' in made) return made;
      await deps.audit.note({ action: 'store.claim-code', ...actor, outcome: 'done' });
      return { status: 201, body: { code: made.code, until: new Date(made.untilMs).toISOString() } };
    },
  });
