/** The Journal page: everything that happened, newest first, found by type, outcome, word and time. */
import { type Static, Type } from '@sinclair/typebox';
import {
  isType,
  type JournalledEvent,
  type StoreEvent,
  TOPIC_NAMES,
  type TopicName,
} from '../../contracts/index.js';
import type { Audit, Role } from '../../ports.js';
import { cursorAt, offsetOf } from '../cursor.js';
import { EXPORT_ROLES, mayRead, readableTypes } from '../event-access.js';
import { EXPORT_EVENTS_MAX, exportJournal } from '../journal-export.js';
import { type PagesJournal, type SearchOptions, searchBackwards, toCloudEvent } from '../journal-pages.js';
import { forPeople } from '../redact.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';
import { CloudEvent, Cursor, IdParam, Limit, Moment } from './shapes.js';

const FILTERS = {
  type: Type.Optional(Type.Union(TOPIC_NAMES.map((name) => Type.Literal(name)))),
  outcome: Type.Optional(
    Type.Union([Type.Literal('offered'), Type.Literal('withheld'), Type.Literal('rejected')]),
  ),
  without: Type.Optional(
    Type.String({
      maxLength: 300,
      description: 'topics to leave out, with commas between: sightings drown all else',
    }),
  ),
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'a word in the event' })),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
};
const Query = Type.Object({ after: Type.Optional(Cursor), limit: Limit(200, 50), ...FILTERS });
const Filters = Type.Object(FILTERS);

const Entry = Type.Intersect([
  CloudEvent,
  Type.Object({
    offset: Type.Integer(),
    cause: Type.Optional(Type.Integer({ description: 'offset of the event whose step made this one' })),
  }),
]);

export interface JournalDeps {
  readonly audit: Pick<Audit, 'note'>;
  readonly journal: PagesJournal & { readId(id: string): JournalledEvent | undefined };
}

export function journalRoutes(deps: JournalDeps): readonly Route[] {
  const { journal } = deps;
  return [
    // Before the route of one event, whose id it would be taken for.
    exportRoute(deps),
    route({
      method: 'get',
      path: '/v1/journal',
      tag: 'Journal',
      summary: 'Search what happened, newest first',
      description:
        'A page may be short, or empty, and still have `next`: a rare word is looked for in several calls.',
      roles: STAFF_ROLES,
      query: Query,
      answers: {
        200: {
          description: 'A page; `next` goes on to older ones and is absent at the beginning',
          schema: Type.Object({
            events: Type.Array(Entry),
            next: Type.Optional(Cursor),
            total: Type.Optional(
              Type.Integer({
                minimum: 0,
                description:
                  'on the first page: events recorded in the time asked for, with those that the other filters leave out',
              }),
            ),
          }),
        },
      },
      refusals: ['CursorGone'],
      handle: ({ query, principal: { role } }) => {
        const readable = readableTypes('journal', role);
        const types = typesOf(query, readable);
        if (types?.length === 0) return ok({ events: [], total: recordedIn(journal, query) });
        const page = searchBackwards(journal, {
          limit: query.limit ?? 50,
          ...searchOf(query, role, readable),
          ...(query.after === undefined ? {} : { before: offsetOf(journal, query.after) + 1 }),
        });
        const next = page.before === undefined ? {} : { next: cursorAt(journal, page.before - 1) };
        const total = query.after === undefined ? { total: recordedIn(journal, query) } : {};
        return ok({ events: page.found.map((found) => entry(journal, found, role)), ...next, ...total });
      },
    }),
    route({
      method: 'get',
      path: '/v1/journal/{id}',
      tag: 'Journal',
      summary: 'One event by its id',
      roles: STAFF_ROLES,
      params: Type.Object({ id: IdParam('event') }),
      answers: { 200: { description: 'The event', schema: Entry } },
      refusals: ['NotFound'],
      example: { params: { id: 'none' } },
      handle: ({ params, principal: { role } }) => {
        const found = journal.readId(params.id);
        return found === undefined || !mayRead('journal', role, found.event.type)
          ? { reason: 'NotFound', detail: `no event ${params.id} is held`, field: '/id' }
          : ok(entry(journal, found, role));
      },
    }),
  ];
}

