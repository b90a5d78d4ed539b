import type { HAND_COUNT_SHELF, StockNow } from '../../../edge/contracts/index.js';
import { count } from '../../shared/format.js';
import { lengthInWords } from '../../shared/messages/index.js';
import type { DeskTelling } from '../desk/telling.js';

/** Pages use no code of the store: its type keeps this the same. */
export const HAND_COUNT: typeof HAND_COUNT_SHELF = 'counted-by-hand';

/** A level that nothing has spoken of for so long is old: it greys and says so. */
const OLD_MS = 12 * 3_600_000;
const LOW_PIECES = 5;
const LOW_MINUTES = 120;

export interface StockState {
  readonly tone: 'good' | 'look' | 'act' | 'calm';
  readonly word: string;
  readonly rest?: string;
}

const age = (instant: string, { storeMs, messages }: DeskTelling): string =>
  lengthInWords(storeMs - Date.parse(instant), messages);

export function isOld(row: StockNow, telling: DeskTelling): boolean {
  return row.levelAt !== undefined && telling.storeMs - Date.parse(row.levelAt) > OLD_MS;
}

/** How long it lasts: from the pace of the last hours, and never from a few sales. */
export function lastingWords(row: StockNow, telling: DeskTelling): StockState {
  const words = telling.desk.stock;
  const { locale } = telling.place;
  if (row.level === undefined) return { tone: 'calm', word: words.unknownLasting };
  if (row.level <= 0) {
    const rest = row.outSince === undefined ? {} : { rest: words.outSince(age(row.outSince, telling)) };
    return { tone: 'act', word: words.soldOut, ...rest };
  }
  const pace =
    row.sold === undefined
      ? undefined
      : words.pace(count(row.sold.pieces, locale), count(row.sold.hours, locale));
  const rest = pace === undefined ? {} : { rest: pace };
  if (row.lastsMinutes !== undefined) {
    const low = row.lastsMinutes < LOW_MINUTES || row.level < LOW_PIECES;
    const word = words.lasts(lengthInWords(row.lastsMinutes * 60_000, telling.messages));
    return { tone: low ? 'look' : 'calm', word, ...rest };
  }
  const tone = row.level < LOW_PIECES ? 'look' : 'calm';
  return { tone, word: row.sold === undefined ? words.slow : words.steady, ...rest };
}

/** What stands under the figure of the shelf. */
export function shelfWords(row: StockNow, telling: DeskTelling): string | undefined {
  const words = telling.desk.stock;
  if (row.level === undefined) return undefined;
  if (isOld(row, telling)) return words.old(age(row.levelAt ?? '', telling));
  const byHand = row.shelves[0]?.shelf === HAND_COUNT ? words.byHand : undefined;
  const by = row.shelves.length > 1 ? words.shelves(row.shelves.length) : byHand;
  const ago = row.levelAt === undefined ? undefined : telling.desk.common.age(age(row.levelAt, telling));
  return [by, ago].filter((part) => part !== undefined).join(', ');
}

export function backWords(row: StockNow, telling: DeskTelling): readonly [string, string | undefined] {
  const words = telling.desk.stock;
  const { locale } = telling.place;
  const delivered =
    row.feed === undefined
      ? undefined
      : words.delivered(count(row.feed.count, locale), age(row.feed.at, telling));
  if (row.inBack === 0) return [words.noneThere, delivered];
  if (row.inBack !== undefined) return [words.about(count(row.inBack, locale)), delivered];
  return [delivered === undefined ? words.noDelivery : words.notCounted, delivered];
}

const PIECES_MAX = 1_000_000;

/** A whole number in the allowed range, or nothing. */
export function piecesOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^\d{1,7}$/.test(trimmed)) return undefined;
  const pieces = Number(trimmed);
  return pieces <= PIECES_MAX ? pieces : undefined;
}
