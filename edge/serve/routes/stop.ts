/** The one button that stops anything, and its undoing. */
import { Type } from '@sinclair/typebox';
import { Id } from '../../contracts/events/common.js';
import type { PromoStop } from '../../contracts/index.js';
import type { Actor, Audit, AuditNote, Draft, Engine } from '../../ports.js';
import type { AuditTrail } from '../audit/trail.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';

export interface StopDeps {
  readonly audit: Pick<Audit, 'note' | 'noteWith'>;
  readonly trail: Pick<AuditTrail, 'search'>;
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
      audit: { notes: ['stop'] },
      summary: 'Stop all offers, or those of one campaign, until somebody undoes it',
      roles: ROLES,
      description: 'Whoever is in a hurry stops first and says why afterwards: PUT /v1/stop/{id}/reason.',
      body: Type.Object({ scope: Scope }),
      answers: { 201: { description: 'Stopped; screens and phones follow at once', schema: Stopped } },
      refusals: ['NotFound', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
      example: { body: { scope: { campaign: 'none' }, reason: 'wrong price' } },
      handle: async ({ body: { scope }, actor }) => {
        if (scope !== 'all' && !deps.engine.views.campaigns().has(scope.campaign)) {
          const detail = `there is no campaign ${scope.campaign}; GET /v1/offers lists those that the store knows`;
          return { reason: 'NotFound', detail, field: '/scope/campaign' };
        }
        const stopId = deps.newId();
        const target = scope === 'all' ? 'all' : scope.campaign;
        await record(
          { action: 'stop', ...actor, target, outcome: 'done', detail: `Stop ${stopId}` },
          draftOf({ stopId, scope, reason: actor.reason ?? '', active: true }, actor),
        );
        return { status: 201, body: { id: stopId } };
      },
    }),
    route({
      method: 'delete',
      path: '/v1/stop/{id}',
      tag: 'Stop',
      audit: { notes: ['stop.undo'] },
      summary: 'Bring the same offers back',
      description:
        'At any time; a stop stands until then. Coupons are good again. Within 15 seconds each screen shows the very offer that was taken off, later what would win by then.',
      roles: ROLES,
      params: Type.Object({ id: Id('stop') }),
      answers: { 200: { description: 'The stop is over', schema: Stopped } },
      refusals: ['NotFound', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
      example: { params: { id: 'none' } },
      handle: async ({ params, actor }) => {
        const stop = deps.engine.views.stops().find((standing) => standing.stopId === params.id);
        if (stop === undefined) {
          return { reason: 'NotFound', detail: `nothing is stopped under ${params.id}`, field: '/id' };
        }
        const { stopId, scope, reason } = stop;
        await record(
          { action: 'stop.undo', ...actor, target: stopId, outcome: 'done' },
          draftOf({ stopId, scope, reason, active: false }, actor),
        );
        return ok({ id: stopId });
      },
    }),
    reasonRoute(deps, record),
  ];
}

const draftOf = (stop: Omit<PromoStop, 'by'>, { by }: Actor): Draft<'promo.stop'> => ({
  type: 'promo.stop',
  device: 'serve',
  data: { ...stop, by: by.subject },
});

/** Whoever stops holds a button and types nothing: why stands in an entry of its own. */
const reasonRoute = (
  deps: StopDeps,
  record: (note: AuditNote, draft: Draft<'promo.stop'>) => Promise<void>,
): Route =>
  route({
    method: 'put',
    path: '/v1/stop/{id}/reason',
    tag: 'Stop',
    audit: { notes: ['stop.reason', 'stop.undo.reason'], why: 'staff' },
    summary: 'Say afterwards why it was stopped or, once it is undone, why it was brought back',
    roles: ROLES,
    params: Type.Object({ id: Id('stop') }),
    body: Type.Object({}),
    answers: { 200: { description: 'It stands in the audit log', schema: Stopped } },
    refusals: ['NotFound', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { id: 'none' }, body: { reason: 'wrong price' } },
    handle: async ({ params: { id }, actor }) => {
      const stop = deps.engine.views.stops().find((standing) => standing.stopId === id);
      const entry = { ...actor, target: id, outcome: 'done' } as const;
      if (stop !== undefined) {
        const { scope, reason } = stop;
        await record(
          { ...entry, action: 'stop.reason' },
          draftOf({ stopId: id, scope, reason: actor.reason ?? reason, active: true }, actor),
        );
        return ok({ id });
      }
      if (deps.trail.search({ action: 'stop.undo', target: id, limit: 1 }).length === 0) {
        return { reason: 'NotFound', detail: `nothing was stopped under ${id}`, field: '/id' };
      }
      await deps.audit.note({ ...entry, action: 'stop.undo.reason' });
      return ok({ id });
    },
  });
