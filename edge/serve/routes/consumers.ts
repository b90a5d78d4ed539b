/** Committed positions of local consumers, durable in the journal. */
import { Type } from '@sinclair/typebox';
import { TOPIC_NAMES } from '../../contracts/index.js';
import type { Journal } from '../../store/types.js';
import { type CursorJournal, offsetOf } from '../cursor.js';
import { DATA_ROLES, ok, type Route, route } from './route.js';
import { Cursor } from './shapes.js';

const MARK = 'consumer/';
const GROUPS_MAX = 1_000;
const Params = Type.Object({ group: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }) });
const Positions = Type.Object(
  Object.fromEntries(TOPIC_NAMES.map((topic) => [topic, Type.Optional(Cursor)])),
  { additionalProperties: false, description: 'topic → cursor after the last event handled' },
);
const Offsets = Type.Object({ offsets: Positions });

export interface ConsumerDeps {
  readonly journal: Pick<Journal, 'mark' | 'marks'> & CursorJournal;
}

export function consumerRoutes({ journal }: ConsumerDeps): readonly Route[] {
  const held = (group: string): Record<string, string> =>
    JSON.parse(journal.marks().get(MARK + group) ?? '{}') as Record<string, string>;
  // One write at a time: each adds to what the one before committed.
  let writing: Promise<unknown> = Promise.resolve();
  const commit = (group: string, offsets: Record<string, string>): Promise<Record<string, string>> => {
    const write = writing.then(async () => {
      const merged = { ...held(group), ...offsets };
      await journal.mark(MARK + group, JSON.stringify(merged));
      return merged;
    });
    writing = write.catch(() => undefined);
    return write;
  };
  return [
    route({
      method: 'get',
      path: '/v1/consumers/{group}/offsets',
      tag: 'Topics',
      summary: 'How far a consumer group is',
      roles: DATA_ROLES,
      params: Params,
      answers: { 200: { description: 'Empty for a group that never committed', schema: Offsets } },
      refusals: [],
      example: { params: { group: 'example' } },
      handle: ({ params }) => ok({ offsets: held(params.group) }),
    }),
    route({
      method: 'put',
      path: '/v1/consumers/{group}/offsets',
      tag: 'Topics',
      summary: 'Commit how far a consumer group is',
      description: 'Durable before the answer. Topics that are not named keep their position.',
      roles: DATA_ROLES,
      params: Params,
      body: Offsets,
      answers: { 200: { description: 'All positions of the group', schema: Offsets } },
      refusals: ['CursorGone', 'QuotaReached', 'DiskFull', 'DiskFailed'],
      example: { params: { group: 'example' }, body: { offsets: {} } },
      handle: async ({ params, body }) => {
        const offsets = body.offsets as Record<string, string>;
        for (const [topic, cursor] of Object.entries(offsets)) offsetOf(journal, cursor, `/offsets/${topic}`);
        const groups = [...journal.marks().keys()].filter((name) => name.startsWith(MARK));
        if (groups.length >= GROUPS_MAX && !groups.includes(MARK + params.group)) {
          return { reason: 'QuotaReached', detail: `there are ${GROUPS_MAX} consumer groups already` };
        }
        return ok({ offsets: await commit(params.group, offsets) });
      },
    }),
  ];
}
