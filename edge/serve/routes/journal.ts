/** The Journal page: everything that happened, newest first, found by type, outcome, word and time. */
import { type Static, Type } from '@sinclair/typebox';
import {
  isType,
  type JournalledEvent,
  type StoreEvent,
  TOPIC_NAMES,
  type TopicName,
} from '../../contracts/index.js';
import { cursorAt, offsetOf } from '../cursor.js';
import { type PagesJournal, searchBackwards, toCloudEvent } from '../journal-pages.js';
import { forPeople } from '../redact.js';
import { ok, type Route, route, STAFF_ROLES } from './route.js';
import { CloudEvent, Cursor, IdParam, Limit, Moment } from './shapes.js';

const Query = Type.Object({
  after: Type.Optional(Cursor),
  limit: Limit(200, 50),
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
});

const Entry = Type.Intersect([
  CloudEvent,
  Type.Object({
    offset: Type.Integer(),
    cause: Type.Optional(Type.Integer({ description: 'offset of the event whose step made this one' })),
  }),
]);

export interface JournalDeps {
  readonly journal: PagesJournal & { readId(id: string): JournalledEvent | undefined };
}

export function journalRoutes({ journal }: JournalDeps): readonly Route[] {
  return [
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
          schema: Type.Object({ events: Type.Array(Entry), next: Type.Optional(Cursor) }),
        },
      },
      refusals: ['CursorGone'],
      handle: ({ query }) => {
        const types = typesOf(query);
        if (types?.length === 0) return ok({ events: [] });
        const page = searchBackwards(journal, {
          limit: query.limit ?? 50,
          matches: matcher(query),
          ...(query.after === undefined ? {} : { before: offsetOf(journal, query.after) + 1 }),
          ...(types === undefined ? {} : { types }),
          ...(query.from === undefined ? {} : { fromMs: Date.parse(query.from) }),
          ...(query.to === undefined ? {} : { toMs: Date.parse(query.to) }),
        });
        const next = page.before === undefined ? {} : { next: cursorAt(journal, page.before - 1) };
        return ok({ events: page.found.map((found) => entry(journal, found)), ...next });
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
      handle: ({ params }) => {
        const found = journal.readId(params.id);
        return found === undefined
          ? { reason: 'NotFound', detail: `no event ${params.id} is held`, field: '/id' }
          : ok(entry(journal, found));
      },
    }),
  ];
}

const entry = (journal: PagesJournal, journalled: JournalledEvent): object => ({
  ...toCloudEvent(journal, { ...journalled, event: forPeople(journalled.event) }),
  offset: journalled.offset,
  ...(journalled.cause === undefined ? {} : { cause: journalled.cause }),
});

/** Leaving topics out is reading the others: the journal finds those by its index. */
function typesOf({ type, outcome, without }: Static<typeof Query>): readonly TopicName[] | undefined {
  if (type === undefined && outcome === undefined && without === undefined) return undefined;
  const left = new Set<string>(without?.split(','));
  const wanted = outcome === undefined ? type : 'promo.decision';
  if (type !== undefined && wanted !== type) return [];
  return TOPIC_NAMES.filter((name) => !left.has(name) && (wanted === undefined || name === wanted));
}

function matcher(query: Static<typeof Query>): (event: StoreEvent) => boolean {
  const word = query.q?.toLowerCase();
  return (event) => {
    if (query.outcome !== undefined) {
      if (!isType(event, 'promo.decision') || event.data.outcome !== query.outcome) return false;
    }
    // What people may not read they may not find either.
    return word === undefined || JSON.stringify(forPeople(event)).toLowerCase().includes(word);
  };
}
