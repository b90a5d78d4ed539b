import {
  type PosTransaction,
  type StoreEvent,
  transactionHash,
  transactionKey,
} from '../../contracts/index.js';
import { consented } from '../consent/consent.js';
import { takeCouponLine } from '../coupon/redeem.js';
import { samePlace } from '../coupon/state.js';
import { count, type Slot, slotNow } from '../figures/figures.js';
import { tallyTurnover } from '../offers/tally.js';
import type { Step } from '../step.js';
import { takeSale } from '../stock/stock.js';
import { tellStock } from '../stock/tell.js';
import { storySold } from '../story/stories.js';
import { addDays, DAY_MS, parseInstantMs } from '../time.js';
import { addPurchase } from './favourites.js';
import { archiveKnown, knownHash } from './known.js';
import type { CountedSale } from './state.js';

/** Effects of transactions are held this long, in number, for a void to find. */
const COUNTED_HELD = 2_000;
const VOIDED_AHEAD_MS = 3 * DAY_MS;

/** A till closed a transaction. Repeats, trainings and cancelled ones are known but never counted. */
export function takeTransaction(step: Step, event: StoreEvent<'pos.transaction'>): void {
  const { tills } = step.state;
  const transaction = event.data;
  const key = transactionKey(transaction);
  if (knownHash(tills, key) !== undefined) return;
  tills.recent.set(key, transactionHash(transaction));
  if (transaction.type === 'training' || transaction.type === 'cancelled') return;
  if (transaction.type === 'void') takeVoid(step, transaction);
  else takeSold(step, event, key);
}

function takeSold(step: Step, event: StoreEvent<'pos.transaction'>, key: string): void {
  const { tills } = step.state;
  takeCoupons(step, event.data);
  const sale = effectOf(step, event);
  if (tills.voidedAhead.delete(key)) return;
  tills.counted.set(key, sale);
  if (tills.counted.size > COUNTED_HELD) tills.counted.delete(tills.counted.keys().next().value!);
  apply(step, sale, 1);
  tellSold(step, event.data, sale);
}

/** Take back what the transaction named by `voids` did, once; if it is still to come, it will not count. */
function takeVoid(step: Step, transaction: PosTransaction): void {
  const { tills } = step.state;
  const { till, businessDay, voids } = transaction;
  if (voids === undefined) return;
  const key = transactionKey({ till, businessDay, sequence: voids });
  const sale = tills.counted.get(key);
  if (sale !== undefined) {
    tills.counted.delete(key);
    apply(step, sale, -1);
  } else if (knownHash(tills, key) === undefined) tills.voidedAhead.set(key, step.nowMs);
}

function effectOf(step: Step, event: StoreEvent<'pos.transaction'>): CountedSale {
  const transaction = event.data;
  const said = transaction.time ?? event.time;
  const atMs = said === undefined ? step.nowMs : Math.min(parseInstantMs(said), step.nowMs);
  const { sid } = transaction;
  const known = sid !== undefined && consented(step.state.consent, sid, 'profile', step.nowMs);
  const { day, slot } = slotOf(step, transaction, atMs);
  const through = soldWithCoupon(step, transaction);
  return {
    ...(known ? { sid } : {}),
    day,
    slot,
    atMs,
    totalMinor: transaction.totalMinor,
    receipts: transaction.type === 'sale' ? 1 : 0,
    throughOffersMinor: through.reduce((sum, { line }) => sum + line.totalMinor, 0),
    throughOffers: through.map(({ line, coupon }) => [coupon.campaign, line.totalMinor]),
    lines: transaction.lines.flatMap((line) => lineEffect(transaction, line)),
  };
}

/**
 * A line marked void with a positive quantity is one that was struck out: it never counted. With a negative
 * quantity it takes back an earlier line of the same transaction.
 */
