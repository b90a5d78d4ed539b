/** The OpenAPI 3.1 page, made from the route rows and nothing else, so that it cannot say what is not there. */
import type { TObject, TSchema } from '@sinclair/typebox';
import { REFUSALS, type RefusalReason } from '../contracts/index.js';
import type { Route } from './routes/route.js';
import { CloudEvent, Problem, Story } from './routes/shapes.js';

const VERSION = '3.1.0';
const NAMED: readonly TSchema[] = [CloudEvent, Problem, Story];

export function openApiOf(routes: readonly Route[], store: { name: string; version: string }): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.method] = operationOf(route);
  }
  return {
    openapi: VERSION,
    info: {
      title: `Endcap at ${store.name}`,
      version: store.version,
      description:
        'The rim of one store over HTTP. Every refusal is problem+json with a `reason` from a closed list.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(NAMED.map((schema) => [schema.$id, inline(schema, true)])),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: '`endcap token`, or POST /v1/devices' },
        certificate: { type: 'mutualTLS', description: 'of a device, where the store speaks TLS' },
      },
    },
  };
}

function operationOf(route: Route): object {
  const open = route.roles === 'anyone';
  const roles = route.roles === 'anyone' ? 'Needs no token.' : `Roles: ${route.roles.join(', ')}.`;
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: route.description === undefined ? roles : `${route.description}\n\n${roles}`,
    security: open ? [] : [{ token: [] }, { certificate: [] }],
    'x-roles': route.roles,
    parameters: [
      ...parametersOf(route.params, 'path', route.example?.params),
      ...parametersOf(route.query, 'query', route.example?.query),
    ],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [route.bodyType ?? 'application/json']: bodyOf(route.body, route) },
          },
        }),
    responses: { ...answersOf(route), ...refusalsOf(route) },
  };
}

function bodyOf(schema: TSchema, { example }: Route): object {
  return { schema: inline(schema), ...(example?.body === undefined ? {} : { example: example.body }) };
}

/** `GET /v1/stories/{id}` → `getStoriesById`. */
export function operationId(route: Pick<Route, 'method' | 'path'>): string {
  const words = route.path
    .replace(/^\/v1/, '')
    .split(/[/.]/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith('{') ? `By${capital(word.slice(1, -1))}` : capital(word)));
  return route.method + words.join('');
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function parametersOf(
  schema: TObject | undefined,
  place: 'path' | 'query',
  examples: Readonly<Record<string, string>> | undefined,
): object[] {
  if (schema === undefined) return [];
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.has(name),
    ...(property.description === undefined ? {} : { description: property.description }),
    schema: inline(property),
    ...(examples?.[name] === undefined ? {} : { example: examples[name] }),
  }));
}

function answersOf(route: Route): Record<string, object> {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, contentType }]) => [
      status,
      {
        description,
        ...(schema === undefined && contentType === undefined
          ? {}
          : { content: contentOf(schema, [contentType ?? 'application/json'].flat()) }),
      },
    ]),
  );
}

function contentOf(schema: TSchema | undefined, types: readonly string[]): object {
  return Object.fromEntries(types.map((type) => [type, { schema: schema ? inline(schema) : {} }]));
}

/** What any call may hear, whatever the row says. */
export function refusalsOfRoute(route: Route): readonly RefusalReason[] {
  const common: RefusalReason[] = [
    'NotFound',
    'WrongHost',
    'TooManyRequests',
    'Stopping',
    'MethodNotAllowed',
    'HeadersTooLarge',
    'MalformedRequest',
    'RequestTimeout',
  ];
  if (route.roles !== 'anyone') common.push('NotAuthenticated', 'NotAllowed');
  if (route.params ?? route.query ?? route.body)
    common.push('SchemaMismatch', 'MalformedJson', 'MalformedText');
  if (route.body) common.push('TooLarge', 'UnsupportedFormat');
  return [...new Set([...route.refusals, ...common])];
}

function refusalsOf(route: Route): Record<string, object> {
  const byStatus = new Map<number, RefusalReason[]>();
  for (const reason of refusalsOfRoute(route)) {
    const { status } = REFUSALS[reason];
    byStatus.set(status, [...(byStatus.get(status) ?? []), reason]);
  }
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => route.answers[status] === undefined)
      .map(([status, reasons]) => [status, { description: reasons.join(', '), content: problem }]),
  );
}

/** A plain copy of the schema in which named shapes are references. */
function inline(schema: TSchema, top = false): unknown {
  return JSON.parse(
    JSON.stringify(schema, (_key, value: unknown) => {
      if (value === null || typeof value !== 'object' || !('$id' in value)) return value;
      const { $id, ...rest } = value as { $id: string };
      return top && value === schema ? rest : { $ref: `#/components/schemas/${$id}` };
    }),
  );
}
