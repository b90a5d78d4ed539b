import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Principal, ROLES, type Role } from '../../edge/ports.js';
import { type Access, accessPage } from '../../edge/serve/access.js';
import { mayJoin } from '../../edge/serve/sockets/access.js';
import { openRim } from '../ingest/support/rim.js';
import { keptPromise } from '../support/promise.js';
import { differences } from './cells/cells.js';
import { askMqtt, expectedMqtt } from './cells/mqtt.js';
import { askSockets, expectedSockets } from './cells/sockets.js';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
let access: Access;
beforeAll(async () => {
  store = await startTestStore();
  access = (await store.call('/v1/access', { token: store.token('viewer') })).body;
});
afterAll(() => store.remove());

const count = { http: 0, sockets: 0, mqtt: 0 };

describe('the table of who may what', () => {
  it('is the one that lies in the repository', async () => {
    await expect(accessPage(access)).toMatchFileSnapshot('../../edge/serve/ACCESS.md');
  });

  it('has every route, event and topic, and every role', async () => {
    const { paths } = (await store.call('/v1/openapi.json')).body;
    const published = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(access.routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(published.sort());
    const { channels } = (await store.call('/v1/asyncapi.json')).body;
    for (const { namespace, event } of access.events) {
      expect(Object.keys(channels)).toContain(`socket.${namespace.slice(1)}.${event}`);
    }
    expect(access.roles).toEqual(ROLES);
  });
});

describe('S1 every cell of the table over HTTP', () => {
  /** Cells in which the store does something else than this table says. */
  async function disagreements(routes: Access['routes']): Promise<string[]> {
    const wrong: string[] = [];
    for (const { method, path, roles } of routes) {
      const address = path.replace(/\{\w+\}/g, 'none');
      const call = (token?: string) =>
        store.call(address, {
          method,
          ...(method === 'POST' || method === 'PUT' ? { body: {} } : {}),
          ...(token === undefined ? {} : { token }),
        });
      for (const role of [undefined, ...ROLES]) {
        const { status } = await call(role && store.token(role));
        count.http += 1;
        const open = roles === 'anyone';
        const may = open || (role !== undefined && roles.includes(role));
        // An open route may say 401 of its own, about the token or the code in its body: it gets none here.
        const refused = status === 401 || status === 403;
        const fine = may ? !refused : status === (role === undefined ? 401 : 403);
        if (!fine || status >= 500) wrong.push(`${role ?? 'nobody'} ${method} ${path}: ${status}`);
      }
    }
    return wrong;
  }

  it('401 for nobody, 403 for the wrong role, neither for the right one', async () => {
    expect(await disagreements(access.routes)).toEqual([]);
  }, 60_000);

  it('a table with one role more, or one less, is found out (negative control)', async () => {
    const row = access.routes.find(({ path }) => path === '/v1/status')!;
    const roles = row.roles as readonly Role[];
    expect(await disagreements([{ ...row, roles: [...roles, 'till'] }])).toEqual([
      'till GET /v1/status: 403',
    ]);
    expect(await disagreements([{ ...row, roles: roles.filter((role) => role !== 'viewer') }])).toEqual([
      'viewer GET /v1/status: 200',
    ]);
  });
});

describe('S1 every cell of the table over sockets', () => {
  it('a client of each role joins, hears and says exactly what it names', async () => {
    const expected = expectedSockets(access);
    expect(differences(expected, await askSockets(store, access))).toEqual([]);
    count.sockets = expected.size;
  });

  it('a till that the store lets in among the staff is found out, cell by cell (negative control)', async () => {
    const open = await startTestStore(undefined, {
      guards: {
        mayJoin: (namespace, role) => mayJoin(namespace, role) || `${namespace} ${role}` === 'staff till',
      },
    });
    onTestFinished(open.remove);
    expect(differences(expectedSockets(access), await askSockets(open, access))).toEqual([
      'till joins /staff: yes, not no',
      'till in /staff hears now: yes, not no',
      'till in /staff hears story: yes, not no',
      'till in /staff hears link: yes, not no',
      'till in /staff says stories: yes, not no',
      'till in /staff hears forgotten: yes, not no',
    ]);
  });
});

describe('S1 every cell of the table over MQTT', () => {
  it('a client of each role says and hears exactly what it names', async () => {
    const expected = expectedMqtt(access.topics);
    expect(differences(expected, await askMqtt(await openRim(), access.topics))).toEqual([]);
    count.mqtt = expected.size;
    const total = count.http + count.sockets + count.mqtt;
    keptPromise({
      promise: 'S1',
      what: 'role × route × socket × topic, each cell asked of a running store',
      figure: `${total} cells (${count.http} HTTP, ${count.sockets} sockets, ${count.mqtt} MQTT), 0 disagree`,
      control: 'one role let in where it may not, over each of the three: exactly its cells differ',
    });
  });

  it.each([
    ['mayPublish', 'till', 'publish', 'endcap/v1/shelf/{self}'],
    ['maySubscribe', 'viewer', 'subscribe', 'endcap/v1/personal/{self}'],
  ] as const)(
    '%s of a %s where it may not is found out (negative control)',
    async (may, role, direction, pattern) => {
      const topic = pattern.replace('{self}', `mqtt-${role}`);
      const rim = await openRim({
        auth: (auth) => ({
          ...auth,
          [may]: (who: Principal, asked: string) =>
            auth[may](who, asked) || (who.role === role && asked === topic),
        }),
      });
      expect(differences(expectedMqtt(access.topics), await askMqtt(rim, access.topics))).toEqual([
        `${role} ${direction} ${pattern}: yes, not no`,
      ]);
    },
  );
});
