/** What could not be understood: look at it, mend it and send it through the same decoder again, or leave it. */
import { Type } from '@sinclair/typebox';
import { isType, type JournalledEvent, type QuarantineEvent, type Refusal } from '../../contracts/index.js';
import type { Draft, Engine, Gate } from '../../ports.js';
import type { Journal } from '../../store/types.js';
import { type Answer, DESK_ROLES, isRefusal, ok, type Route, route, STAFF_ROLES } from './route.js';
import { IdParam, Limit } from './shapes.js';

const EFFECT_TIMEOUT_MS = 2_000;

export interface QuarantineDeps {
  readonly journal: Pick<Journal, 'readOffset'>;
  readonly gate: Pick<Gate, 'admit'>;
  readonly engine: Pick<Engine, 'outcomeOf' | 'views'>;
  /** The mended body through the adapter that refused it, into the journal; ids of what it became. */
  readonly redecode: (
    record: QuarantineEvent,
    body: Buffer,
  ) => Promise<{ readonly events: readonly string[] } | Refusal>;
}

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
const Settled = Type.Object({
  quarantineId: Type.String(),
  as: Type.String({ description: 'mended or left' }),
  events: Type.Array(Type.String({ description: 'ids of what it became' })),
});

export function quarantineRoutes(deps: QuarantineDeps): readonly Route[] {
  const settler = createSettler(deps);
  return [listRoute(deps), openRoute(deps), mendRoute(deps, settler), leaveRoute(settler)];
}

type Held = JournalledEvent<'quarantine.event'>;

/** The open record of this id, or why there is none. */
function heldRecord(deps: QuarantineDeps, id: string): Held | Refusal {
  const place = deps.engine.views.quarantined().find((held) => held.quarantineId === id);
  const journalled = place === undefined ? undefined : deps.journal.readOffset(place.offset);
  if (journalled !== undefined && isType(journalled.event, 'quarantine.event')) return journalled as Held;
  return { reason: 'NotFound', detail: `no open record ${id}: it was settled, or never was`, field: '/id' };
}

const show = ({ event }: Held) => ({ ...event.data, recordedtime: event.recordedtime, source: event.source });

interface Settling {
  readonly as: 'mended' | 'left';
  readonly by: string;
  readonly admit: (held: Held) => Promise<{ readonly events: readonly string[] } | Refusal>;
}

/** Two people may settle the same record at once: the first wins, the second hears AlreadySettled. */
function createSettler(deps: QuarantineDeps) {
  const settling = new Set<string>();
  const settle = async (id: string, how: Settling): Promise<Answer> => {
    const held = heldRecord(deps, id);
    if (isRefusal(held)) return held;
    const admitted = await how.admit(held as Held);
    if (isRefusal(admitted)) return admitted;
    const [place] = await deps.gate.admit(settlement(held as Held, how));
    await deps.engine.outcomeOf(place!.offset, EFFECT_TIMEOUT_MS);
    return ok({ quarantineId: id, as: how.as, events: admitted.events });
  };
  return async (id: string, how: Settling): Promise<Answer> => {
    if (settling.has(id)) {
      return { reason: 'AlreadySettled', detail: 'somebody else is settling it now', field: '/id' };
    }
    settling.add(id);
    try {
      return await settle(id, how);
    } finally {
      settling.delete(id);
    }
  };
}

function settlement({ event }: Held, how: Settling): Draft[] {
  const { quarantineId } = event.data;
  const settles = { quarantineId, as: how.as, by: how.by };
  const settled = `${quarantineId.slice(0, 100)}/settled`;
  const data = { ...event.data, quarantineId: settled, body: '', bytes: 0, cut: false, settles };
  const audit = { by: how.by, action: `quarantine.${how.as}`, target: quarantineId };
  return [
    { type: 'quarantine.event', device: 'serve', data },
    { type: 'audit.entry', device: 'serve', data: audit },
  ];
}

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

const mendRoute = (deps: QuarantineDeps, settle: ReturnType<typeof createSettler>): Route =>
  route({
    method: 'post',
    path: '/v1/quarantine/{id}/mend',
    tag: 'Quarantine',
    summary: 'Send a mended body through the decoder that refused it',
    description:
      'Refused with the decoder’s own words when it still does not fit; the record then stays open.',
    roles: DESK_ROLES,
    params: Params,
    body: Type.Object({ body: Type.String({ maxLength: 1_000_000, description: 'the mended text' }) }),
    bodyBytesMax: 2 * 1024 * 1024,
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
    handle: ({ params, body, principal }) =>
      settle(params.id, {
        as: 'mended',
        by: principal.subject,
        admit: ({ event }) => deps.redecode(event.data, Buffer.from(body.body)),
      }),
  });

const leaveRoute = (settle: ReturnType<typeof createSettler>): Route =>
  route({
    method: 'post',
    path: '/v1/quarantine/{id}/leave',
    tag: 'Quarantine',
    summary: 'Settle a record without mending it; it stays in the journal',
    roles: DESK_ROLES,
    params: Params,
    answers: { 200: { description: 'Left as it is', schema: Settled } },
    refusals: ['NotFound', 'AlreadySettled', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { id: 'none' } },
    handle: ({ params, principal }) =>
      settle(params.id, {
        as: 'left',
        by: principal.subject,
        admit: async () => ({ events: [] }),
      }),
  });
