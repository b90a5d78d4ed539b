import type { PosTransaction } from '../../contracts/index.js';
import type { FileAdapter } from '../adapters-file/types.js';

/** What a replay did; money in minor units of the file's currency. */
export interface ReplayFigures {
  readonly adapter: string;
  readonly currency: string;
  /** Rows of the file that were handled, whatever became of them. */
  rows: number;
  transactions: number;
  lines: number;
  returns: number;
  /** Transactions that name no customer. */
  withoutCustomer: number;
  /** Transactions whose rows could not be read; they stand in quarantine. */
  setAside: number;
  /** Transactions that the store refused. */
  refused: number;
  salesMinor: number;
  returnsMinor: number;
  seconds: number;
}

export function emptyFigures(adapter: FileAdapter): ReplayFigures {
  return {
    adapter: adapter.name,
    currency: adapter.currency,
    rows: 0,
    transactions: 0,
    lines: 0,
    returns: 0,
    withoutCustomer: 0,
    setAside: 0,
    refused: 0,
    salesMinor: 0,
    returnsMinor: 0,
    seconds: 0,
  };
}

export function addTransaction(figures: ReplayFigures, transaction: PosTransaction): void {
  figures.transactions += 1;
  figures.lines += transaction.lines.length;
  if (transaction.loyaltyId === undefined) figures.withoutCustomer += 1;
  if (transaction.type === 'return') {
    figures.returns += 1;
    figures.returnsMinor -= transaction.totalMinor;
  } else figures.salesMinor += transaction.totalMinor;
}

/** The figures as a person reads them, one a line. */
export function describeFigures(figures: ReplayFigures, locale: string): string {
  const count = new Intl.NumberFormat(locale);
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: figures.currency });
  const rate = figures.seconds > 0 ? Math.round(figures.rows / figures.seconds) : figures.rows;
  const rows: readonly (readonly [string, string])[] = [
    ['transactions', count.format(figures.transactions)],
    ['lines', count.format(figures.lines)],
    ['sales', money.format(figures.salesMinor / 100)],
    ['returns', `${count.format(figures.returns)}, ${money.format(figures.returnsMinor / 100)}`],
    ['without a customer', count.format(figures.withoutCustomer)],
    ['set aside', count.format(figures.setAside)],
    ['refused', count.format(figures.refused)],
    ['time', `${figures.seconds.toFixed(1)} s, ${count.format(rate)} lines a second`],
  ];
  return rows.map(([label, value]) => `${label.padEnd(20)}${value}`).join('\n');
}
