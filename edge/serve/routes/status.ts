/** One answer to "how is the store doing": for `endcap status` and for scripts. */
import { Type } from '@sinclair/typebox';
import type { StoreStatus } from '../../contracts/index.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';

export interface StatusDeps {
  readonly status: () => StoreStatus;
}

export function statusRoutes(deps: StatusDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/status',
      tag: 'Operations',
      summary: 'Journal, decisions, link to HQ and alarms in one answer',
      roles: STAFF_ROLES,
      answers: {
        200: {
          description: 'The status; `link.code` names what is wrong with the link',
          schema: Type.Object({ store: Type.String(), upS: Type.Number(), ready: Type.Boolean() }),
        },
      },
      refusals: [],
      handle: () => ok(deps.status()),
    }),
  ];
}
