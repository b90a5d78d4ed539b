import {
  CouponCall,
  type CouponRequest,
  isType,
  misfit,
  REFUSALS,
  type Refusal,
  RefusalError,
  type RefusalReason,
  type StoreEvent,
} from '../contracts/index.js';
import type { Clock, CouponSigner, Engine, Gate } from '../ports.js';

/** How long a till waits for the answer; then 503, and asking again is safe. */
const ANSWER_MS = 2_000;

/** The same for a first redemption and for its repetition by the same till transaction. */
export interface CouponAnswer {
  readonly ok: true;
  readonly action: CouponRequest['action'];
  readonly couponId: string;
  readonly sku?: string;
  readonly discountMinor?: number;
  readonly validUntil?: string;
  readonly till: string;
  readonly businessDay: string;
  readonly sequence: number;
}

export interface Coupons {
  /** Resolves once the outcome is durable; rejects with CouponUsed, CouponUnknown, CouponExpired, Busy and others. */
  ask(action: CouponRequest['action'], call: unknown): Promise<CouponAnswer>;
}

export interface CouponsDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly engine: Pick<Engine, 'outcomeOf' | 'views'>;
  readonly signer: Pick<CouponSigner, 'verify'>;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** A till asks; the request is journalled, the core handles it in its turn, and its durable outcome is the answer. */
export function createCoupons(deps: CouponsDeps): Coupons {
  return {
    async ask(action, call) {
      const problem = misfit(CouponCall, call);
      if (problem !== undefined) throw new RefusalError(problem);
      const { code, till, businessDay, sequence, offline } = call as CouponCall;
      const doubt = deps.clock.untrusted();
      if (doubt !== undefined && offline !== true)
        throw new RefusalError({ reason: 'ClockUntrusted', detail: doubt });
      const couponId = resolve(code, deps);
      const data: CouponRequest = {
        requestId: deps.newId(),
        action,
        couponId,
        till,
        businessDay,
        sequence,
        ...(offline === undefined ? {} : { offline }),
      };
      const [place] = await deps.gate.admit([
        { type: 'coupon.request', device: till, id: data.requestId, data },
      ]);
      const outputs = await deps.engine.outcomeOf(place?.offset ?? 0, ANSWER_MS);
      return answerOf(data, outputs);
    },
  };
}

function resolve(code: string, deps: CouponsDeps): string {
  if (/^\d{13}$/.test(code)) {
    const known = deps.engine.views.couponByCode(code);
    if (known === undefined)
      throw new RefusalError({ reason: 'CouponUnknown', detail: `no coupon ${code}`, field: '/code' });
    return known.couponId;
  }
  const verified = deps.signer.verify(code);
  if ('reason' in verified) throw new RefusalError(verified);
  return verified.couponId;
}

function answerOf(request: CouponRequest, outputs: readonly StoreEvent[]): CouponAnswer {
  const { action, couponId, till, businessDay, sequence } = request;
  const same = { ok: true as const, action, couponId, till, businessDay, sequence };
  for (const event of outputs) {
    if (isType(event, 'coupon.redeemed') && event.data.requestId === request.requestId) {
      return { ...same, sku: event.data.sku, discountMinor: event.data.discountMinor };
    }
    if (isType(event, 'coupon.answered') && event.data.requestId === request.requestId) {
      const { ok, sku, discountMinor, validUntil } = event.data;
      if (!ok) throw new RefusalError(refusalOf(event));
      return {
        ...same,
        ...(sku === undefined ? {} : { sku }),
        ...(discountMinor === undefined ? {} : { discountMinor }),
        ...(validUntil === undefined || action === 'redeem' ? {} : { validUntil }),
      };
    }
  }
  throw new RefusalError({ reason: 'Busy', detail: 'the request is kept, its answer is not there yet' });
}

function refusalOf(event: StoreEvent<'coupon.answered'>): Refusal {
  const { reason = 'CouponUnknown', usedAt, couponId } = event.data;
  const known: RefusalReason = Object.hasOwn(REFUSALS, reason) ? (reason as RefusalReason) : 'CouponUnknown';
  const where = usedAt === undefined ? '' : `, taken at till ${usedAt.till} at ${usedAt.time}`;
  return {
    reason: known,
    detail: `coupon ${couponId}${where}`,
    ...(usedAt === undefined ? {} : { extra: { usedAt } }),
  };
}
