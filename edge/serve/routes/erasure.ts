/** A person's rights: everything that is held about them, and to be forgotten. */
import { Type } from '@sinclair/typebox';
import { Id, Sid } from '../../contracts/events/common.js';
import type { Refusal, ShopperErased } from '../../contracts/index.js';
import type { Actor, Audit } from '../../ports.js';
import { isRefusal, MANAGER_ROLES, notOwn, ok, type Route, route } from './route.js';

const EXAMPLE_SID = 's_0000000000000000';
const Erased = Type.Object({
  receiptId: Type.String({ description: 'the number to keep' }),
  at: Type.String({ description: 'RFC 3339' }),
});
const REFUSALS = ['UnknownShopper', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'] as const;

export interface RightsDeps {
  readonly audit: Pick<Audit, 'note'>;
  readonly eraseShopper: (sid: string, asked: 'shopper' | 'desk') => Promise<ShopperErased | Refusal>;
  readonly sidOfLoyalty: (loyaltyId: string) => string | undefined;
  readonly exportPerson: (sid: string) => Promise<object | Refusal>;
}

export function rightsRoutes(deps: RightsDeps): readonly Route[] {
  return [exportRoute(deps), eraseRoute(deps), eraseByLoyaltyRoute(deps)];
}

const exportRoute = (deps: RightsDeps): Route =>
  route({
    method: 'get',
    path: '/v1/shoppers/{sid}/export',
    tag: 'Shoppers',
    summary: 'Everything the store holds about the shopper, machine-readable',
    description:
      'Format `endcap.person/1`: `linked` (how many tags, loyalty ids and phones), `now` (the view of the page), `events` (CloudEvents, oldest first), `left` (events beyond what one document holds). For the shopper alone.',
    roles: ['shopper'],
    params: Type.Object({ sid: Sid }),
    answers: {
      200: {
        description: 'The document',
        schema: Type.Object({
          format: Type.Literal('endcap.person/1'),
          madeAt: Type.String(),
          sid: Sid,
          linked: Type.Object({ tags: Type.Integer(), loyaltyIds: Type.Integer(), phones: Type.Integer() }),
          now: Type.Object({}),
          events: Type.Array(Type.Unknown()),
          left: Type.Integer(),
        }),
      },
    },
    refusals: ['UnknownShopper', 'Busy'],
    example: { params: { sid: EXAMPLE_SID } },
    handle: async ({ params, principal }) => {
      const foreign = notOwn(principal, params.sid);
      if (foreign !== undefined) return foreign;
      const answer = await deps.exportPerson(params.sid);
      if (isRefusal(answer)) return answer;
      const headers = { 'content-disposition': 'attachment; filename="my-data.json"' };
      return { status: 200, body: answer, headers };
    },
  });

const eraseRoute = (deps: RightsDeps): Route =>
  route({
    method: 'post',
    path: '/v1/shoppers/{sid}/erasure',
    tag: 'Shoppers',
    audit: { notes: ['shopper.erase'], why: 'staff' },
    summary: 'Forget this shopper, for good',
    description:
      'The shopper needs no reason; at the desk one is kept in the audit log. Safe to repeat: who is erased already hears the first answer again.',
    roles: ['shopper', ...MANAGER_ROLES],
    params: Type.Object({ sid: Sid }),
    body: Type.Object({}),
    answers: { 200: { description: 'Nothing of the person can be read any more', schema: Erased } },
    refusals: [...REFUSALS, 'SchemaMismatch'],
    example: { params: { sid: EXAMPLE_SID }, body: { reason: 'asked at the desk' } },
    handle: async ({ params: { sid }, principal, actor }) => {
      const foreign = notOwn(principal, sid);
      if (foreign !== undefined) return foreign;
      if (principal.role === 'shopper') return answerOf(await deps.eraseShopper(sid, 'shopper'));
      return atDesk(deps, sid, actor);
    },
  });

const eraseByLoyaltyRoute = (deps: RightsDeps): Route =>
  route({
    method: 'post',
    path: '/v1/erasures',
    tag: 'Shoppers',
    audit: { notes: ['shopper.erase'], why: 'staff' },
    summary: 'Forget the shopper whom a loyalty id leads to',
    description: 'At the desk. The id stands in the body, so that no log of addresses keeps it.',
    roles: MANAGER_ROLES,
    body: Type.Object({ loyaltyId: Id('loyalty id of the retailer') }),
    answers: { 200: { description: 'Nothing of the person can be read any more', schema: Erased } },
    refusals: [...REFUSALS],
    example: { body: { loyaltyId: 'L-1', reason: 'asked at the desk' } },
    handle: ({ body, actor }) => {
      const sid = deps.sidOfLoyalty(body.loyaltyId);
      if (sid === undefined) {
        return {
          reason: 'UnknownShopper',
          detail: 'this loyalty id leads to nobody here',
          field: '/loyaltyId',
        };
      }
      return atDesk(deps, sid, actor);
    },
  });

/** Written before the deed: somebody answers for it also when the machine stops half-way. */
async function atDesk(deps: RightsDeps, sid: string, actor: Actor) {
  const note = { action: 'shopper.erase' as const, ...actor, target: sid };
  await deps.audit.note({ ...note, outcome: 'done' });
  const answer = await deps.eraseShopper(sid, 'desk');
  if (isRefusal(answer)) await deps.audit.note({ ...note, outcome: 'failed', detail: answer.reason });
  return answerOf(answer);
}

const answerOf = (answer: ShopperErased | Refusal) => (isRefusal(answer) ? answer : ok(answer));
