/** Who may what, as the code has it: routes, socket events and MQTT topics by role. Printed, never written by hand. */
import { NAMESPACES } from '../contracts/index.js';
import { ROLES, type Role } from '../ports.js';
import { ACL_RULES } from './auth/acl.js';
import type { Route } from './routes/route.js';
import { NAMESPACE_ACCESS, rolesOfEvent } from './sockets/access.js';
import { SOCKET_EVENTS } from './sockets/shapes.js';

export interface Access {
  readonly roles: readonly Role[];
  readonly routes: readonly {
    readonly method: string;
    readonly path: string;
    /** `anyone` needs no token. */
    readonly roles: 'anyone' | readonly Role[];
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
  readonly topics: readonly {
    readonly pattern: string;
    readonly publish: readonly Role[];
    readonly subscribe: readonly Role[];
  }[];
}

export function accessOf(routes: readonly Pick<Route, 'method' | 'path' | 'roles'>[]): Access {
  const names = Object.keys(NAMESPACES) as (keyof typeof NAMESPACES)[];
  return {
    roles: ROLES,
    routes: routes.map(({ method, path, roles }) => ({ method: method.toUpperCase(), path, roles })),
    namespaces: names.map((name) => ({ namespace: NAMESPACES[name], ...NAMESPACE_ACCESS[name] })),
    events: SOCKET_EVENTS.map((row) => ({
      namespace: NAMESPACES[row.namespace],
      event: row.event,
      from: row.from,
      roles: rolesOfEvent(row),
    })),
    topics: ACL_RULES.map(({ pattern, publish, subscribe }) => ({ pattern, publish, subscribe })),
  };
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
