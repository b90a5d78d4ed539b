/** Campaigns as they run here today: state, what came of them, and what holds them. */
import { Type } from '@sinclair/typebox';
import type { Clock, Views } from '../../ports.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';

export interface OfferDeps {
  readonly views: Pick<Views, 'offers'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const Offer = Type.Object({
  campaign: Type.Object({ id: Type.String(), version: Type.Integer(), name: Type.String() }),
  state: Type.Union(
    ['running', 'waiting', 'stopped', 'ended', 'withdrawn'].map((state) => Type.Literal(state)),
  ),
  changesAt: Type.Optional(Type.String({ description: 'when the clock alone changes the state' })),
  today: Type.Object({
    made: Type.Integer(),
    taken: Type.Integer(),
    withheld: Type.Integer(),
    refused: Type.Integer(),
    turnoverMinor: Type.Integer(),
    discountMinor: Type.Integer(),
  }),
  couponsOut: Type.Integer(),
  couponsOutMinor: Type.Integer(),
});

export function offerRoutes(deps: OfferDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/offers',
      tag: 'Offers',
      summary: 'Every campaign of this store with what came of it today',
      roles: STAFF_ROLES,
      answers: {
        200: {
          description: 'Those that run first',
          schema: Type.Object({ at: Type.String(), offers: Type.Array(Offer) }),
        },
      },
      refusals: [],
      handle: () => {
        const atMs = deps.clock.nowMs();
        return ok({ at: new Date(atMs).toISOString(), offers: deps.views.offers(atMs) });
      },
    }),
  ];
}
