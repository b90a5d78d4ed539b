/** The audit log: search it, take it away as a file, and hear whether it is whole. */
import { type Static, Type } from '@sinclair/typebox';
import type { Audit, Clock } from '../../ports.js';
import type { AuditQuery } from '../audit/audit-file.js';
import type { AuditRow } from '../audit/chain.js';
import { writeAudit } from '../audit/export.js';
import type { AuditTrail } from '../audit/trail.js';
import { MANAGER_ROLES, ok, type Route, route } from './route.js';
import { Limit, Moment } from './shapes.js';

export interface AuditDeps {
  readonly audit: Audit;
  readonly trail: Pick<AuditTrail, 'search' | 'span' | 'forward' | 'verify'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const ROWS_MAX = 500;
const EXPORT_MAX = 100_000;
const word = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }));

const FILTER = {
  by: word('who: the name of a member of staff, or an id'),
  action: word('`user.disable`, or `user` for all that begin with it'),
  target: word('a part of what it was done to'),
  why: word('a part of the reason'),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
};
const Query = Type.Object({
  ...FILTER,
  before: Type.Optional(
    Type.Integer({ minimum: 1, description: 'only older ones: `next` of the page before' }),
  ),
  limit: Limit(ROWS_MAX, 100),
});
const ExportQuery = Type.Object(FILTER);

const Entry = Type.Object({
  n: Type.Integer({ description: 'number in the chain' }),
  at: Type.String(),
  by: Type.String(),
  role: Type.Optional(Type.String()),
  action: Type.String(),
  target: Type.String(),
  reason: Type.Optional(Type.String()),
  outcome: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  id: Type.String({ description: 'of the event in the journal' }),
  prev: Type.String(),
  hash: Type.String(),
});
const Finding = Type.Object({ n: Type.Integer(), what: Type.String(), detail: Type.String() });
const Report = Type.Object({
  entries: Type.Integer(),
  head: Type.Object({ n: Type.Integer(), hash: Type.String() }),
  findings: Type.Array(Finding),
});

export function auditRoutes(deps: AuditDeps): readonly Route[] {
  return [searchRoute(deps), exportRoute(deps, 'json'), exportRoute(deps, 'csv'), verifyRoute(deps)];
}

const shown = ({ id, at, data, link }: AuditRow) => ({ ...data, id, at, ...link });

/** Times are kept in UTC, and compared as they are written. */
function filterOf(query: Static<typeof ExportQuery>): Omit<AuditQuery, 'limit'> {
  const { by, action, target, why, from, to } = query;
  const utc = (moment: string): string => new Date(moment).toISOString();
  return {
    ...(by === undefined ? {} : { by }),
    ...(action === undefined ? {} : { action }),
    ...(target === undefined ? {} : { target }),
    ...(why === undefined ? {} : { why }),
    ...(from === undefined ? {} : { from: utc(from) }),
    ...(to === undefined ? {} : { to: utc(to) }),
  };
}

const searchRoute = (deps: AuditDeps): Route =>
  route({
    method: 'get',
    path: '/v1/audit',
    tag: 'Audit',
    summary: 'Who did what, to what, why and when; newest first',
    roles: MANAGER_ROLES,
    query: Query,
    answers: {
      200: {
        description: 'A page; `next` goes on to older ones',
        schema: Type.Object({ entries: Type.Array(Entry), next: Type.Optional(Type.Integer()) }),
      },
    },
    refusals: [],
    handle: ({ query }) => {
      const limit = query.limit ?? 100;
      const before = query.before === undefined ? {} : { before: query.before };
      const rows = deps.trail.search({ ...filterOf(query), ...before, limit });
      const last = rows.length === limit ? rows[rows.length - 1] : undefined;
      return ok({ entries: rows.map(shown), ...(last === undefined ? {} : { next: last.link.n }) });
    },
  });

const exportRoute = (deps: AuditDeps, format: 'json' | 'csv'): Route =>
  route({
    method: 'get',
    path: `/v1/audit/export.${format}`,
    tag: 'Audit',
    audit: { notes: ['audit.export'] },
    summary: `The log as a file, oldest first, as ${format.toUpperCase()} with the chain`,
    description: `At most ${EXPORT_MAX} entries, the newest; taking it away is an entry, too.`,
    roles: MANAGER_ROLES,
    query: ExportQuery,
    answers: {
      200: {
        description: 'The file; its name is in Content-Disposition',
        ...(format === 'csv'
          ? { contentType: 'text/csv' }
          : { schema: Type.Object({ entries: Type.Array(Entry) }) }),
      },
    },
    refusals: ['QuotaReached', 'DiskFull', 'DiskFailed'],
    handle: async ({ query, actor }) => {
      const filter = filterOf(query);
      const span = deps.trail.span({ ...filter, limit: EXPORT_MAX });
      await deps.audit.note({
        action: 'audit.export',
        ...actor,
        target: format,
        outcome: 'done',
        detail: `Entries ${span.entries}`,
      });
      const day = new Date(deps.clock.nowMs()).toISOString().slice(0, 10);
      return {
        status: 200,
        headers: {
          'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
          'content-disposition': `attachment; filename="audit-${day}.${format}"`,
        },
        stream: (response) => {
          writeAudit(deps.trail, response, { format, filter, span, shown }).catch((error: Error) =>
            response.destroy(error),
          );
        },
      };
    },
  });

const verifyRoute = (deps: AuditDeps): Route =>
  route({
    method: 'get',
    path: '/v1/audit/verify',
    tag: 'Audit',
    summary: 'Is the log what it was when it was written?',
    description: 'Looks at every entry, the one before it, the newest one, and what the journal has.',
    roles: MANAGER_ROLES,
    answers: { 200: { description: 'What is wrong; nothing when `findings` is empty', schema: Report } },
    refusals: ['Busy'],
    handle: async () => ok(await deps.trail.verify()),
  });
