import type { PosLine, Refusal } from '../../../contracts/index.js';
import { badField, thousandthsToMinor, toThousandths, wallTimeMs } from '../fields.js';
import type { DecodedGroup, FileAdapter, FileMeta, RowGroup } from '../types.js';

const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;
const AT = Object.fromEntries(COLUMNS.map((column, index) => [column, index])) as Record<
  (typeof COLUMNS)[number],
  number
>;

/** The three number series of the file; each is a till of its own, so that (till, day, sequence) stays unique. */
const SERIES: Readonly<Record<string, string>> = { '': 'invoices', C: 'credit-notes', A: 'adjustments' };
const INVOICE = /^([CA]?)(\d{1,12})$/;
const WHOLE = /^-?\d{1,6}$/;

/** UCI Online Retail: one row a line, invoices that start with C cancel, returns have a negative quantity. */
export const onlineRetail: FileAdapter = {
  name: 'online-retail',
  columns: COLUMNS,
  currency: 'GBP',
  groupOf: (row) => row[AT.InvoiceNo] || undefined,
  timeOf: (row) => wallTimeMs(row[AT.InvoiceDate] ?? ''),
  decode,
};

function decode(group: RowGroup, meta: FileMeta): DecodedGroup {
  const invoice = INVOICE.exec(group.key);
  if (invoice === null) {
    return refuse(badField('InvoiceNo', group.at[0] ?? 0, group.key, 'digits, after C or A at most'));
  }
  const lines: PosLine[] = [];
  let lastMs = 0;
  for (const [index, row] of group.rows.entries()) {
    const at = group.at[index] ?? 0;
    const ms = wallTimeMs(row[AT.InvoiceDate] ?? '');
    if (ms === undefined) return refuse(badField('InvoiceDate', at, row[AT.InvoiceDate], 'a date and time'));
    const line = lineOf(row, index + 1, at);
    if ('reason' in line) return refuse(line);
    lastMs = Math.max(lastMs, ms);
    lines.push(line);
  }
  const moment = lastMs + meta.shiftMs;
  const totalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0);
  const customer = group.rows.find((row) => row[AT.CustomerID])?.[AT.CustomerID];
  return {
    ok: true,
    transaction: {
      store: meta.store,
      till: SERIES[invoice[1] ?? ''] ?? 'invoices',
      businessDay: meta.businessDay(moment),
      sequence: Number(invoice[2]),
      type: lines.every((line) => line.kind === 'return') ? 'return' : 'sale',
      time: new Date(moment).toISOString(),
      currency: onlineRetail.currency,
      ...(customer === undefined ? {} : { loyaltyId: customer }),
      lines,
      tenders: [{ type: 'account', amountMinor: totalMinor }],
      totalMinor,
    },
  };
}

function lineOf(row: readonly string[], line: number, at: number): PosLine | Refusal {
  const sku = row[AT.StockCode]?.trim();
  if (!sku) return badField('StockCode', at, sku, 'a product code');
  const quantityText = row[AT.Quantity] ?? '';
  if (!WHOLE.test(quantityText)) return badField('Quantity', at, quantityText, 'a whole number');
  const price = toThousandths(row[AT.UnitPrice] ?? '');
  if (price === undefined) return badField('UnitPrice', at, row[AT.UnitPrice], 'a decimal price');
  const quantity = Number(quantityText);
  const description = row[AT.Description]?.trim();
  return {
    line,
    sku,
    quantity,
    unitMinor: thousandthsToMinor(price),
    totalMinor: thousandthsToMinor(quantity * price),
    ...(description ? { description: description.slice(0, 500) } : {}),
    kind: quantity < 0 ? 'return' : 'sale',
  };
}

function refuse(refusal: Refusal): DecodedGroup {
  return { ok: false, refusal };
}
