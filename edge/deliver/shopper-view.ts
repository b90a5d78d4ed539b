/** What one shopper sees: their offers with codes a till takes, and what they agreed to. */
import type { ShopperCoupon, ShopperView } from '../contracts/index.js';
import type { Clock, CouponSigner, CouponState, Views } from '../ports.js';

export interface ShopperViewDeps {
  readonly views: Pick<Views, 'shopper' | 'knowsShopper'>;
  readonly signer: Pick<CouponSigner, 'sign'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Version of the consent text that the page shows. */
  readonly textVersion: string;
}

const TOKENS_KEPT = 5_000;

/** `undefined` for a shopper that this store does not know. */
export function createShopperView(deps: ShopperViewDeps): (sid: string) => ShopperView | undefined {
  const tokens = new Map<string, string>();
  // A signature costs more than the rest of the view, and a coupon never changes.
  const tokenOf = (coupon: CouponState): string => {
    const held = tokens.get(coupon.couponId);
    if (held !== undefined) return held;
    const token = deps.signer.sign(coupon);
    tokens.set(coupon.couponId, token);
    if (tokens.size > TOKENS_KEPT) tokens.delete(tokens.keys().next().value!);
    return token;
  };
  const show = (coupon: CouponState): ShopperCoupon => ({
    couponId: coupon.couponId,
    decisionId: coupon.decisionId,
    code: coupon.code,
    token: tokenOf(coupon),
    offer: coupon.offer,
    state: coupon.state,
    ...(coupon.takenAt === undefined ? {} : { takenAt: coupon.takenAt }),
    ...(coupon.receivedAt === undefined ? {} : { receivedAt: coupon.receivedAt }),
  });
  return (sid) => {
    if (!deps.views.knowsShopper(sid)) return undefined;
    const view = deps.views.shopper(sid, deps.clock.nowMs());
    const { textVersion } = deps;
    const askAgain = view.receipts
      .filter(
        (receipt) => view.consents[receipt.purpose] === 'granted' && receipt.textVersion !== textVersion,
      )
      .map(({ purpose }) => purpose);
    return { ...view, coupons: view.coupons.map(show), textVersion, askAgain };
  };
}
