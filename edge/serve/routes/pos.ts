/** The till: transactions, and coupons that are asked about and taken. */
import { type Static, Type } from '@sinclair/typebox';
import { Minor } from '../../contracts/events/common.js';
import { CouponCall, PosTransaction, type Refusal } from '../../contracts/index.js';
import type { CouponSigner, Principal } from '../../ports.js';
import { isRefusal, notTill, type Oversized, ok, type Route, route, TILL_ROLES } from './route.js';

/** As much as a packet of MQTT may hold: what is over `limits.payloadBytes` is refused in the same words on both ways. */
const TRANSACTION_BYTES_MAX = 2 * 1024 * 1024;

export const CouponAnswer = Type.Object({
  ok: Type.Literal(true),
  couponId: Type.String(),
  sku: Type.Optional(Type.String()),
  discountMinor: Type.Optional(Minor('discount on one unit')),
  validUntil: Type.Optional(Type.String()),
});
export type CouponAnswer = Static<typeof CouponAnswer>;

const TransactionAnswer = Type.Object({
  id: Type.String({ description: 'till|businessDay|sequence, which is also the id of the event' }),
  till: Type.String(),
  businessDay: Type.String(),
  sequence: Type.Integer(),
  known: Type.Boolean({ description: 'true when it was there before' }),
});

export interface PosDeps {
  /** Decode, mask, deduplicate and journal one till document; quarantines what it refuses. */
  readonly acceptTransaction: (
    document: { readonly body: Buffer; readonly contentType: string },
    principal: Principal,
  ) => Promise<Static<typeof TransactionAnswer> | Refusal>;
  /** A till document that is too large to be read leaves a record without a body. */
  readonly noteTransaction: (body: Oversized, principal: Principal) => Promise<Refusal>;
  /** Request appended → step → outcome durable → answer; Busy after 2 s. */
  readonly answerCoupon: (
    action: 'verify' | 'redeem',
    call: CouponCall,
    principal: Principal,
  ) => Promise<CouponAnswer | Refusal>;
  readonly signer: Pick<CouponSigner, 'publicKeyJwk'>;
}

/** Also where a token of staff stands in for a till. */
const TILL_WORK =
  'the work of a till: an event of its own says which till it was, and is mirrored like an entry';

export function posRoutes(deps: PosDeps): readonly Route[] {
  return [transactionRoute(deps), couponRoute(deps, 'verify'), couponRoute(deps, 'redeem'), keyRoute(deps)];
}

const transactionRoute = (deps: PosDeps): Route =>
  route({
    method: 'post',
    path: '/v1/pos/transactions',
    tag: 'Till',
    audit: { exempt: TILL_WORK },
    summary: 'A till closed a transaction',
    description: 'Idempotent on store, till, business day and sequence. The answer comes after the commit.',
    roles: TILL_ROLES,
    body: PosTransaction,
    bodyAs: 'raw',
    bodyBytesMax: TRANSACTION_BYTES_MAX,
    tooLarge: (body, principal) => deps.noteTransaction(body, principal),
    answers: {
      201: { description: 'Recorded', schema: TransactionAnswer },
      200: { description: 'Known already, with the same content', schema: TransactionAnswer },
    },
    refusals: [
      'MalformedJson',
      'MalformedText',
      'SchemaMismatch',
      'TransactionConflict',
      'UnknownStore',
      'WrongCurrency',
      'TooLarge',
      'UnsupportedFormat',
      'QuotaReached',
      'DiskFull',
      'DiskFailed',
    ],
    handle: async ({ raw, contentType, principal }) => {
      const foreign = wrongFormat(contentType) ?? notTill(principal, tillOf(raw) ?? principal.subject);
      if (foreign !== undefined) return foreign;
      const answer = await deps.acceptTransaction({ body: raw, contentType }, principal);
      if (isRefusal(answer)) return answer;
      return { status: answer.known ? 200 : 201, body: answer };
    },
  });

function wrongFormat(contentType: string): Refusal | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '' || type === 'application/json' || type.endsWith('+json')) return undefined;
  return {
    reason: 'UnsupportedFormat',
    detail: `${type} is not read here yet; send the native JSON document`,
  };
}

/** Whose transaction it says it is; what cannot be read is for the decoder to refuse. */
function tillOf(raw: Buffer): string | undefined {
  try {
    const till = (JSON.parse(raw.toString('utf8')) as { till?: unknown } | null)?.till;
    return typeof till === 'string' ? till : undefined;
  } catch {
    return undefined;
  }
}

const couponRoute = (deps: PosDeps, action: 'verify' | 'redeem'): Route =>
  route({
    method: 'post',
    path: `/v1/pos/coupons/${action}`,
    tag: 'Till',
    audit: { exempt: action === 'verify' ? 'only asks; nothing is changed' : TILL_WORK },
    summary: action === 'verify' ? 'Would this coupon be good now?' : 'Take a coupon; it is good once',
    description:
      'Safe to repeat: the same till, business day and sequence hears the first answer again, any other 409 CouponUsed.',
    roles: TILL_ROLES,
    body: CouponCall,
    answers: { 200: { description: 'The coupon is good', schema: CouponAnswer } },
    refusals: [
      'CouponUsed',
      'CouponUnknown',
      'CouponExpired',
      'CouponStopped',
      'CouponSignature',
      'ClockUntrusted',
      'Busy',
      'QuotaReached',
      'DiskFull',
      'DiskFailed',
    ],
    example: { body: { code: '9800000000009', till: 'till-1', businessDay: '2026-11-23', sequence: 1 } },
    handle: async ({ body, principal }) => {
      const foreign = notTill(principal, body.till);
      if (foreign !== undefined) return foreign;
      const answer = await deps.answerCoupon(action, body, principal);
      return isRefusal(answer) ? answer : ok(answer);
    },
  });

const keyRoute = (deps: PosDeps): Route =>
  route({
    method: 'get',
    path: '/v1/pos/coupons/key',
    tag: 'Till',
    summary: 'Public key that coupon tokens are signed with',
    description:
      'A token is a JWS (EdDSA): `iss` store, `jti` coupon, `sku`, `off` discount in minor units, `cur`, `exp` in seconds.',
    roles: [...TILL_ROLES, 'associate'],
    answers: {
      200: {
        description: 'JSON Web Key',
        schema: Type.Object({ kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: Type.String() }),
      },
    },
    refusals: [],
    handle: () => ok(deps.signer.publicKeyJwk()),
  });
