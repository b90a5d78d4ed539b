/** What could not be understood: look at it, mend it and send it through the same decoder again, or leave it. */
import { Type } from '@sinclair/typebox';
import {
  createSettler,
  type Held,
  heldRecord,
  type QuarantineDeps,
  type Settle,
} from '../settle-quarantine.js';
import { DESK_ROLES, isRefusal, ok, type Route, route, STAFF_ROLES } from './route.js';
import { IdParam, Limit } from './shapes.js';

const Params = Type.Object({ id: IdParam('quarantine record') });
const Record = Type.Object({
  quarantineId: Type.String(),
  reason: Type.String(),
  detail: Type.String(),
  channel: Type.String(),
  topic: Type.String(),
  device: Type.String(),
  bytes: Type.Integer(),
  recordedtime: Type.String(),
});
const BODY_BYTES_MAX = 2 * 1024 * 1024;
const Body = Type.Object({ body: Type.String({ maxLength: 1_000_000, description: 'the mended text' }) });
const Verdict = Type.Object({
  fits: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String({ description: 'the words of the decoder or of the schema' })),
  field: Type.Optional(Type.String({ description: 'where, as a JSON pointer' })),
});
const Settled = Type.Object({
  quarantineId: Type.String(),
  as: Type.String({ description: 'mended or left' }),
  events: Type.Array(Type.String({ description: 'ids of what it became' })),
});

export type { QuarantineDeps };

export function quarantineRoutes(deps: QuarantineDeps): readonly Route[] {
  const settler = createSettler(deps);
  return [
    listRoute(deps),
    openRoute(deps),
    checkRoute(deps),
    mendRoute(deps, settler),
    leaveRoute(deps, settler),
  ];
}

const show = ({ event }: Held) => ({ ...event.data, recordedtime: event.recordedtime, source: event.source });

const listRoute = (deps: QuarantineDeps): Route =>
  route({
    method: 'get',
    path: '/v1/quarantine',
    tag: 'Quarantine',
    summary: 'Open records, newest first, without their bodies',
    roles: STAFF_ROLES,
    query: Type.Object({ limit: Limit(500, 100) }),
    answers: {
      200: {
        description: 'Open records and how many there are',
        schema: Type.Object({ records: Type.Array(Record), total: Type.Integer() }),
      },
    },
    refusals: [],
    handle: ({ query }) => {
      const all = [...deps.engine.views.quarantined()].sort((left, right) => right.offset - left.offset);
      const records = all.slice(0, query.limit ?? 100).flatMap(({ quarantineId }) => {
        const held = heldRecord(deps, quarantineId);
        if (isRefusal(held)) return [];
        const { body: _body, ...rest } = show(held as Held);
        return [rest];
      });
      return ok({ records, total: all.length });
    },
  });

const openRoute = (deps: QuarantineDeps): Route =>
  route({
    method: 'get',
    path: '/v1/quarantine/{id}',
    tag: 'Quarantine',
    summary: 'One open record with its masked body',
    roles: DESK_ROLES,
    params: Params,
    answers: {
      200: {
        description: 'The record',
        schema: Type.Intersect([Record, Type.Object({ body: Type.String() })]),
      },
    },
    refusals: ['NotFound'],
    example: { params: { id: 'none' } },
    handle: ({ params }) => {
      const held = heldRecord(deps, params.id);
      return isRefusal(held) ? held : ok(show(held as Held));
    },
  });

const checkRoute = (deps: QuarantineDeps): Route =>
  route({
    method: 'post',
    path: '/v1/quarantine/{id}/check',
    tag: 'Quarantine',
    audit: { exempt: 'only asks; nothing is changed' },
    summary: 'Whether a mended body would fit; nothing is taken',
    roles: DESK_ROLES,
    params: Params,
    body: Body,
    bodyBytesMax: BODY_BYTES_MAX,
    answers: {
      200: { description: 'The verdict, with the place and the reason when it does not', schema: Verdict },
    },
    refusals: ['NotFound'],
    example: { params: { id: 'none' }, body: { body: '{}' } },
    handle: ({ params, body }) => {
      const held = heldRecord(deps, params.id);
      if (isRefusal(held)) return held;
      const refusal = deps.recheck((held as Held).event.data, Buffer.from(body.body));
      if (refusal === undefined) return ok({ fits: true });
      const { reason, detail, field } = refusal;
      return ok({ fits: false, reason, detail, ...(field === undefined ? {} : { field }) });
    },
  });

const mendRoute = (deps: QuarantineDeps, settle: Settle): Route =>
  route({
    method: 'post',
    path: '/v1/quarantine/{id}/mend',
    tag: 'Quarantine',
    audit: { notes: ['quarantine.mended'] },
    summary: 'Send a mended body through the decoder that refused it',
    description:
      'Refused with the decoder’s own words when it still does not fit; the record then stays open.',
    roles: DESK_ROLES,
    params: Params,
    body: Body,
    bodyBytesMax: BODY_BYTES_MAX,
    answers: { 200: { description: 'Admitted', schema: Settled } },
    refusals: [
      'NotFound',
      'AlreadySettled',
      'SchemaMismatch',
      'MalformedJson',
      'UnknownTopic',
      'TransactionConflict',
      'Busy',
      'QuotaReached',
      'DiskFull',
      'DiskFailed',
    ],
    example: { params: { id: 'none' }, body: { body: '{}' } },
    handle: ({ params, body, actor }) =>
      settle(params.id, {
        as: 'mended',
        actor,
        admit: ({ event }, settlement) =>
          deps.redecode(event.data, Buffer.from(body.body), {
            name: `${params.id.slice(0, 100)}/mended`,
            settlement,
          }),
      }),
  });

const leaveRoute = (deps: QuarantineDeps, settle: Settle): Route =>
  route({
    method: 'post',
    path: '/v1/quarantine/{id}/leave',
    tag: 'Quarantine',
    audit: { notes: ['quarantine.left'], why: 'person' },
    summary: 'Settle a record without mending it; it stays in the journal',
    roles: DESK_ROLES,
    params: Params,
    answers: { 200: { description: 'Left as it is', schema: Settled } },
    refusals: ['NotFound', 'AlreadySettled', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { id: 'none' } },
    handle: ({ params, actor }) =>
      settle(params.id, {
        as: 'left',
        actor,
        admit: async (_held, settlement) => {
          await deps.gate.admit(settlement);
          return { events: [] };
        },
      }),
  });
