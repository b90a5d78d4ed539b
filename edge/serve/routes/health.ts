/** How the box is: room, memory, clock, refusals, gaps, starts and backups in one answer. */
import { Type } from '@sinclair/typebox';
import type { HealthNow } from '../../contracts/index.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';

export interface HealthDeps {
  readonly health: () => Promise<HealthNow>;
}

const Bytes = Type.Object({ freeBytes: Type.Number(), totalBytes: Type.Number() });

export function healthRoutes({ health }: HealthDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/health',
      tag: 'Operations',
      summary: 'How the box is, for the Health tab',
      roles: STAFF_ROLES,
      answers: {
        200: {
          description: 'Journal, disk, memory, clock, engine, refusals, gaps, starts, backups',
          schema: Type.Object({
            at: Type.String(),
            version: Type.String(),
            startedAt: Type.String(),
            journal: Type.Object({ bytes: Type.Number(), quotaBytes: Type.Number() }),
            disk: Bytes,
            load: Type.Number(),
          }),
        },
      },
      refusals: [],
      handle: async () => ok(await health()),
    }),
  ];
}
