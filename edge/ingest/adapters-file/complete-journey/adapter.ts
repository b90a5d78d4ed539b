import type { PosLine, Refusal } from '../../../contracts/index.js';
import { badField, thousandthsToMinor, toThousandths, wallTimeMs } from '../fields.js';
import type { DecodedGroup, FileAdapter, FileMeta, RowGroup } from '../types.js';

const COLUMNS = [
  'household_id',
  'store_id',
  'basket_id',
  'product_id',
  'quantity',
  'sales_value',
  'retail_disc',
  'coupon_disc',
  'coupon_match_disc',
  'week',
  'transaction_timestamp',
] as const;
const AT = Object.fromEntries(COLUMNS.map((column, index) => [column, index])) as Record<
  (typeof COLUMNS)[number],
  number
>;
const DIGITS = /^\d{1,12}$/;
/** R writes a round basket number as 4.0128e+10. */
const SCIENTIFIC = /^\d(?:\.\d{1,11})?e\+(?:0\d|1[01])$/;

/** 84.51° Complete Journey 2.0 till lines: one row a product of a basket, discounts in columns of their own. */
export const completeJourney: FileAdapter = {
  name: 'complete-journey',
  columns: COLUMNS,
  currency: 'USD',
  groupOf: (row) => row[AT.basket_id] || undefined,
  timeOf: (row) => wallTimeMs(row[AT.transaction_timestamp] ?? ''),
  decode,
};

function decode(group: RowGroup, meta: FileMeta): DecodedGroup {
  const basket = SCIENTIFIC.test(group.key) ? String(Number(group.key)) : group.key;
  if (!DIGITS.test(basket)) return refuse(badField('basket_id', group.at[0] ?? 0, group.key, 'digits'));
  const first = group.rows[0] ?? [];
  const shop = first[AT.store_id] ?? '';
  if (!DIGITS.test(shop)) return refuse(badField('store_id', group.at[0] ?? 0, shop, 'digits'));
  const lines: PosLine[] = [];
  for (const [index, row] of group.rows.entries()) {
    const line = lineOf(row, index + 1, group.at[index] ?? 0);
    if ('reason' in line) return refuse(line);
    lines.push(line);
  }
  const ms = wallTimeMs(first[AT.transaction_timestamp] ?? '');
  if (ms === undefined) {
    const found = first[AT.transaction_timestamp];
    return refuse(badField('transaction_timestamp', group.at[0] ?? 0, found, 'a date and time'));
  }
  const moment = ms + meta.shiftMs;
  const totalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0);
  const household = first[AT.household_id];
  return {
    ok: true,
    transaction: {
      store: meta.store,
      till: `shop-${shop}`,
      businessDay: meta.businessDay(moment),
      sequence: Number(basket),
      type: 'sale',
      time: new Date(moment).toISOString(),
      currency: completeJourney.currency,
      ...(household ? { loyaltyId: household } : {}),
      lines,
      tenders: [{ type: 'unknown', amountMinor: totalMinor }],
      totalMinor,
    },
  };
}

function lineOf(row: readonly string[], line: number, at: number): PosLine | Refusal {
  const sku = row[AT.product_id]?.trim();
  if (!sku) return badField('product_id', at, sku, 'a product number');
  const quantity = toThousandths(row[AT.quantity] ?? '');
  if (quantity === undefined) return badField('quantity', at, row[AT.quantity], 'a decimal number');
  const money: number[] = [];
  for (const column of ['sales_value', 'retail_disc', 'coupon_match_disc'] as const) {
    const value = toThousandths(row[AT[column]] ?? '');
    if (value === undefined) return badField(column, at, row[AT[column]], 'a decimal amount');
    money.push(value);
  }
  const [paid = 0, retailDiscount = 0, matchDiscount = 0] = money;
  const before = paid + retailDiscount + matchDiscount;
  const discountMinor = thousandthsToMinor(retailDiscount + matchDiscount);
  return {
    line,
    sku,
    quantity: quantity / 1000,
    unitMinor: quantity === 0 ? 0 : thousandthsToMinor(Math.round((before * 1000) / quantity)),
    totalMinor: thousandthsToMinor(paid),
    ...(discountMinor === 0 ? {} : { discountMinor }),
    kind: quantity < 0 ? 'return' : 'sale',
  };
}

function refuse(refusal: Refusal): DecodedGroup {
  return { ok: false, refusal };
}
