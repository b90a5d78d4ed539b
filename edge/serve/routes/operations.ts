/** Health, metrics, the picture of now, and the two published API pages. */
import { Type } from '@sinclair/typebox';
import type { StaffNow } from '../../contracts/index.js';
import { MANAGER_ROLES, ok, type Route, route, STAFF_ROLES } from './route.js';

export interface OperationDeps {
  /** Each part with `undefined` when it is well, else what is wrong. */
  readonly ready: () => Readonly<Record<string, string | undefined>>;
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  /** True where only this machine reaches the listener: then metrics need no token. */
  readonly loopback: boolean;
  readonly staffNow: () => StaffNow | undefined;
  readonly pages: () => { readonly openapi: object; readonly asyncapi: object };
}

const Health = Type.Object({
  status: Type.String(),
  problems: Type.Optional(Type.Record(Type.String(), Type.String())),
});

export function operationRoutes(deps: OperationDeps): readonly Route[] {
  return [...healthRoutes(deps), metricsRoute(deps), nowRoute(deps), ...pageRoutes(deps)];
}

const healthRoutes = (deps: OperationDeps): readonly Route[] => [
  route({
    method: 'get',
    path: '/healthz',
    tag: 'Operations',
    summary: 'The process lives',
    roles: 'anyone',
    answers: { 200: { description: 'It does', schema: Health } },
    refusals: [],
    handle: () => ok({ status: 'ok' }),
  }),
  route({
    method: 'get',
    path: '/readyz',
    tag: 'Operations',
    summary: 'The store takes events and decides',
    roles: 'anyone',
    answers: {
      200: { description: 'Ready', schema: Health },
      503: { description: 'Not ready, by part', schema: Health },
    },
    refusals: [],
    handle: () => {
      const wrong = Object.entries(deps.ready()).filter(([, problem]) => problem !== undefined);
      if (wrong.length === 0) return ok({ status: 'ready' });
      return { status: 503, body: { status: 'not ready', problems: Object.fromEntries(wrong) } };
    },
  }),
];

const metricsRoute = (deps: OperationDeps): Route =>
  route({
    method: 'get',
    path: '/metrics',
    tag: 'Operations',
    summary: 'Figures for Prometheus; without a token on loopback only',
    roles: deps.loopback ? 'anyone' : [...MANAGER_ROLES, 'device', 'viewer'],
    answers: { 200: { description: 'Prometheus text', contentType: 'text/plain' } },
    refusals: [],
    handle: async () => ({
      status: 200,
      body: await deps.metrics.metrics(),
      headers: { 'content-type': deps.metrics.contentType },
    }),
  });

const nowRoute = (deps: OperationDeps): Route =>
  route({
    method: 'get',
    path: '/v1/now',
    tag: 'Operations',
    summary: 'The picture that the staff page shows',
    roles: STAFF_ROLES,
    answers: {
      200: {
        description: 'Zones, screens, link, figures, stops, alarms',
        schema: Type.Object({ at: Type.String() }),
      },
    },
    refusals: ['Busy'],
    handle: () => {
      const now = deps.staffNow();
      return now === undefined ? { reason: 'Busy', detail: 'the store has no configuration yet' } : ok(now);
    },
  });

/** Made once: nobody needs a token for them, so they must cost nothing. */
function pageRoutes(deps: OperationDeps): readonly Route[] {
  let made: ReturnType<OperationDeps['pages']> | undefined;
  return (['openapi', 'asyncapi'] as const).map((page) =>
    route({
      method: 'get',
      path: `/v1/${page}.json`,
      tag: 'Operations',
      summary: page === 'openapi' ? 'This page' : 'Topics over MQTT and events over sockets',
      roles: 'anyone',
      answers: { 200: { description: 'The page', schema: Type.Object({ info: Type.Unknown() }) } },
      refusals: [],
      handle: () => {
        made ??= deps.pages();
        return ok(made[page]);
      },
    }),
  );
}
