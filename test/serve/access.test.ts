import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignageContent } from '../../edge/contracts/index.js';
import { ROLES, type Role } from '../../edge/ports.js';
import { type Access, accessPage } from '../../edge/serve/access.js';
import { mayPublish, maySubscribe } from '../../edge/serve/auth/acl.js';
import { keptPromise } from '../support/promise.js';
import { joinOutcome, payloads, startTestStore, type TestStore } from './support.js';

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
  it('lets exactly those in whom it names', async () => {
    const wrong: string[] = [];
    for (const { namespace, join, watch } of access.namespaces) {
      for (const role of ROLES) {
        // A page of the staff names the screen it looks at; the test's shopper is nobody whom the store knows.
        const auth = { token: store.token(role), screen: 'screen-1' };
        const outcome = await joinOutcome(store.socket(namespace, auth));
        count.sockets += 1;
        const may = join.includes(role) || watch.includes(role);
        if ((outcome === 'connected') !== may) wrong.push(`${role} ${namespace}: ${outcome}`);
        if (!may && outcome !== 'NotAllowed') wrong.push(`${role} ${namespace}: ${outcome}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('counts what a page says only from those whom it names', async () => {
    const play = async (role: Role): Promise<number> => {
      const before = await plays();
      const socket = store.socket('/signage', { token: store.token(role), screen: 'screen-1' });
      const [content] = await payloads<SignageContent>(socket, 'content');
      const shown = { contentId: content!.slides[0]!.contentId, shownAt: new Date().toISOString() };
      const { ok } = await socket.timeout(5_000).emitWithAck('shown', shown);
      expect(ok).toBe(true);
      socket.disconnect();
      return (await plays()) - before;
    };
    const plays = async (): Promise<number> =>
      (await store.call('/v1/topics/media.play/events?limit=100', { token: store.token('admin') })).body
        .events.length;
    const counting = access.events.find(({ event }) => event === 'shown')!.roles;
    for (const role of ['screen', 'viewer', 'admin'] as const) {
      count.sockets += 1;
      expect(await play(role), role).toBe(counting.includes(role) ? 1 : 0);
    }
  });
});

/** A topic of the pattern, as this subject would use it. */
const topicOf = (pattern: string, subject: string): string =>
  pattern.replaceAll('{self}', subject).replaceAll('{client}', subject).replaceAll('{any}', 'any');

describe('S1 every cell of the table over MQTT', () => {
  it('a real broker hears and tells exactly what it says', async () => {
    const wrong: string[] = [];
    for (const role of ROLES) {
      const subject = `mqtt-${role}`;
      const client = await connect(subject, store.token(role, subject));
      for (const { pattern, publish, subscribe } of access.topics) {
        const topic = topicOf(pattern, subject);
        const told = await subscribed(client, topic);
        if (told !== subscribe.includes(role)) wrong.push(`${role} subscribe ${topic}: ${told}`);
        const principal = { role, ids: new Set([subject]) };
        if (mayPublish(principal, topic) !== publish.includes(role)) wrong.push(`${role} publish ${topic}`);
        if (maySubscribe(principal, topic) !== told) wrong.push(`${role} subscribe ${topic} by the table`);
        count.mqtt += 2;
      }
      await client.endAsync(true);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it('cuts off who publishes what it may not, role by role', async () => {
    const wrong: string[] = [];
    const inbound = access.topics.filter(({ publish }) => publish.length > 0);
    for (const role of ROLES) {
      for (const { pattern, publish } of inbound) {
        const subject = `pub-${role}`;
        const client = await connect(subject, store.token(role, subject));
        const taken = await published(client, topicOf(pattern, subject));
        if (taken !== publish.includes(role)) wrong.push(`${role} publish ${pattern}: ${taken}`);
        await client.endAsync(true);
      }
    }
    expect(wrong).toEqual([]);
    const total = count.http + count.sockets + count.mqtt;
    keptPromise({
      promise: 'S1',
      what: 'role × route × socket × topic, each cell called',
      figure: `${total} cells (${count.http} HTTP, ${count.sockets} sockets, ${count.mqtt} MQTT), 0 disagree`,
      control: 'a table with one role more or less is found out',
    });
  }, 60_000);
});

const connect = (subject: string, password: string): Promise<MqttClient> =>
  connectAsync(store.app.mqttUrl, {
    username: subject,
    password,
    clientId: subject,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
  });

async function subscribed(client: MqttClient, topic: string): Promise<boolean> {
  try {
    const [granted] = await client.subscribeAsync(topic, { qos: 1 });
    return granted !== undefined && granted.qos < 128;
  } catch {
    return false;
  }
}

/** True for a PUBACK, false when the connection ends instead. */
function published(client: MqttClient, topic: string): Promise<boolean> {
  return new Promise((done) => {
    client.once('close', () => done(false));
    client.publish(topic, '{}', { qos: 1 }, (error) => done(error === undefined || error === null));
  });
}