const exportRoute = ({ journal, audit }: JournalDeps): Route =>
  route({
    method: 'get',
    path: '/v1/journal/export',
    tag: 'Journal',
    audit: { notes: ['journal.export'] },
    summary: 'What was found, as a file, newest first',
    description: `At most ${EXPORT_EVENTS_MAX} events; the last line, or \`complete\`, says when there were more.`,
    roles: EXPORT_ROLES,
    query: Type.Object({
      format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('json')])),
      ...FILTERS,
    }),
    answers: { 200: { description: 'The file, streamed', contentType: ['text/csv', 'application/json'] } },
    refusals: ['QuotaReached', 'DiskFull', 'DiskFailed'],
    handle: async ({ query, principal, actor }) => {
      const { format = 'csv', ...filters } = query;
      const { role } = principal;
      const target = JSON.stringify(query).slice(0, 300);
      // What was there when it was asked for: the note about this very file is not in it.
      const before = journal.stats().lastOffset + 1;
      await audit.note({ action: 'journal.export', ...actor, target, outcome: 'done' });
      return {
        status: 200,
        headers: {
          'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
          'content-disposition': `attachment; filename="journal.${format}"`,
        },
        stream: (response) => {
          const search = { ...searchOf(filters, role, readableTypes('export', role)), before };
          exportJournal(journal, response, { format, search, role }).catch((error: Error) =>
            response.destroy(error),
          );
        },
      };
    },
  });

function searchOf(
  filters: Static<typeof Filters>,
  role: Role,
  readable: readonly TopicName[] | undefined,
): Omit<SearchOptions, 'limit'> {
  const types = typesOf(filters, readable);
  // Topics that leave one another out: there is nothing to look through.
  if (types?.length === 0) return { matches: () => false, fromMs: Number.MAX_SAFE_INTEGER };
  return {
    matches: matcher(filters, role),
    ...(types === undefined ? {} : { types }),
    ...(filters.from === undefined ? {} : { fromMs: Date.parse(filters.from) }),
    ...(filters.to === undefined ? {} : { toMs: Date.parse(filters.to) }),
  };
}

/** Places are given one by one, so that the difference of two is a count. */
function recordedIn(
  journal: PagesJournal,
  { from, to }: Pick<Static<typeof Filters>, 'from' | 'to'>,
): number {
  const beyond = journal.stats().lastOffset + 1;
  const placeAt = (instant: string | undefined, otherwise: number): number => {
    const since = instant === undefined ? {} : { fromMs: Date.parse(instant) };
    return journal.read({ after: 0, limit: 1, ...since })[0]?.offset ?? otherwise;
  };
  const end = to === undefined ? beyond : placeAt(to, beyond);
  return Math.max(0, end - placeAt(from, beyond));
}

const entry = (journal: PagesJournal, journalled: JournalledEvent, role: Role): object => ({
  ...toCloudEvent(journal, { ...journalled, event: forPeople(journalled.event, role) }),
  offset: journalled.offset,
  ...(journalled.cause === undefined ? {} : { cause: journalled.cause }),
});

/** Leaving topics out is reading the others: the journal finds those by its index. */
function typesOf(
  { type, outcome, without }: Static<typeof Filters>,
  readable: readonly TopicName[] | undefined,
): readonly TopicName[] | undefined {
  if (type === undefined && outcome === undefined && without === undefined) return readable;
  const left = new Set<string>(without?.split(','));
  const wanted = outcome === undefined ? type : 'promo.decision';
  if (type !== undefined && wanted !== type) return [];
  return (readable ?? TOPIC_NAMES).filter(
    (name) => !left.has(name) && (wanted === undefined || name === wanted),
  );
}

function matcher(query: Static<typeof Filters>, role: Role): (event: StoreEvent) => boolean {
  const word = query.q?.toLowerCase();
  return (event) => {
    if (query.outcome !== undefined) {
      if (!isType(event, 'promo.decision') || event.data.outcome !== query.outcome) return false;
    }
    // What people may not read they may not find either.
    return word === undefined || JSON.stringify(forPeople(event, role)).toLowerCase().includes(word);
  };
}
