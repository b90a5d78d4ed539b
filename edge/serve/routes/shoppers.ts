/** Shoppers, what is linked to them, and their own view. */
import { Type } from '@sinclair/typebox';
import { Id, Sid } from '../../contracts/events/common.js';
import type { Refusal, ShopperView } from '../../contracts/index.js';
import type { Audit, Principal } from '../../ports.js';
import { atDesk } from '../audit/noted.js';
import { DESK_ROLES, isRefusal, notOwn, ok, type Route, route } from './route.js';

const SidParams = Type.Object({ sid: Sid });
const View = Type.Object({ at: Type.String(), sid: Sid, coupons: Type.Array(Type.Unknown()) });
/**
 * So many tags a shopper has by their own word: phones change. It is all that stands against somebody who enrols the
 * numbers of other people's tags, which anybody in the shop can hear.
 */
const OWN_TAGS_MAX = 3;
const EXAMPLE_SID = 's_0000000000000000';

export interface ShopperDeps {
  readonly audit: Pick<Audit, 'note'>;
  readonly createShopper: (by: Principal) => Promise<{ sid: string } | Refusal>;
  readonly linkTag: (sid: string, tag: string) => Promise<Refusal | undefined>;
  /** How many tags the shopper has, this one not counted. */
  readonly otherTags: (sid: string, tag: string) => number;
  readonly linkLoyalty: (sid: string, loyaltyId: string) => Promise<Refusal | undefined>;
  /** Address of the page, logged in as this shopper, once. */
  readonly shopperLink: (sid: string) => string;
  readonly shopperView: (sid: string) => ShopperView | undefined;
}

export function shopperRoutes(deps: ShopperDeps): readonly Route[] {
  return [createRoute(deps), linkRoute(deps), viewRoute(deps), tagRoute(deps), loyaltyRoute(deps)];
}

const Created = Type.Object({
  sid: Sid,
  link: Type.String({ description: 'opens the shopper page on their phone, once; make it a QR code' }),
});

const createRoute = (deps: ShopperDeps): Route =>
  route({
    method: 'post',
    path: '/v1/shoppers',
    tag: 'Shoppers',
    audit: { notes: ['shopper.add'] },
    summary: 'A new shopper, and the link for their phone',
    roles: [...DESK_ROLES, 'till'],
    answers: { 201: { description: 'Created', schema: Created } },
    refusals: ['QuotaReached', 'DiskFull', 'DiskFailed'],
    handle: async ({ principal, actor }) => {
      const made = await atDesk(deps.audit, { action: 'shopper.add', ...actor }, () =>
        deps.createShopper(principal),
      );
      if (isRefusal(made)) return made;
      return { status: 201, body: { sid: made.sid, link: deps.shopperLink(made.sid) } };
    },
  });

const linkRoute = (deps: ShopperDeps): Route =>
  route({
    method: 'post',
    path: '/v1/shoppers/{sid}/link',
    tag: 'Shoppers',
    audit: { notes: ['shopper.link'] },
    summary: 'Another link for the same shopper, for a new phone',
    roles: DESK_ROLES,
    params: SidParams,
    answers: { 201: { description: 'Made', schema: Created } },
    refusals: ['UnknownShopper', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { sid: EXAMPLE_SID } },
    handle: async ({ params: { sid }, actor }) => {
      if (deps.shopperView(sid) === undefined) return unknownShopper(sid);
      // Whoever has the link is the shopper: somebody must answer for it.
      await deps.audit.note({ action: 'shopper.link', ...actor, target: sid, outcome: 'done' });
      return { status: 201, body: { sid, link: deps.shopperLink(sid) } };
    },
  });

const viewRoute = (deps: ShopperDeps): Route =>
  route({
    method: 'get',
    path: '/v1/shoppers/{sid}',
    tag: 'Shoppers',
    summary: 'What the shopper page shows: offers, coupons, consents',
    description: 'For the shopper alone; staff have no business here.',
    roles: ['shopper'],
    params: SidParams,
    answers: { 200: { description: 'The view', schema: View } },
    refusals: ['UnknownShopper'],
    example: { params: { sid: EXAMPLE_SID } },
    handle: ({ params, principal }) => {
      const foreign = notOwn(principal, params.sid);
      if (foreign !== undefined) return foreign;
      const view = deps.shopperView(params.sid);
      return view === undefined ? unknownShopper(params.sid) : ok(view);
    },
  });

const tagRoute = (deps: ShopperDeps): Route =>
  route({
    method: 'post',
    path: '/v1/shoppers/{sid}/tags',
    tag: 'Shoppers',
    audit: { notes: ['shopper.tag'] },
    summary: 'Link a beacon that the shopper carries',
    description:
      'At the desk or from the app of the retailer: a browser cannot send BLE. The tag stays in the vault. A shopper links three at most; the desk links more.',
    roles: [...DESK_ROLES, 'shopper'],
    params: SidParams,
    body: Type.Object({
      tag: Type.String({ minLength: 3, maxLength: 200, examples: ['iBeacon:<uuid>-<major>-<minor>'] }),
    }),
    answers: { 204: { description: 'Linked' } },
    refusals: ['UnknownShopper', 'TagTaken', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: {
      params: { sid: EXAMPLE_SID },
      body: { tag: 'iBeacon:00000000-0000-0000-0000-000000000000-1-2' },
    },
    handle: async ({ params: { sid }, body, principal, actor }) => {
      const entry = { action: 'shopper.tag' as const, ...actor, target: sid };
      const refusal =
        notOwn(principal, sid) ??
        tooMany(principal, deps.otherTags(sid, body.tag)) ??
        (await atDesk(deps.audit, entry, () => deps.linkTag(sid, body.tag)));
      return refusal ?? { status: 204 };
    },
  });

const loyaltyRoute = (deps: ShopperDeps): Route =>
  route({
    method: 'post',
    path: '/v1/shoppers/{sid}/loyalty',
    tag: 'Shoppers',
    audit: { notes: ['shopper.loyalty'] },
    summary: 'Link the loyalty id of the retailer',
    roles: DESK_ROLES,
    params: SidParams,
    body: Type.Object({ loyaltyId: Id('loyalty id of the retailer') }),
    answers: { 204: { description: 'Linked' } },
    refusals: ['UnknownShopper', 'TagTaken', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { sid: EXAMPLE_SID }, body: { loyaltyId: 'L-1' } },
    handle: async ({ params: { sid }, body, actor }) => {
      const entry = { action: 'shopper.loyalty' as const, ...actor, target: sid };
      const refusal = await atDesk(deps.audit, entry, () => deps.linkLoyalty(sid, body.loyaltyId));
      return refusal ?? { status: 204 };
    },
  });

function tooMany({ role }: Principal, tags: number): Refusal | undefined {
  if (role !== 'shopper' || tags < OWN_TAGS_MAX) return undefined;
  const detail = `${OWN_TAGS_MAX} tags are linked already; the desk of the store links another one`;
  return { reason: 'NotAllowed', detail, field: '/tag' };
}

const unknownShopper = (sid: string): Refusal => ({
  reason: 'UnknownShopper',
  detail: `${sid} is not known here`,
  field: '/sid',
});
