/** The one button that stops anything, and its undoing. */
import { Type } from '@sinclair/typebox';
import { Id } from '../../contracts/events/common.js';
import type { Audit, AuditNote, Draft, Engine } from '../../ports.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';

export interface StopDeps {
  readonly audit: Pick<Audit, 'noteWith'>;
  readonly engine: Pick<Engine, 'outcomeOf' | 'views'>;
  readonly newId: () => string;
}

const EFFECT_TIMEOUT_MS = 2_000;
const Scope = Type.Union([Type.Literal('all'), Type.Object({ campaign: Id('campaign') })]);
const Stopped = Type.Object({ id: Type.String({ description: 'undo with DELETE /v1/stop/{id}' }) });
/** Everybody who works on the floor may stop; a viewer only watches. */
const ROLES = STAFF_ROLES.filter((role) => role !== 'viewer');

export function stopRoutes(deps: StopDeps): readonly Route[] {
  const record = async (note: AuditNote, draft: Draft<'promo.stop'>): Promise<void> => {
    const [place] = await deps.audit.noteWith(note, [draft]);
    await deps.engine.outcomeOf(place!.offset, EFFECT_TIMEOUT_MS);
  };
  return [
    route({
      method: 'get',
      path: '/v1/stop',
      tag: 'Stop',
      summary: 'What is stopped now',
      roles: STAFF_ROLES,
      answers: {
        200: { description: 'All that stand', schema: Type.Object({ stops: Type.Array(Type.Unknown()) }) },
      },
      refusals: [],
      handle: () => ok({ stops: deps.engine.views.stops() }),
    }),
    route({
      method: 'post',
      path: '/v1/stop',
      tag: 'Stop',
      summary: 'Stop all offers, or those of one campaign, until somebody undoes it',
      roles: ROLES,
      body: Type.Object({ scope: Scope, reason: Type.String({ minLength: 1, maxLength: 500 }) }),
      answers: { 201: { description: 'Stopped; screens and phones follow at once', schema: Stopped } },
      refusals: ['NotFound', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
      example: { body: { scope: { campaign: 'none' }, reason: 'wrong price' } },
      handle: async ({ body, principal }) => {
        if (body.scope !== 'all' && !deps.engine.views.campaigns().has(body.scope.campaign)) {
          const detail = `there is no campaign ${body.scope.campaign}; GET /v1/offers lists those that the store knows`;
          return { reason: 'NotFound', detail, field: '/scope/campaign' };
        }
        const stopId = deps.newId();
        const by = principal.subject;
        const target = body.scope === 'all' ? 'all' : body.scope.campaign;
        await record(
          { action: 'stop', by: principal, target, reason: body.reason, outcome: 'done', detail: stopId },
          { type: 'promo.stop', device: 'serve', data: { stopId, ...body, active: true, by } },
        );
        return { status: 201, body: { id: stopId } };
      },
    }),
    route({
      method: 'delete',
      path: '/v1/stop/{id}',
      tag: 'Stop',
      summary: 'Bring the same offers back',
      description:
        'At any time; a stop stands until then. Coupons are good again. Within 15 seconds each screen shows the very offer that was taken off, later what would win by then.',
      roles: ROLES,
      params: Type.Object({ id: Id('stop') }),
      answers: { 200: { description: 'The stop is over', schema: Stopped } },
      refusals: ['NotFound', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
      example: { params: { id: 'none' } },
      handle: async ({ params, principal }) => {
        const stop = deps.engine.views.stops().find((standing) => standing.stopId === params.id);
        if (stop === undefined) {
          return { reason: 'NotFound', detail: `nothing is stopped under ${params.id}`, field: '/id' };
        }
        const by = principal.subject;
        const { stopId, scope, reason } = stop;
        await record(
          { action: 'stop.undo', by: principal, target: stopId, outcome: 'done' },
          { type: 'promo.stop', device: 'serve', data: { stopId, scope, reason, active: false, by } },
        );
        return ok({ id: stopId });
      },
    }),
  ];
}
