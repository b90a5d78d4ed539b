import specs from '@asyncapi/specs' with { type: 'json' };
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../edge/ports.js';
import { type Answer, startTestStore, type TestStore } from './support.js';

interface Operation {
  readonly operationId: string;
  readonly 'x-roles': 'anyone' | readonly Role[];
  readonly parameters: readonly { name: string; in: 'path' | 'query'; example?: string }[];
  readonly requestBody?: { content: { 'application/json': { schema: object; example?: unknown } } };
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Page {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, object> };
}

let store: TestStore;
let page: Page;
beforeAll(async () => {
  store = await startTestStore();
  page = (await store.call('/v1/openapi.json')).body;
});
afterAll(() => store.remove());

const operations = (): [path: string, method: string, operation: Operation][] =>
  Object.entries(page.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  );

function request(path: string, operation: Operation): { path: string; body?: unknown } {
  let filled = path;
  for (const { name, in: place, example } of operation.parameters) {
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(example ?? 'none'));
  }
  const body = operation.requestBody?.content['application/json'];
  return body === undefined ? { path: filled } : { path: filled, body: body.example ?? {} };
}

const call = (path: string, method: string, operation: Operation, token?: string): Promise<Answer> =>
  store.call(request(path, operation).path, {
    method: method.toUpperCase(),
    ...(operation.requestBody === undefined ? {} : { body: request(path, operation).body }),
    ...(token === undefined ? {} : { token }),
  });

/** What the answer must look like by the page: its status is announced and its body fits. */
function drift(operation: Operation, answer: Answer, validators: Ajv2020): string | undefined {
  const announced = operation.responses[String(answer.status)];
  if (announced === undefined)
    return `${operation.operationId} answers ${answer.status} unannounced: ${answer.text}`;
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]!;
  if (announced.content === undefined)
    return answer.text === '' ? undefined : `${operation.operationId} has a body`;
  const shape = announced.content[type];
  if (shape === undefined)
    return `${operation.operationId} answers ${type}, not ${Object.keys(announced.content)}`;
  if (!type.includes('json')) return undefined;
  const check: ValidateFunction = validators.compile({ ...shape.schema, components: page.components });
  return check(answer.body) ? undefined : `${operation.operationId}: ${validators.errorsText(check.errors)}`;
}

describe('S11 the published page is what the store does', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(page) as never);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('is not valid OpenAPI once it is damaged', async () => {
    const result = await new Validator().validate({ ...structuredClone(page), paths: 1 } as never);
    expect(result.valid).toBe(false);
  });

  it('names every operation once and says who may', () => {
    const ids = operations().map(([, , operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(30);
    for (const [, , operation] of operations()) {
      const roles = operation['x-roles'];
      expect(roles === 'anyone' || (roles.length > 0 && roles.every((role) => ROLES.includes(role)))).toBe(
        true,
      );
    }
  });

  it('lets exactly the roles in that it names, on every route, without one answer of 500', async () => {
    const validators = new Ajv2020({ strict: false, validateFormats: false });
    const wrong: string[] = [];
    for (const [path, method, operation] of operations()) {
      for (const role of [undefined, ...ROLES]) {
        const answer = await call(path, method, operation, role && store.token(role));
        const open = operation['x-roles'] === 'anyone';
        const allowed = open || (role !== undefined && operation['x-roles'].includes(role));
        const where = `${role ?? 'nobody'} ${method} ${path} → ${answer.status}`;
        if (answer.status === 500) wrong.push(`${where} ${answer.text}`);
        if (role === undefined && !open && answer.status !== 401) wrong.push(where);
        if (role !== undefined && !open && allowed === (answer.status === 403)) wrong.push(where);
        const problem = drift(operation, answer, validators);
        if (problem !== undefined) wrong.push(`${where}: ${problem}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('leaves nothing open but health, metrics on loopback, the pages, logging in and asking to be a screen', () => {
    const open = operations().filter(([, , operation]) => operation['x-roles'] === 'anyone');
    expect(open.map(([path]) => path).sort()).toEqual(
      [
        '/healthz',
        '/metrics',
        '/readyz',
        '/v1/asyncapi.json',
        '/v1/claim',
        '/v1/claim',
        '/v1/password',
        '/v1/openapi.json',
        '/v1/pairing',
        '/v1/pairing/collect',
        '/v1/session',
      ].sort(),
    );
  });

  it('publishes valid AsyncAPI 3.0 with every topic and socket event', async () => {
    const { body } = await store.call('/v1/asyncapi.json');
    const schemas = specs.schemasWithoutId as unknown as Record<string, object>;
    const check = new Ajv({ strict: false, validateFormats: false }).compile(schemas['3.0.0']!);
    check(body);
    expect(check.errors ?? []).toEqual([]);
    expect(Object.keys(body.channels)).toContain('socket.signage.content');
    expect(Object.keys(body.channels)).toContain('topic.pos.transaction');
    expect(check({ ...body, info: undefined })).toBe(false);
  });
});
