/**
 * Every way in which Endcap says no, once. Class tells what happens next:
 * rejected → bad input, never retry; transient → try again; exhausted → a limit was hit; forbidden → who you are.
 */
export type RefusalClass = 'rejected' | 'transient' | 'exhausted' | 'forbidden';

interface RefusalRow {
  readonly class: RefusalClass;
  readonly status: number;
  readonly title: string;
  /** What the sender can do about it. */
  readonly cure: string;
}

const row = (refusalClass: RefusalClass, status: number, title: string, cure: string): RefusalRow => ({
  class: refusalClass,
  status,
  title,
  cure,
});

export const REFUSALS = {
  MalformedJson: row('rejected', 400, 'The body is not JSON', 'Send one UTF-8 JSON document.'),
  MalformedText: row('rejected', 400, 'The body is not valid UTF-8', 'Send the text as UTF-8.'),
  SchemaMismatch: row(
    'rejected',
    422,
    'A field does not fit its schema',
    'Correct the named field; the schema is published at /v1/openapi.json.',
  ),
  UnknownVersion: row(
    'rejected',
    422,
    'This version of the schema is not known here',
    'Send a version that /v1/openapi.json lists, or update the store.',
  ),
  UnknownTopic: row('rejected', 404, 'No format listens on this topic', 'See the MQTT topics in the README.'),
  UnknownStore: row(
    'rejected',
    422,
    'The document is about another store',
    'Send it to the store that it names, or correct `store`.',
  ),
  WrongCurrency: row(
    'rejected',
    422,
    'The sale is in another currency than that of the store',
    'Send the amounts in the currency that the detail names, or correct `store.currency` in store.yaml.',
  ),
  UnknownShopper: row(
    'rejected',
    404,
    'There is no such shopper',
    'Create the shopper first with POST /v1/shoppers.',
  ),
  NotFound: row(
    'rejected',
    404,
    'There is nothing at this address',
    'Check the path; /v1/openapi.json lists all of them.',
  ),
  TooLarge: row(
    'rejected',
    413,
    'The message is too large',
    'Send at most the number of bytes that the detail names.',
  ),
  HeadersTooLarge: row(
    'rejected',
    431,
    'The header lines are too large',
    'Send at most the number of bytes that the detail names; old cookies are the usual cause.',
  ),
  MalformedRequest: row('rejected', 400, 'This is not HTTP', 'Send a request as RFC 9112 describes it.'),
  RequestTimeout: row(
    'rejected',
    408,
    'The request took too long to arrive',
    'Send it again, in one go; the whole request must be there within seconds.',
  ),
  MethodNotAllowed: row(
    'rejected',
    405,
    'This address does not answer to that method',
    'Use one of the methods that the header Allow names.',
  ),
  UnsupportedFormat: row(
    'rejected',
    415,
    'This format is not read here',
    'Send one of the formats that /v1/openapi.json lists for this address.',
  ),
  WrongHost: row(
    'rejected',
    421,
    'The request names a host that is not this store',
    'Use the address of the store, or add the name to its configuration.',
  ),
  CursorGone: row(
    'rejected',
    410,
    'The cursor is from before the journal was restored',
    'Start again with `from`, or without a cursor.',
  ),
  TransactionConflict: row(
    'rejected',
    409,
    'This transaction is known with another content',
    'Give the corrected transaction a sequence of its own.',
  ),
  TagTaken: row('rejected', 409, 'The tag belongs to another shopper', 'Unlink it there first.'),
  AlreadySettled: row('rejected', 409, 'This record was settled before', 'Open it again to see how.'),
  PairingCodeUnknown: row(
    'rejected',
    404,
    'No screen shows this code',
    'Read the six letters and digits from the screen once more.',
  ),
  PairingCodeExpired: row(
    'rejected',
    410,
    'The code is past its time',
    'The screen shows a new one every ten minutes; type that.',
  ),
  PairingCodeUsed: row(
    'rejected',
    409,
    'The code has been used',
    'Where the screen shows another code by now, type that.',
  ),
  MediaInUse: row(
    'rejected',
    409,
    'A screen still plays this file',
    'Take it out of the playlists that the detail names first.',
  ),
  PlayUnknown: row(
    'rejected',
    422,
    'This screen was never given what it says it showed',
    'Do not tell this play again. Plays of what was given within the last 30 days count, also when they are told late.',
  ),
  CouponUsed: row('rejected', 409, 'The coupon was taken before', 'See `usedAt` for the till and the time.'),
  CouponUnknown: row(
    'rejected',
    404,
    'There is no such coupon',
    'Scan again, or type the digits under the code.',
  ),
  CouponExpired: row(
    'rejected',
    410,
    'The coupon is past its time',
    'The shopper page shows which coupons are good now.',
  ),
  CouponStopped: row(
    'rejected',
    409,
    'Staff stopped this offer',
    'It is good again once staff bring the offer back.',
  ),
  CouponSignature: row(
    'rejected',
    422,
    'The signature of the code does not fit',
    'Scan the code from the shopper page, not a copy of its text.',
  ),
  ClockUntrusted: row(
    'transient',
    503,
    'The store does not know what time it is',
    'Wait until the clock is set; coupons are off until then.',
  ),
  NotAuthenticated: row(
    'forbidden',
    401,
    'Who is asking is not known',
    'Send a token: `endcap token --role …` makes one.',
  ),
  WrongPassword: row(
    'forbidden',
    401,
    'Name and password do not fit',
    'Try again; somebody who manages the accounts can send a link for a new password.',
  ),
  ClaimCode: row(
    'forbidden',
    401,
    'The claim code is not good',
    'Run `endcap claim` on the box: it prints a new one, good once within ten minutes.',
  ),
  PasswordLink: row(
    'forbidden',
    401,
    'The link is not good any more',
    'Ask for a new one: each is good once, for as long as it says.',
  ),
  WeakPassword: row(
    'rejected',
    422,
    'The password is too easy to guess',
    'Take twelve characters or more: a few words that belong together for nobody else.',
  ),
  StoreClaimed: row(
    'rejected',
    409,
    'This store has its accounts',
    'Log in, or ask an admin for an account.',
  ),
  NameTaken: row('rejected', 409, 'There is an account of that name', 'Take another name.'),
  LastAdmin: row(
    'rejected',
    409,
    'Nobody would be left to manage the accounts',
    'Make somebody else an admin first.',
  ),
  NotAllowed: row(
    'forbidden',
    403,
    'This token may not do that',
    'Use a token whose role or device allows it.',
  ),
  TooManyRequests: row('exhausted', 429, 'Too many requests', 'Wait as long as Retry-After says.'),
  SlowConsumer: row(
    'exhausted',
    429,
    'The reader did not keep up and was cut off',
    'Connect again with the last id that was read; nothing is lost.',
  ),
  QuotaReached: row(
    'exhausted',
    503,
    'The journal has reached its quota',
    'Keep the message and send it again; the store frees space by itself.',
  ),
  DiskFull: row('exhausted', 503, 'The disk of the store is full', 'Keep the message and send it again.'),
  DiskFailed: row(
    'transient',
    503,
    'The disk of the store failed to confirm a write',
    'Keep the message and send it again; staff have been told.',
  ),
  Busy: row('transient', 503, 'The store did not answer in time', 'Repeat the same request; it is safe.'),
  Stopping: row('transient', 503, 'The store is stopping', 'Repeat the same request in a few seconds.'),
  PushOff: row(
    'rejected',
    409,
    'This store sends no messages to phones',
    'Name a contact under `push` in store.yaml; the offers are on the page all the same.',
  ),
  PushEndpointRefused: row(
    'rejected',
    422,
    'This is not an address that the store sends messages to',
    'Use a browser whose push service the store knows; `push.services` in store.yaml lists others.',
  ),
  ConsentMissing: row(
    'forbidden',
    403,
    'The person has not agreed to this',
    'Ask for the consent first; without it nothing is kept.',
  ),
  CoreFailed: row(
    'rejected',
    500,
    'The event could not be handled twice in a row',
    'It is kept; see the Journal page.',
  ),
} as const satisfies Record<string, RefusalRow>;

export type RefusalReason = keyof typeof REFUSALS;

/** A refusal as a value: `reason` from the table, `detail` for this case, `field` as a JSON pointer. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly detail: string;
  readonly field?: string;
  /** Extra members for the problem document, for example `usedAt`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Thrown only where a promise must reject; handlers turn it into a problem document. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  constructor(readonly refusal: Refusal) {
    super(`${refusal.reason}: ${refusal.detail}`);
  }
}

/** RFC 9457 problem document with Endcap's members `reason`, `field` and `cure`. */
export function toProblem(refusal: Refusal, instance: string) {
  const known = REFUSALS[refusal.reason];
  return {
    type: `urn:endcap:problem:${refusal.reason}`,
    title: known.title,
    status: known.status,
    reason: refusal.reason,
    detail: refusal.detail,
    instance,
    ...(refusal.field === undefined ? {} : { field: refusal.field }),
    cure: known.cure,
    ...refusal.extra,
  };
}
export type Problem = ReturnType<typeof toProblem>;
