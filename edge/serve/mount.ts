/** One row of the route table as an Express handler: who, then what, then the answer. */
import { TextDecoder } from 'node:util';
import type { TObject, TSchema } from '@sinclair/typebox';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { misfit, type Refusal } from '../contracts/index.js';
import type { Authenticator } from './guards.js';
import { oversizedBody, sendRefusal } from './problem.js';
import { actorOf } from './routes/reason.js';
import { type Answer, type Call, isRefusal, type Reply, type Route } from './routes/route.js';
import { SPEAKS_AS, type Speaker, speakerFor } from './speakers.js';

export interface MountDeps {
  readonly authenticator: Authenticator;
  readonly onRefused?: (reason: string) => void;
}

const BODY_BYTES_MAX = 64 * 1024;
const NOBODY: Speaker = { principal: { role: 'viewer', subject: 'nobody' }, isGood: () => true };
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function mountRoute(app: Express, route: Route, deps: MountDeps): void {
  const path = expressPath(route.path);
  const limit = route.bodyBytesMax ?? BODY_BYTES_MAX;
  const takesBody = route.method === 'post' || route.method === 'put';
  const readBody = express.raw({ type: () => true, limit, inflate: false });

  // Who is asking is settled before a byte of the body is read.
  app[route.method](path, (request, response, next) => {
    admit(route, request, deps).then((admitted) => {
      if ('reason' in admitted) return refuse(response, admitted, request.path, deps);
      response.locals['speaker'] = admitted;
      next();
    }, next);
  });
  if (takesBody) app[route.method](path, readBody, noteOversized(route, deps));
  app[route.method](path, async (request, response) => {
    const onGone = (listener: () => void): void => void response.once('close', listener);
    const call = readCall(route, { request, speaker: response.locals['speaker'] as Speaker, onGone });
    if ('reason' in call) return refuse(response, call, request.path, deps);
    const answer: Answer = await route.handle(call);
    if (isRefusal(answer))
      return refuse(response, await counted(route, answer, request, deps), request.path, deps);
    send(response, answer);
  });
}

/** What is too large to be read is a message that was not understood: where a route keeps those, it keeps a note of it. */
function noteOversized(route: Route, deps: MountDeps): ErrorRequestHandler {
  return (error, request, response, next) => {
    const body = oversizedBody(error);
    if (body === undefined || route.tooLarge === undefined) return next(error);
    const { principal } = response.locals['speaker'] as Speaker;
    route
      .tooLarge(body, principal)
      .then((refusal) => refuse(response, refusal, request.path, deps))
      .catch(next);
  };
}

/** A known address with a method it has not: 405, and which ones it has. */
export function mountWrongMethods(app: Express, routes: readonly Route[]): void {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes)
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  for (const [path, known] of methods) {
    const allow = (known.includes('GET') ? [...known, 'HEAD'] : known).join(', ');
    app.all(expressPath(path), (request, response) => {
      response.setHeader('allow', allow);
      const detail = `${request.method} is not among ${allow}`;
      sendRefusal(response, { reason: 'MethodNotAllowed', detail }, request.path);
    });
  }
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

function refuse(
  response: Response,
  refusal: Refusal & { retryAfterS?: number },
  path: string,
  deps: MountDeps,
): void {
  deps.onRefused?.(refusal.reason);
  sendRefusal(response, refusal, path);
}

/** A wrong token in a log-in counts like a wrong token in a header. */
async function counted(
  route: Route,
  answer: Refusal,
  request: Request,
  deps: MountDeps,
): Promise<Refusal & { retryAfterS?: number }> {
  if (route.roles !== 'anyone' || answer.reason !== 'NotAuthenticated') return answer;
  return deps.authenticator.wrong(addressOf(request));
}

export const addressOf = (request: Request): string => request.socket.remoteAddress ?? 'unknown';

async function admit(
  route: Route,
  request: Request,
  deps: MountDeps,
): Promise<Speaker | (Refusal & { retryAfterS?: number })> {
  if (route.roles === 'anyone') return NOBODY;
  const asking = await deps.authenticator.ask(request.headers, addressOf(request), request.socket);
  if ('reason' in asking) return asking;
  return speakerFor(asking.speakers, {
    roles: route.roles,
    named: Object.values(request.params).flat(),
    as: request.get(SPEAKS_AS),
  });
}

function readCall(
  route: Route,
  { request, speaker, onGone }: Pick<Call, 'speaker' | 'onGone'> & { readonly request: Request },
): Call | Refusal {
  const params = fitWords(route.params, request.params);
  if (isMisfit(params)) return params.refusal;
  const query = fitWords(route.query, request.query);
  if (isMisfit(query)) return query.refusal;
  const raw: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const body = route.body === undefined || route.bodyAs === 'raw' ? undefined : parseBody(route.body, raw);
  if (isMisfit(body)) return body.refusal;
  const contentType = request.headers['content-type'] ?? '';
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const { principal } = speaker;
  // A session came as a cookie; programs send a token of their own.
  const isPerson = speaker.token !== undefined && header('authorization') === undefined;
  const asked = actorOf(route, { query, body }, { principal, isPerson });
  if ('detail' in asked) return asked;
  const address = addressOf(request);
  return { principal, speaker, params, ...asked, raw, contentType, address, header, onGone };
}

class Misfit {
  constructor(readonly refusal: Refusal) {}
}
const isMisfit = (value: unknown): value is Misfit => value instanceof Misfit;

/** Words of an address become numbers where the schema says so, and only if they are plain ones. */
function fitWords(schema: TObject | undefined, words: Readonly<Record<string, unknown>>): unknown {
  if (schema === undefined) return undefined;
  const value: Record<string, unknown> = { ...words };
  for (const [name, { type }] of Object.entries(schema.properties)) {
    const word = words[name];
    if (type === 'integer' && typeof word === 'string' && /^-?\d{1,15}$/.test(word))
      value[name] = Number(word);
  }
  const problem = misfit(schema, value);
  return problem === undefined ? value : new Misfit(problem);
}

function parseBody(schema: TSchema, raw: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(raw);
  } catch {
    return new Misfit({ reason: 'MalformedText', detail: 'the body is not valid UTF-8' });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return new Misfit({ reason: 'MalformedJson', detail: (error as Error).message.slice(0, 200) });
  }
  const problem = misfitOf(schema, value);
  return problem === undefined ? value : new Misfit(problem);
}

/** A body nested so deep that it cannot be looked at fits no schema. */
function misfitOf(schema: TSchema, value: unknown): Refusal | undefined {
  try {
    return misfit(schema, value);
  } catch (error) {
    if (error instanceof RangeError)
      return { reason: 'SchemaMismatch', detail: 'the body is nested too deep' };
    throw error;
  }
}

function send(response: Response, reply: Reply): void {
  response.setHeader('cache-control', 'no-store');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.stream !== undefined && response.req.method !== 'HEAD') {
    reply.stream(response);
    return;
  }
  response.status(reply.status);
  if (reply.body === undefined) response.end();
  else if (typeof reply.body === 'string') response.send(reply.body);
  else response.type('application/json').send(JSON.stringify(reply.body));
}
