import { Type } from '@sinclair/typebox';
import type { Access } from '../access.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';

export interface AccessDeps {
  /** Asked when a call comes: the table lists this route, too. */
  readonly access: () => Access;
}

const Roles = Type.Array(Type.String());

/** The table of who may what, for those who look after the store. */
export function accessRoutes({ access }: AccessDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/access',
      tag: 'Operations',
      summary:
        'Who may what: routes, events, sockets and topics by role, as the program has them, and what stands in the audit log',
      roles: STAFF_ROLES,
      answers: {
        200: {
          description: 'The whole table',
          schema: Type.Object({
            roles: Roles,
            routes: Type.Array(
              Type.Object({
                method: Type.String(),
                path: Type.String(),
                roles: Type.Union([Type.Literal('anyone'), Roles]),
                audit: Type.Optional(
                  Type.Union([
                    Type.Object({ notes: Type.Array(Type.String()), why: Type.Optional(Type.String()) }),
                    Type.Object({ exempt: Type.String() }),
                  ]),
                ),
              }),
            ),
            namespaces: Type.Array(Type.Object({ namespace: Type.String(), join: Roles, watch: Roles })),
            events: Type.Array(
              Type.Object({
                namespace: Type.String(),
                event: Type.String(),
                from: Type.String(),
                roles: Roles,
              }),
            ),
            reading: Type.Array(
              Type.Object({
                type: Type.String(),
                ways: Type.Record(Type.String(), Roles),
              }),
            ),
            topics: Type.Array(Type.Object({ pattern: Type.String(), publish: Roles, subscribe: Roles })),
          }),
        },
      },
      refusals: [],
      handle: () => ok(access()),
    }),
  ];
}
