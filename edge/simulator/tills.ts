import type { PosTransaction } from '../contracts/index.js';
import type { Action, Household, PhoneOffer } from './actions.js';
import { applyCoupon } from './checkout.js';
import type { Credential } from './credentials.js';
import { type StoreApi, StoreRefusal } from './store-api.js';

const DAY_MS = 86_400_000;
/** The earlier visit that the retailer's loyalty records bring along. */
const HISTORY_DAYS = 3;

export interface TillFigures {
  receipts: number;
  couponsTaken: number;
  couponsRefused: number;
}

export interface TillsOptions {
  readonly api: StoreApi;
  readonly tills: Readonly<Record<string, Credential>>;
  readonly businessDay: (ms: number) => string;
  readonly priceOf: (sku: string) => number;
  readonly store: { readonly id: string; readonly currency: string };
  /** Numbers the imported receipts of earlier days. */
  readonly historyFrom: number;
}

/** The tills of the shop: a coupon is redeemed first, then the receipt is sent with what it gave. */
export function createTills(options: TillsOptions) {
  const figures: TillFigures = { receipts: 0, couponsTaken: 0, couponsRefused: 0 };
  let history = options.historyFrom;

  const credentialOf = (till: string): Credential => {
    const credential = options.tills[till] ?? Object.values(options.tills)[0];
    if (credential === undefined) throw new Error('the shop has no till');
    return credential;
  };
  const send = async (receipt: PosTransaction, { id, token }: Credential): Promise<void> => {
    await options.api.call({ path: '/v1/pos/transactions', token, body: { ...receipt, till: id } });
    figures.receipts += 1;
  };
  const redeem = async (receipt: PosTransaction, till: Credential, coupon: PhoneOffer) => {
    const { businessDay, sequence } = receipt;
    try {
      const answer = await options.api.call({
        path: '/v1/pos/coupons/redeem',
        token: till.token,
        body: { code: coupon.token, till: till.id, businessDay, sequence },
      });
      figures.couponsTaken += 1;
      const given = answer.body['discountMinor'];
      return applyCoupon(receipt, coupon, typeof given === 'number' ? given : coupon.discountMinor);
    } catch (error) {
      if (!(error instanceof StoreRefusal)) throw error;
      figures.couponsRefused += 1;
      return receipt;
    }
  };

  return {
    figures,

    async checkout({ transaction, coupons }: Extract<Action, { kind: 'checkout' }>): Promise<void> {
      const till = credentialOf(transaction.till);
      let receipt = transaction;
      for (const coupon of coupons) receipt = await redeem(receipt, till, coupon);
      await send(receipt, till);
    },

    /** What the household bought on its last visit, so that the store can know its favourites. */
    async importHistory(household: Household, nowMs: number): Promise<void> {
      const till = Object.keys(options.tills)[0] ?? '';
      const ms = nowMs - HISTORY_DAYS * DAY_MS;
      history += 1;
      const lines = Object.values(household.favourites).map((sku, index) => {
        const unitMinor = options.priceOf(sku);
        const line = { line: index + 1, sku, quantity: 1, unitMinor, totalMinor: unitMinor };
        return { ...line, kind: 'sale' as const };
      });
      const totalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0);
      const receipt: PosTransaction = {
        store: options.store.id,
        till,
        businessDay: options.businessDay(ms),
        sequence: history,
        type: 'sale',
        time: new Date(ms).toISOString(),
        currency: options.store.currency,
        loyaltyId: household.loyaltyId,
        lines,
        tenders: [{ type: 'card', amountMinor: totalMinor }],
        totalMinor,
      };
      await send(receipt, credentialOf(till));
    },
  };
}
export type Tills = ReturnType<typeof createTills>;
