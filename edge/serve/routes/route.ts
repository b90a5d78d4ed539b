/**
 * What a route is: one row that says method, path, who may, shapes in and out, and what runs. The HTTP server, the
 * OpenAPI page and the test of every role against every route all read this same row.
 */
import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { Response } from 'express';
import type { Refusal, RefusalReason } from '../../contracts/index.js';
import type { Actor, Principal, Role } from '../../ports.js';
import type { Speaker } from '../speakers.js';
import type { Answerable } from './answerable.js';
import { takingReason } from './reason.js';

export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly principal: Principal;
  /** Who asks and why, as an entry of the audit log has it. */
  readonly actor: Actor;
  /** The same, with the token behind it. */
  readonly speaker: Speaker;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The bytes as they came, for formats that are decoded elsewhere. */
  readonly raw: Buffer;
  readonly contentType: string;
  /** Network address of who calls. */
  readonly address: string;
  /** One header by its lower-case name. */
  header(name: string): string | undefined;
  /** Called when the answer is out, or when who asked has gone before. */
  onGone(listener: () => void): void;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes over the connection instead of a body; returns when the client has gone. */
  readonly stream?: (response: Response) => void;
}
export type Answer = Reply | (Refusal & { readonly retryAfterS?: number });

/** A body that was not read. */
export interface Oversized {
  /** How many bytes it was announced with, or how many had come when reading ended. */
  readonly bytes: number;
  readonly detail: string;
}

export interface AnswerShape {
  readonly description: string;
  readonly schema?: TSchema;
  /** `application/json` when absent; several where the caller chooses. */
  readonly contentType?: string | readonly string[];
}

/** Whatever changes something says who answers for it. */
type Deed =
  | { readonly method: 'get'; readonly audit?: Answerable }
  | { readonly method: 'post' | 'put' | 'delete'; readonly audit: Answerable };

interface Row {
  /** As OpenAPI writes it: `/v1/stories/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `anyone` needs no token: health, the published pages and logging in. */
  readonly roles: 'anyone' | readonly Role[];
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: TSchema;
  /** `raw` hands the bytes on unparsed; the schema is then documentation of what the decoder accepts. */
  readonly bodyAs?: 'json' | 'raw';
  /** `application/json` when absent. */
  readonly bodyType?: string;
  readonly bodyBytesMax?: number;
  /** Notes a body over `bodyBytesMax`, of which nothing was read; without it the refusal alone is said. */
  readonly tooLarge?: (body: Oversized, principal: Principal) => Promise<Refusal>;
  readonly answers: Readonly<Record<number, AnswerShape>>;
  readonly refusals: readonly RefusalReason[];
  /** Stands in the OpenAPI page; the role test calls the route with it. */
  readonly example?: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown };
  handle(call: Call): Promise<Answer> | Answer;
}

export type Route = Row & Deed;

type Of<S extends TSchema | undefined> = S extends TSchema ? Static<S> : undefined;

/** A row whose handler sees the static types of its own schemas. */
export function route<
  P extends TObject | undefined = undefined,
  Q extends TObject | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(
  row: Omit<Row, 'params' | 'query' | 'body' | 'handle'> &
    Deed & {
      readonly params?: P;
      readonly query?: Q;
      readonly body?: B;
      handle(call: Call<Of<P>, Of<Q>, Of<B>>): Promise<Answer> | Answer;
    },
): Route {
  return takingReason(row as unknown as Route);
}

export function isRefusal(answer: object): answer is Refusal {
  return 'reason' in answer && 'detail' in answer && !('status' in answer);
}

export const ok = (body: unknown): Reply => ({ status: 200, body });

/** Everybody who works in the store or for it. */
export const STAFF_ROLES: readonly Role[] = [
  'viewer',
  'associate',
  'store-manager',
  'media-manager',
  'admin',
];
/** Those who serve people on the floor. */
export const DESK_ROLES: readonly Role[] = ['associate', 'store-manager', 'admin'];
/** Those who answer for the store. */
export const MANAGER_ROLES: readonly Role[] = ['store-manager', 'admin'];
/** Those who work with events as data. */
export const DATA_ROLES: readonly Role[] = ['store-manager', 'media-manager', 'admin'];
export const TILL_ROLES: readonly Role[] = ['till', 'store-manager', 'admin'];

/** A shopper sees only themselves. */
export function notOwn(principal: Principal, sid: string): Refusal | undefined {
  if (principal.role !== 'shopper' || principal.subject === sid) return undefined;
  return { reason: 'NotAllowed', detail: 'this session belongs to another shopper' };
}

/** A till speaks only as itself. */
export function notTill(principal: Principal, till: string): Refusal | undefined {
  if (principal.role !== 'till' || principal.subject === till) return undefined;
  return {
    reason: 'NotAllowed',
    detail: `this token belongs to till ${principal.subject}`,
    field: '/till',
  };
}
