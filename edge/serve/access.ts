/** Who may what, as the code has it: routes, socket events and MQTT topics by role. Printed, never written by hand. */
import { NAMESPACES, TOPIC_NAMES, type TopicName } from '../contracts/index.js';
import { ROLES, type Role } from '../ports.js';
import { ACL_RULES } from './auth/acl.js';
import { EVENT_WAYS, type EventWay, mayRead } from './event-access.js';
import type { Answerable } from './routes/answerable.js';
import { type Route, STAFF_ROLES } from './routes/route.js';
import { NAMESPACE_ACCESS, rolesOfEvent } from './sockets/access.js';
import { SOCKET_EVENTS } from './sockets/shapes.js';

export interface Access {
  readonly roles: readonly Role[];
  readonly routes: readonly {
    readonly method: string;
    readonly path: string;
    /** `anyone` needs no token. */
    readonly roles: 'anyone' | readonly Role[];
    /** What it leaves in the audit log when one of the staff makes it; absent where nothing is changed or taken away. */
    readonly audit?: Answerable;
  }[];
  readonly namespaces: readonly {
    readonly namespace: string;
    readonly join: readonly Role[];
    readonly watch: readonly Role[];
  }[];
  readonly events: readonly {
    readonly namespace: string;
    readonly event: string;
    readonly from: 'store' | 'page';
    readonly roles: readonly Role[];
  }[];
  /** Which types of events a role reads, by which way. */
  readonly reading: readonly {
    readonly type: TopicName;
    readonly ways: Readonly<Record<EventWay, readonly Role[]>>;
  }[];
  readonly topics: readonly {
    readonly pattern: string;
    readonly publish: readonly Role[];
    readonly subscribe: readonly Role[];
  }[];
}

export function accessOf(routes: readonly Pick<Route, 'method' | 'path' | 'roles' | 'audit'>[]): Access {
  const names = Object.keys(NAMESPACES) as (keyof typeof NAMESPACES)[];
  return {
    roles: ROLES,
    routes: routes.map(({ method, path, roles, audit }) => ({
      ...{ method: method.toUpperCase(), path, roles },
      ...(audit === undefined ? {} : { audit }),
    })),
    namespaces: names.map((name) => ({ namespace: NAMESPACES[name], ...NAMESPACE_ACCESS[name] })),
    events: SOCKET_EVENTS.map((row) => ({
      namespace: NAMESPACES[row.namespace],
      event: row.event,
      from: row.from,
      roles: rolesOfEvent(row),
    })),
    reading: TOPIC_NAMES.map((type) => ({ type, ways: waysOf(type) })),
    topics: ACL_RULES.map(({ pattern, publish, subscribe }) => ({ pattern, publish, subscribe })),
  };
}

function waysOf(type: TopicName): Readonly<Record<EventWay, readonly Role[]>> {
  const by = (way: EventWay) => ROLES.filter((role) => mayRead(way, role, type));
  return { journal: by('journal'), export: by('export'), events: by('events'), stream: by('stream') };
}

/** The same for people. A dot is yes. */
export function accessPage(access: Access): string {
  const { roles } = access;
  const marks = (may: 'anyone' | readonly Role[]): string =>
    roles.map((role) => (may === 'anyone' || may.includes(role) ? '•' : '')).join(' | ');
  const table = (first: string, rows: readonly string[]): string =>
    [`| ${first} | ${roles.join(' | ')} |`, `|---|${roles.map(() => ':-:|').join('')}`, ...rows].join('\n');
  const open = access.routes.filter((row) => row.roles === 'anyone');
  const guarded = access.routes.filter((row) => row.roles !== 'anyone');
  return [
    '# Who may what',
    '',
    'Made from the code by `test/serve/access.test.ts`, which also tries every cell; after a change:',
    '`npx vitest run --config test/vitest.config.ts --root . test/serve/access.test.ts -u`. The store says the same at `/v1/access`.',
    'A shopper, a till, a screen and a device speak only as themselves, whatever the table says.',
    '',
    '## HTTP',
    '',
    `Without a token: ${open.map(({ method, path }) => `\`${method} ${path}\``).join(', ')}. Metrics need one where others than this machine reach the listener.`,
    '',
    table(
      'call',
      guarded.map((row) => `| \`${row.method} ${row.path}\` | ${marks(row.roles)} |`),
    ),
    '',
    ...answerablePart(access),
    '## Events',
    '',
    'By which way a role reads events of a type: j searched in the journal, x as a file, e page by page by topic, s live by topic.',
    'A shopper, a till, a screen and a device read none of them.',
    '',
    readingTable(access),
    '',
    '## Sockets',
    '',
    'Staff in `/signage` look over the shoulder of a screen: what they confirm does not count.',
    '',
    table('join', [
      ...access.namespaces.map(
        ({ namespace, join, watch }) => `| \`${namespace}\` | ${marks([...join, ...watch])} |`,
      ),
      ...access.events.map(
        ({ namespace, event, from, roles: may }) =>
          `| \`${namespace}\` ${from === 'store' ? 'hears' : 'says'} \`${event}\` | ${marks(may)} |`,
      ),
    ]),
    '',
    '## MQTT',
    '',
    table(
      'topic',
      access.topics.flatMap(({ pattern, publish, subscribe }) => [
        ...(publish.length === 0 ? [] : [`| publish \`${pattern}\` | ${marks(publish)} |`]),
        ...(subscribe.length === 0 ? [] : [`| subscribe \`${pattern}\` | ${marks(subscribe)} |`]),
      ]),
    ),
    '',
  ].join('\n');
}

const LETTERS: Readonly<Record<EventWay, string>> = { journal: 'j', export: 'x', events: 'e', stream: 's' };

function readingTable({ reading }: Access): string {
  const cell = (ways: Access['reading'][number]['ways'], role: Role): string =>
    EVENT_WAYS.filter((way) => ways[way].includes(role))
      .map((way) => LETTERS[way])
      .join('');
  return [
    `| event | ${STAFF_ROLES.join(' | ')} |`,
    `|---|${STAFF_ROLES.map(() => ':-:|').join('')}`,
    ...reading.map(
      ({ type, ways }) => `| \`${type}\` | ${STAFF_ROLES.map((role) => cell(ways, role)).join(' | ')} |`,
    ),
  ].join('\n');
}

const WHY = {
  may: 'may be said',
  person: 'must be said by a person',
  staff: 'must be said',
  none: '',
} as const;

/** Which calls somebody of the staff answers for in the audit log, and which not, with the reason. */
function answerablePart({ routes }: Access): readonly string[] {
  const rows = routes.flatMap(({ method, path, audit }) => {
    if (audit === undefined) return [];
    const call = `\`${method} ${path}\``;
    return 'exempt' in audit
      ? [`| ${call} | – | ${audit.exempt} |`]
      : [`| ${call} | ${audit.notes.map((note) => `\`${note}\``).join(' ')} | ${WHY[audit.why ?? 'may']} |`];
  });
  return [
    '## Who answers for it',
    '',
    'What a call leaves in the audit log when one of the staff makes it, and whether it says why. Of a shopper, a till, a screen or',
    'a device that does the same for itself there is no entry: the event of the deed says who it was.',
    '',
    '| call | entry | why |',
    '|---|---|---|',
    ...rows,
    '',
  ];
}
