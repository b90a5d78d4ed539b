/**
 * Why somebody does something, in one way on every call that leaves an entry in the audit log: `reason` in the JSON body,
 * and where a call has none (DELETE, a file, a call without a body) in the query. Handlers never see it among their own
 * members: it comes as part of `actor`.
 */
import { Kind, type TObject, type TSchema, Type } from '@sinclair/typebox';
import type { Refusal } from '../../contracts/index.js';
import type { Actor, Principal } from '../../ports.js';
import { isStaff } from '../auth/staff-roles.js';
import type { Answerable, Why } from './answerable.js';

const WORDS: Readonly<Record<Exclude<Why, 'none'>, string>> = {
  may: 'why, in the words of who asks; it stands in the audit log',
  person:
    'why; it stands in the audit log. A token of a program may leave it out, whoever is logged in may not',
  staff: 'why; it stands in the audit log. Needed from everybody of the staff',
};
const reasonOf = (why: Exclude<Why, 'none'>): TSchema =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: WORDS[why] }));

/** What matters here of a row. */
interface Shaped {
  readonly audit?: Answerable;
  readonly query?: TObject;
  readonly body?: TSchema;
  readonly bodyAs?: 'json' | 'raw';
}

/** What the row asks for; `undefined` where there is nothing to say. */
function whyOf({ audit }: Shaped): Exclude<Why, 'none'> | undefined {
  if (audit === undefined || 'exempt' in audit) return undefined;
  const { why = 'may' } = audit;
  return why === 'none' ? undefined : why;
}

const inBody = ({ body, bodyAs }: Shaped): boolean => bodyAs !== 'raw' && body?.[Kind] === 'Object';

/** The row with `reason` among what it takes. */
export function takingReason<Row extends Shaped>(row: Row): Row {
  const why = whyOf(row);
  if (why === undefined) return row;
  return inBody(row)
    ? { ...row, body: withMember(row.body as TObject, why) }
    : { ...row, query: withMember(row.query ?? Type.Object({}), why) };
}

function withMember(schema: TObject, why: Exclude<Why, 'none'>): TObject {
  const { properties, additionalProperties, description } = schema;
  return Type.Object(
    { ...properties, reason: reasonOf(why) },
    {
      ...(additionalProperties === undefined ? {} : { additionalProperties }),
      ...(description === undefined ? {} : { description }),
    },
  );
}

interface Sent {
  readonly query: unknown;
  readonly body: unknown;
}
export interface Asking {
  readonly principal: Principal;
  /** A person who is logged in, and not a program with a token. */
  readonly isPerson: boolean;
}

/** Takes the reason out of what was sent, or says that it is missing. */
export function actorOf(
  row: Shaped,
  sent: Sent,
  { principal, isPerson }: Asking,
): (Sent & { readonly actor: Actor }) | Refusal {
  const why = whyOf(row);
  if (why === undefined) return { ...sent, actor: { by: principal } };
  const place = inBody(row) ? 'body' : 'query';
  const { reason: said, ...rest } = sent[place] as { readonly reason?: string };
  const reason = said?.trim();
  const actor = { by: principal, ...(reason === undefined ? {} : { reason }) };
  if (reason === '' || (reason === undefined && isNeeded(why, { principal, isPerson }))) return SAY_WHY;
  return { ...sent, [place]: rest, actor };
}

const isNeeded = (why: Why, { principal, isPerson }: Asking): boolean =>
  isStaff(principal.role) && (why === 'staff' || (why === 'person' && isPerson));

const SAY_WHY: Refusal = {
  reason: 'SchemaMismatch',
  detail: 'say why: it stands in the audit log',
  field: '/reason',
};
