/** Numbers, money and times as the store's locale and zone write them. Never by hand. */

export interface Place {
  readonly locale: string;
  readonly timeZone: string;
  readonly currency: string;
}

/** An unknown locale or zone must never blank a page: fall back and go on. */
function guarded<T>(make: () => T, fallback: () => T): T {
  try {
    return make();
  } catch {
    return fallback();
  }
}

const currencyFormat = (locale: string, currency: string, digits?: number) => {
  const options: Intl.NumberFormatOptions = {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...(digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  };
  return guarded(
    () => new Intl.NumberFormat(locale, options),
    () => new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  );
};

function minorDigits(format: Intl.NumberFormat): number {
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** `minor` in the smallest unit of the currency (cents; yen have none). */
export function money(minor: number, place: Pick<Place, 'locale' | 'currency'>): string {
  const format = currencyFormat(place.locale, place.currency);
  return format.format(minor / 10 ** minorDigits(format));
}

export interface PricePart {
  readonly kind: 'symbol' | 'digits';
  readonly text: string;
}

/** The price cut into symbol and digits, in the order of the locale, for signs that set the symbol smaller. */
export function priceParts(minor: number, place: Pick<Place, 'locale' | 'currency'>): readonly PricePart[] {
  const format = currencyFormat(place.locale, place.currency);
  const parts: PricePart[] = [];
  for (const part of format.formatToParts(minor / 10 ** minorDigits(format))) {
    if (part.type === 'literal' && part.value.trim() === '') continue;
    const kind = part.type === 'currency' ? 'symbol' : 'digits';
    const last = parts.at(-1);
    if (last?.kind === kind) parts[parts.length - 1] = { kind, text: last.text + part.value };
    else parts.push({ kind, text: part.value });
  }
  return parts;
}

export function count(value: number, locale: string): string {
  return guarded(
    () => new Intl.NumberFormat(locale).format(value),
    () => String(value),
  );
}

function moment(
  instant: string | number,
  place: Pick<Place, 'locale' | 'timeZone'>,
  options: object,
): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return '–';
  return guarded(
    () => new Intl.DateTimeFormat(place.locale, { timeZone: place.timeZone, ...options }).format(date),
    () => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(date),
  );
}

type When = Pick<Place, 'locale' | 'timeZone'>;
const HOUR_MINUTE = { hour: '2-digit', minute: '2-digit' };
const HOUR_MINUTE_SECOND = { ...HOUR_MINUTE, second: '2-digit' };

/** True where the clock goes to twelve twice a day. */
export function hasTwelveHours(locale: string): boolean {
  return guarded(
    () => new Intl.DateTimeFormat(locale, HOUR_MINUTE as object).resolvedOptions().hour12 === true,
    () => false,
  );
}

/** 14:03, or 2:03 PM where people say so */
export const hourMinute = (instant: string | number, place: When): string =>
  moment(instant, place, hasTwelveHours(place.locale) ? { ...HOUR_MINUTE, hour: 'numeric' } : HOUR_MINUTE);
/** 14:03:27, or 02:03:27 PM: as wide at each hour, for clocks and columns */
export const clockTime = (instant: string | number, place: When): string =>
  moment(instant, place, HOUR_MINUTE_SECOND);
/** 14:03:27.418 */
export const exactTime = (instant: string | number, place: When): string =>
  moment(instant, place, { ...HOUR_MINUTE_SECOND, fractionalSecondDigits: 3 });

/** `exactTime` cut before and behind the milliseconds, which stand smaller. */
export function exactParts(instant: string | number, place: When): readonly [string, string, string] {
  const whole = exactTime(instant, place);
  const short = clockTime(instant, place);
  // Where the two begin to differ the milliseconds stand, with what parts them from the seconds.
  let from = 0;
  while (from < short.length && short[from] === whole[from]) from += 1;
  const until = from + whole.length - short.length;
  return [whole.slice(0, from), whole.slice(from, until), whole.slice(until)];
}

/** `18:00` of store.yaml, as the locale writes hours. */
export function timeOfDay(text: string, locale: string): string {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hour === undefined) return text;
  return hourMinute(Date.UTC(2000, 0, 1, Number(hour), Number(minute)), { locale, timeZone: 'UTC' });
}
/** Thu 18 June */
export const dayLabel = (instant: string | number, place: When): string =>
  moment(instant, place, { weekday: 'short', day: 'numeric', month: 'long' });
/** Thursday */
export const weekday = (instant: string | number, place: When): string =>
  moment(instant, place, { weekday: 'long' });
/** 18 June */
export const dayMonth = (instant: string | number, place: When): string =>
  moment(instant, place, { day: 'numeric', month: 'long' });

/** 18 June 2027 */
export const dayMonthYear = (instant: string | number, place: When): string =>
  moment(instant, place, { day: 'numeric', month: 'long', year: 'numeric' });

/** A part of the whole: 43 %, as the language writes it. */
export function share(part: number, locale: string): string {
  return guarded(
    () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(part),
    () => `${Math.round(part * 100)}%`,
  );
}

/** Percentages on a price tag: −10%, as the language writes it, but with a true minus. */
export function percentOff(percent: number, locale: string): string {
  return guarded(
    () =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
        .formatToParts(-percent / 100)
        .map(({ type, value }) => (type === 'minusSign' ? value.replace('-', '\u2212') : value))
        .join(''),
    () => `\u2212${percent}%`,
  );
}

/** `Linden Grocer, Harbour Street` → the shop and its street. */
export function storeParts(storeName: string): {
  readonly shop: string;
  readonly street: string | undefined;
} {
  const [shop = storeName, ...rest] = storeName.split(',');
  const street = rest.join(',').trim();
  return { shop: shop.trim(), street: street === '' ? undefined : street };
}
