/** Committed positions of local consumers, durable in the journal. */
import { Type } from '@sinclair/typebox';
import { RefusalError, TOPIC_NAMES } from '../../contracts/index.js';
import type { Audit } from '../../ports.js';
import type { Journal } from '../../store/types.js';
import { noted } from '../audit/noted.js';
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
  readonly audit: Pick<Audit, 'note'>;
  readonly journal: Pick<Journal, 'mark' | 'marks'> & CursorJournal;
}

export function consumerRoutes({ journal, audit }: ConsumerDeps): readonly Route[] {
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
      audit: { notes: ['consumer.add', 'consumer.reset'] },
      path: '/v1/consumers/{group}/offsets',
      tag: 'Topics',
      summary: 'Commit how far a consumer group is',
      description:
        'Durable before the answer. Topics that are not named keep their position. A new group, and one that goes back, stands in the audit log; going on does not.',
      roles: DATA_ROLES,
      params: Params,
      body: Offsets,
      answers: { 200: { description: 'All positions of the group', schema: Offsets } },
      refusals: ['CursorGone', 'QuotaReached', 'DiskFull', 'DiskFailed'],
      example: { params: { group: 'example' }, body: { offsets: {} } },
      handle: async ({ params: { group }, body, actor }) => {
        const offsets = body.offsets as Record<string, string>;
        for (const [topic, cursor] of Object.entries(offsets)) offsetOf(journal, cursor, `/offsets/${topic}`);
        const groups = [...journal.marks().keys()].filter((name) => name.startsWith(MARK));
        if (groups.length >= GROUPS_MAX && !groups.includes(MARK + group)) {
          return { reason: 'QuotaReached', detail: `there are ${GROUPS_MAX} consumer groups already` };
        }
        const write = () => commit(group, offsets);
        const isKnown = groups.includes(MARK + group);
        // Going on is the work of a program, several times a second.
        if (isKnown && !goesBack(journal, held(group), offsets)) return ok({ offsets: await write() });
        const action = isKnown ? 'consumer.reset' : 'consumer.add';
        const detail = `Topics ${Object.keys(offsets).join(', ')}` as const;
        return ok({ offsets: await noted(audit, { action, ...actor, target: group, detail }, write) });
      },
    }),
  ];
}

type Cursors = Readonly<Record<string, string>>;

/** Also true where nobody can tell any more how far the group was: the journal was restored since. */
function goesBack(journal: CursorJournal, before: Cursors, after: Cursors): boolean {
  return Object.entries(after).some(([topic, cursor]) => {
    const known = before[topic];
    if (known === undefined || known === cursor) return false;
    try {
      return offsetOf(journal, cursor) < offsetOf(journal, known);
    } catch (error) {
      if (error instanceof RefusalError) return true;
      throw error;
    }
  });
}