function lineEffect(
  transaction: PosTransaction,
  line: PosTransaction['lines'][number],
): (readonly [string, number, number])[] {
  if (line.kind === 'void' && line.quantity > 0) return [];
  const back = line.kind === 'return' || (transaction.type === 'return' && line.kind === 'sale');
  const pieces = back ? -Math.abs(line.quantity) : line.quantity;
  const totalMinor = back ? -Math.abs(line.totalMinor) : line.totalMinor;
  return [[line.sku, pieces, totalMinor]];
}

/** On the business day that the till says, as long as figures are held for it. */
function slotOf(step: Step, transaction: PosTransaction, atMs: number): Slot {
  const now = slotNow(step);
  const local = step.derived.clock.at(atMs);
  const slot = Math.floor(local.minute / 30);
  const day = transaction.businessDay;
  if (day > now.day || day < addDays(now.day, -56)) return now;
  return { day, slot: local.day === day ? slot : local.day > day ? 47 : 0 };
}

function apply(step: Step, sale: CountedSale, sign: 1 | -1): void {
  const at = { day: sale.day, slot: sale.slot };
  count(step, 'sales', { at, amount: sign * sale.totalMinor });
  count(step, 'receipts', { at, amount: sign * sale.receipts });
  count(step, 'turnover', { at, amount: sign * sale.throughOffersMinor });
  for (const [campaign, minor] of sale.throughOffers ?? [])
    tallyTurnover(step, { day: sale.day, campaign, minor: sign * minor });
  for (const [sku, pieces] of sale.lines) {
    tellStock(step, takeSale(step.state.stock, { sku, pieces: sign * pieces, atMs: sale.atMs }));
    // A shopper who took back consent in between has no favourites any more.
    if (sale.sid !== undefined && consented(step.state.consent, sale.sid, 'profile', step.nowMs)) {
      addPurchase(step.state.favourites, sale.sid, { sku, pieces: sign * pieces, atMs: sale.atMs });
    }
  }
}

function takeCoupons(step: Step, transaction: PosTransaction): void {
  if (transaction.type !== 'sale') return;
  const { till, businessDay, sequence, offline } = transaction;
  for (const line of transaction.lines) {
    if (line.couponCode === undefined || line.kind !== 'sale') continue;
    takeCouponLine(step, line.couponCode, {
      till,
      businessDay,
      sequence,
      requestId: `pos|${transactionKey(transaction)}`.slice(0, 128),
      ...(offline === true ? { offline } : {}),
    });
  }
}

/** Lines whose coupon was redeemed by this very transaction. */
function soldWithCoupon(step: Step, transaction: PosTransaction) {
  if (transaction.type !== 'sale') return [];
  const { codes, live } = step.state.coupons;
  return transaction.lines.flatMap((line) => {
    const couponId = line.couponCode === undefined ? undefined : codes.get(line.couponCode);
    const coupon = couponId === undefined ? undefined : live.get(couponId);
    return coupon?.used !== undefined && samePlace(coupon.used, transaction) ? [{ line, coupon }] : [];
  });
}

/** The step "sold" of the stories that led here. */
function tellSold(step: Step, transaction: PosTransaction, sale: CountedSale): void {
  for (const { line, coupon } of soldWithCoupon(step, transaction)) {
    storySold(step, coupon.decisionId, { till: transaction.till, totalMinor: line.totalMinor });
  }
  const sold = new Set(sale.lines.filter(([, pieces]) => pieces > 0).map(([sku]) => sku));
  for (const { showing } of step.state.screens.rows.values()) {
    // What was bought before the screen showed it was not sold by the screen, however late the till reports it.
    if (showing === null || sale.atMs < showing.sinceMs || !sold.has(showing.offer.sku)) continue;
    storySold(step, showing.decisionId, { till: transaction.till, product: showing.offer.name });
  }
}

/** Once a day. */
export function pruneTransactions(step: Step, today: string): void {
  const { tills } = step.state;
  archiveKnown(tills, today);
  for (const [key, atMs] of tills.voidedAhead) {
    if (atMs + VOIDED_AHEAD_MS < step.nowMs) tills.voidedAhead.delete(key);
  }
}
