/** What a person agreed to, one purpose at a time, and what they took back. */
import { type Static, Type } from '@sinclair/typebox';
import { Sid } from '../../contracts/events/common.js';
import { AgeBand, PurposeSchema, type Refusal } from '../../contracts/index.js';
import type { Audit } from '../../ports.js';
import { atDesk } from '../audit/noted.js';
import { DESK_ROLES, isRefusal, notOwn, ok, type Route, route } from './route.js';

export const ConsentCall = Type.Object({
  sid: Sid,
  purpose: PurposeSchema,
  granted: Type.Boolean(),
  textVersion: Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description: 'version of the text the person read',
  }),
  ageBand: AgeBand,
});
export type ConsentCall = Static<typeof ConsentCall>;

const EXAMPLE_SID = 's_0000000000000000';

export interface ConsentDeps {
  readonly audit: Pick<Audit, 'note'>;
  readonly recordConsent: (call: ConsentCall) => Promise<{ receiptId: string } | Refusal>;
  readonly withdrawConsent: (sid: string, purpose: string) => Promise<{ receiptId: string } | Refusal>;
}

export function consentRoutes(deps: ConsentDeps): readonly Route[] {
  return [consentRoute(deps), withdrawRoute(deps)];
}

const Receipt = Type.Object({ receiptId: Type.String() });

const consentRoute = (deps: ConsentDeps): Route =>
  route({
    method: 'post',
    path: '/v1/consents',
    tag: 'Consents',
    description: 'Said at the desk, it stands in the audit log, too.',
    audit: { notes: ['consent.give', 'consent.decline'] },
    summary: 'A person said yes or no to one purpose',
    roles: [...DESK_ROLES, 'shopper'],
    body: ConsentCall,
    answers: { 201: { description: 'Recorded', schema: Receipt } },
    refusals: ['UnknownShopper', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: {
      body: { sid: EXAMPLE_SID, purpose: 'location', granted: true, textVersion: '2026-11', ageBand: '18+' },
    },
    handle: async ({ body, principal, actor }) => {
      const foreign = notOwn(principal, body.sid);
      if (foreign !== undefined) return foreign;
      const { sid, purpose, granted } = body;
      const entry = {
        action: granted ? ('consent.give' as const) : ('consent.decline' as const),
        ...actor,
        target: sid,
        detail: `Purpose ${purpose}` as const,
      };
      const answer = await atDesk(deps.audit, entry, () => deps.recordConsent(body));
      return isRefusal(answer) ? answer : { status: 201, body: { receiptId: answer.receiptId } };
    },
  });

const withdrawRoute = (deps: ConsentDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/consents/{sid}/{purpose}',
    tag: 'Consents',
    description: 'Said at the desk, it stands in the audit log, too.',
    audit: { notes: ['consent.withdraw'] },
    summary: 'A person took a consent back',
    roles: [...DESK_ROLES, 'shopper'],
    params: Type.Object({ sid: Sid, purpose: PurposeSchema }),
    answers: { 200: { description: 'Withdrawn', schema: Receipt } },
    refusals: ['UnknownShopper', 'NotFound', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { sid: EXAMPLE_SID, purpose: 'location' } },
    handle: async ({ params, principal, actor }) => {
      const foreign = notOwn(principal, params.sid);
      if (foreign !== undefined) return foreign;
      const { sid, purpose } = params;
      const entry = {
        action: 'consent.withdraw' as const,
        ...actor,
        target: sid,
        detail: `Purpose ${purpose}` as const,
      };
      const answer = await atDesk(deps.audit, entry, () => deps.withdrawConsent(sid, purpose));
      return isRefusal(answer) ? answer : ok(answer);
    },
  });
