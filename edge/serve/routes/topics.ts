/** The topics API: the same events as in Kafka, from any place or time, live or not. */
import { type Static, Type } from '@sinclair/typebox';
import {
  dataschemaOf,
  isTopicName,
  type Refusal,
  TOPIC_NAMES,
  TOPICS,
  type TopicName,
} from '../../contracts/index.js';
import type { Principal } from '../../ports.js';
import { offsetOf } from '../cursor.js';
import { type EventWay, mayRead } from '../event-access.js';
import { type PagesJournal, topicPage } from '../journal-pages.js';
import type { createEventStreams, StreamJournal } from '../stream.js';
import { DATA_ROLES, ok, type Route, route, STAFF_ROLES } from './route.js';
import { CloudEvent, Cursor, Limit, Moment } from './shapes.js';

const EVENTS_MAX = 1_000;
const TopicParams = Type.Object({ topic: Type.String({ maxLength: 100 }) });

const TopicRow = Type.Object({
  topic: Type.String(),
  class: Type.String(),
  direction: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('down')]),
  mirror: Type.Union([Type.Literal('full'), Type.Literal('aggregate'), Type.Literal('none')]),
  key: Type.String({ description: 'the field of `data` that becomes `partitionkey`' }),
  dataschema: Type.String(),
  description: Type.String(),
});

export interface TopicDeps {
  readonly journal: PagesJournal & StreamJournal;
  readonly streams: ReturnType<typeof createEventStreams>;
}

export function topicRoutes(deps: TopicDeps): readonly Route[] {
  return [listRoute(), eventsRoute(deps), streamRoute(deps)];
}

const listRoute = (): Route =>
  route({
    method: 'get',
    path: '/v1/topics',
    tag: 'Topics',
    summary: 'All topics of this store',
    roles: DATA_ROLES,
    answers: {
      200: { description: 'The registry', schema: Type.Object({ topics: Type.Array(TopicRow) }) },
    },
    refusals: [],
    handle: () => ok({ topics: TOPIC_NAMES.map(topicRow) }),
  });

function topicRow(name: TopicName): Static<typeof TopicRow> {
  const { class: eventClass, direction, mirror, key, schema } = TOPICS[name];
  const description = schema.description ?? '';
  return {
    topic: name,
    class: eventClass,
    direction,
    mirror,
    key,
    dataschema: dataschemaOf(name),
    description,
  };
}

const EventsQuery = Type.Object({
  after: Type.Optional(Cursor),
  limit: Limit(EVENTS_MAX, 100),
  from: Type.Optional(Moment),
});

const eventsRoute = (deps: TopicDeps): Route =>
  route({
    method: 'get',
    path: '/v1/topics/{topic}/events',
    tag: 'Topics',
    summary: 'Read on from any cursor, or from any time',
    description:
      'Viewers and associates read only what comes down: catalogue, campaigns and configuration. `audit.entry` is for managers.',
    roles: STAFF_ROLES,
    params: TopicParams,
    query: EventsQuery,
    answers: {
      200: {
        description: 'Oldest first; an empty page has the cursor to ask again with',
        schema: Type.Object({ events: Type.Array(CloudEvent), next: Cursor }),
      },
    },
    refusals: ['NotFound', 'CursorGone'],
    example: { params: { topic: 'hq.catalog' } },
    handle: ({ params, query, principal }) => {
      if (!isTopicName(params.topic)) return unknownTopic(params.topic);
      const refusal = notForRole('events', params.topic, principal);
      if (refusal !== undefined) return refusal;
      const after = query.after === undefined ? 0 : offsetOf(deps.journal, query.after);
      const from = query.from === undefined ? {} : { fromMs: Date.parse(query.from) };
      return ok(topicPage(deps.journal, params.topic, { after, limit: query.limit ?? 100, ...from }));
    },
  });

const streamRoute = (deps: TopicDeps): Route =>
  route({
    method: 'get',
    path: '/v1/topics/{topic}/stream',
    tag: 'Topics',
    summary: 'The same, live, as server-sent events',
    description:
      'Each event has its cursor as id; `Last-Event-ID` or `after` resumes there, without either it begins now. A reader that takes nothing for `limits.patienceS` is cut off with `refused` SlowConsumer, one whose token or session is over with NotAuthenticated.',
    roles: DATA_ROLES,
    params: TopicParams,
    query: Type.Object({ after: Type.Optional(Cursor), from: Type.Optional(Moment) }),
    answers: { 200: { description: 'Events until either side ends it', contentType: 'text/event-stream' } },
    refusals: ['NotFound', 'CursorGone', 'TooManyRequests'],
    example: { params: { topic: 'promo.decision' } },
    handle: ({ params, query, header, speaker }) => {
      if (!isTopicName(params.topic)) return unknownTopic(params.topic);
      const refusal = notForRole('stream', params.topic, speaker.principal);
      if (refusal !== undefined) return refusal;
      const cursor = header('last-event-id') ?? query.after;
      const start = query.from === undefined ? deps.journal.stats().lastOffset : 0;
      const after = cursor === undefined || cursor === '' ? start : offsetOf(deps.journal, cursor);
      const from = query.from === undefined ? {} : { fromMs: Date.parse(query.from) };
      return deps.streams.open({ topic: params.topic, after, ...from }, speaker.isGood);
    },
  });

function notForRole(way: EventWay, topic: TopicName, { role }: Principal): Refusal | undefined {
  if (mayRead(way, role, topic)) return undefined;
  return { reason: 'NotAllowed', detail: `${topic} is not for a ${role} to read` };
}

const unknownTopic = (name: string): Refusal => ({
  reason: 'NotFound',
  detail: `there is no topic ${name.slice(0, 100)}; GET /v1/topics lists them`,
  field: '/topic',
});
