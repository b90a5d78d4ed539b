/** Devices, tills and screens: their ids and tokens, and the screens as they are. */

import { Type } from '@sinclair/typebox';
import { Id } from '../../contracts/events/common.js';
import type { AuditAction } from '../../contracts/index.js';
import type { Actor, Audit, Clock, ScreenStatus } from '../../ports.js';
import { noted } from '../audit/noted.js';
import type { StoreAuth } from '../auth/auth.js';
import { screenLink } from '../auth/links.js';
import { MANAGER_ROLES, ok, type Route, route, STAFF_ROLES } from './route.js';

export interface DeviceDeps {
  readonly auth: StoreAuth;
  readonly audit: Pick<Audit, 'note'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly screens: ScreenStatus;
  /** Where browsers find this store, without a slash at the end. */
  readonly baseUrl: () => string;
}

const Kind = Type.Union([Type.Literal('device'), Type.Literal('till'), Type.Literal('screen')]);

export function deviceRoutes(deps: DeviceDeps): readonly Route[] {
  return [registerRoute(deps), listRoute(deps), revokeRoute(deps), screensRoute(deps), screenLinkRoute(deps)];
}

const registerRoute = (deps: DeviceDeps): Route =>
  route({
    method: 'post',
    path: '/v1/devices',
    tag: 'Devices',
    audit: { notes: ['device.register'] },
    summary: 'Register a device, till or screen; the token is shown once',
    description:
      'Over MQTT the id is the user name and the token the password. A device speaks only as itself and for the ids in `speaksFor`.',
    roles: MANAGER_ROLES,
    body: Type.Object({
      name: Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'becomes the id where it can; a node keeps its name',
      }),
      kind: Kind,
      speaksFor: Type.Optional(
        Type.Array(Id('shelf, zone, node or label'), {
          maxItems: 500,
          description: 'further ids behind this device',
        }),
      ),
    }),
    answers: {
      201: { description: 'Registered', schema: Type.Object({ id: Type.String(), token: Type.String() }) },
    },
    refusals: ['QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { body: { name: 'beverages-1', kind: 'device' } },
    handle: async ({ body, actor }) => {
      const made = await deps.auth.withDeviceId(body, (id) =>
        noted(deps.audit, { action: 'device.register', ...actor, target: id }, () =>
          deps.auth.registerDevice({ ...body, id }),
        ),
      );
      return { status: 201, body: made, headers: { 'cache-control': 'no-store' } };
    },
  });

const listRoute = (deps: DeviceDeps): Route =>
  route({
    method: 'get',
    path: '/v1/devices',
    tag: 'Devices',
    summary: 'Devices that have a token',
    roles: STAFF_ROLES,
    answers: {
      200: {
        description: 'Without their tokens, which nobody can read again',
        schema: Type.Object({
          devices: Type.Array(
            Type.Object({
              id: Type.String(),
              name: Type.String(),
              kind: Type.String(),
              revoked: Type.Boolean(),
            }),
          ),
        }),
      },
    },
    refusals: [],
    handle: () =>
      ok({
        devices: deps.auth.devices().map(({ id, name, kind, speaksFor, revokedMs }) => ({
          id,
          name,
          kind,
          speaksFor,
          revoked: revokedMs !== null,
        })),
      }),
  });

const revokeRoute = (deps: DeviceDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/devices/{id}',
    tag: 'Devices',
    audit: { notes: ['device.revoke'], why: 'person' },
    summary: 'Take back all tokens of a device; its connections are cut',
    roles: MANAGER_ROLES,
    params: Type.Object({ id: Id('device') }),
    answers: { 204: { description: 'Taken back' } },
    refusals: ['NotFound', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { id: 'nobody-1' } },
    handle: async ({ params, actor }) => {
      if (!deps.auth.devices().some((device) => device.id === params.id)) {
        return { reason: 'NotFound', detail: `there is no device ${params.id}`, field: '/id' };
      }
      await note(deps, actor, 'device.revoke', params.id);
      deps.auth.revoke(params.id);
      return { status: 204 };
    },
  });

const ScreenNow = Type.Object({
  screen: Type.String(),
  name: Type.String(),
  zone: Type.String(),
  up: Type.Boolean(),
  since: Type.String(),
  showing: Type.Optional(Type.String()),
});

const screensRoute = (deps: DeviceDeps): Route =>
  route({
    method: 'get',
    path: '/v1/screens',
    tag: 'Devices',
    summary: 'Which screens are up, and what they show',
    roles: STAFF_ROLES,
    answers: {
      200: {
        description: 'All screens of the configuration',
        schema: Type.Object({ screens: Type.Array(ScreenNow) }),
      },
    },
    refusals: [],
    handle: () => ok({ screens: deps.screens.screens(deps.clock.nowMs()) }),
  });

const screenLinkRoute = (deps: DeviceDeps): Route =>
  route({
    method: 'post',
    path: '/v1/screens/{screen}/link',
    tag: 'Devices',
    audit: { notes: ['screen.link'] },
    summary: 'A link that makes the browser which opens it this screen, once',
    roles: MANAGER_ROLES,
    params: Type.Object({ screen: Id('screen') }),
    answers: {
      201: { description: 'Made', schema: Type.Object({ screen: Type.String(), link: Type.String() }) },
    },
    refusals: ['NotFound'],
    example: { params: { screen: 'nowhere' } },
    handle: async ({ params: { screen }, actor }) => {
      if (!deps.screens.screens(deps.clock.nowMs()).some((known) => known.screen === screen)) {
        return { reason: 'NotFound', detail: `store.yaml has no screen ${screen}`, field: '/screen' };
      }
      await note(deps, actor, 'screen.link', screen);
      return { status: 201, body: { screen, link: screenLink(deps.auth, deps.baseUrl(), screen) } };
    },
  });

const note = (deps: DeviceDeps, actor: Actor, action: AuditAction, target: string): Promise<void> =>
  deps.audit.note({ action, ...actor, target, outcome: 'done' });
