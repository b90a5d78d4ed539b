/** Why: the story of each offer, the reasons of each decision, and what another rule would have done. */
import { Type } from '@sinclair/typebox';
import { Id } from '../../contracts/events/common.js';
import { Campaign, type Refusal, type StoryState } from '../../contracts/index.js';
import type { Engine, WhatIfWatch } from '../../ports.js';
import { answerInLines, LINES } from '../long-answer.js';
import { DATA_ROLES, isRefusal, ok, type Route, route, STAFF_ROLES } from './route.js';
import { Cursor, IdParam, Limit, Moment, Story } from './shapes.js';

export interface SimulateCall {
  /** Only this decision, from the inputs it embeds; without it the journal range is run again. */
  readonly id?: string;
  /** Replace or add these; the rest stays as it was in the range. */
  readonly campaigns?: readonly Campaign[];
  readonly from?: string;
  readonly until?: string;
}

export interface StoryDeps {
  readonly views: Pick<Engine['views'], 'stories' | 'story' | 'storyCursorProblem'>;
  /** Every candidate with every rule, value and reason, from the id of a decision, event or story. */
  readonly explain: (id: string) => Promise<object | Refusal>;
  /** The journal range under changed campaigns, beside what was. */
  readonly simulate: (call: SimulateCall, watch: WhatIfWatch) => Promise<object | Refusal>;
}

const State = Type.Union(
  ['taken', 'open', 'withheld', 'refused', 'on-screen', 'expired', 'fraud'].map((state) =>
    Type.Literal(state),
  ),
);

export function storyRoutes(deps: StoryDeps): readonly Route[] {
  return [listRoute(deps), oneRoute(deps), explainRoute(deps), simulateRoute(deps)];
}

const listRoute = (deps: StoryDeps): Route =>
  route({
    method: 'get',
    path: '/v1/stories',
    tag: 'Stories',
    summary: 'Stories of offers, in the order in which they last changed',
    description: 'Without `after` the latest; with it those that changed since.',
    roles: STAFF_ROLES,
    query: Type.Object({ after: Type.Optional(Cursor), limit: Limit(200, 50), state: Type.Optional(State) }),
    answers: {
      200: {
        description: 'A page',
        schema: Type.Object({ stories: Type.Array(Story), next: Type.String({ description: 'cursor' }) }),
      },
    },
    refusals: ['CursorGone'],
    handle: ({ query }) => {
      const { after, state, limit = 50 } = query;
      const problem = after === undefined ? undefined : deps.views.storyCursorProblem(after);
      if (problem !== undefined) return problem;
      const found = deps.views.stories({
        limit,
        ...(after === undefined ? {} : { after }),
        ...(state === undefined ? {} : { state: state as StoryState }),
      });
      return ok(found);
    },
  });

const oneRoute = (deps: StoryDeps): Route =>
  route({
    method: 'get',
    path: '/v1/stories/{id}',
    tag: 'Stories',
    summary: 'One story with its steps',
    roles: STAFF_ROLES,
    params: Type.Object({ id: IdParam('story') }),
    answers: { 200: { description: 'The story', schema: Story } },
    refusals: ['NotFound'],
    example: { params: { id: 'none' } },
    handle: ({ params }) => {
      const story = deps.views.story(params.id);
      return story === undefined
        ? { reason: 'NotFound', detail: `there is no story ${params.id}`, field: '/id' }
        : ok(story);
    },
  });

const explainRoute = (deps: StoryDeps): Route =>
  route({
    method: 'post',
    path: '/v1/explain',
    tag: 'Stories',
    audit: { exempt: 'only asks; nothing is changed' },
    summary: 'Why it was decided so: each condition, value and reason',
    roles: STAFF_ROLES,
    body: Type.Object({ id: Id('a decision, its story, or an event that came of it') }),
    answers: { 200: { description: 'The reasons', schema: Type.Object({}) } },
    refusals: ['NotFound'],
    description:
      'Of an event that came of a decision, such as coupon.issued, coupon.redeemed, media.play, push.sent or a sale with its coupon, the decision is explained.',
    example: { body: { id: 'none' } },
    handle: async ({ body }) => {
      const answer = await deps.explain(body.id);
      return isRefusal(answer) ? answer : ok(answer);
    },
  });

const simulateRoute = (deps: StoryDeps): Route =>
  route({
    method: 'post',
    path: '/v1/simulate',
    tag: 'Stories',
    audit: { exempt: 'only asks; nothing is changed' },
    summary: 'The same events under changed campaigns, side by side; nothing is shown or sent',
    description:
      `A day may take half a minute. With \`Accept: ${LINES}\` the answer is one JSON object a line: \`progress\` with ` +
      'the share of the range that is done, several times a second, and at last `result` or `refusal`.',
    roles: DATA_ROLES,
    body: Type.Object({
      id: Type.Optional(Id('decision: it alone is decided again, from the inputs it embeds')),
      campaigns: Type.Optional(Type.Array(Campaign, { maxItems: 100 })),
      from: Type.Optional(Moment),
      until: Type.Optional(Moment),
    }),
    bodyBytesMax: 1024 * 1024,
    answers: {
      200: {
        description: 'What was and what would have been',
        schema: Type.Object({}),
        contentType: ['application/json', LINES],
      },
    },
    refusals: ['TooLarge', 'Busy', 'NotFound'],
    example: { body: {} },
    handle: async ({ body, header, onGone }) => {
      const gone = new AbortController();
      onGone(() => gone.abort());
      const run = (onProgress: WhatIfWatch['onProgress']): Promise<object | Refusal> =>
        deps.simulate(body, { onProgress, signal: gone.signal });
      if (header('accept')?.includes(LINES) === true) return answerInLines(run);
      const answer = await run(() => undefined);
      return isRefusal(answer) ? answer : ok(answer);
    },
  });
