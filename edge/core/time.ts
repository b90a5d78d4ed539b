/** Time as the core knows it: instants parsed from events, and the wall clock of the store's own time zone. */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** "Never", as a number that survives JSON. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Epoch ms of an RFC 3339 instant; NaN when the text is not one. Fractions beyond a millisecond are cut. */
export function parseInstantMs(text: string): number {
  const days = daysFromCivil(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  const clock =
    digits(text, 11, 2) * HOUR_MS + digits(text, 14, 2) * MINUTE_MS + digits(text, 17, 2) * SECOND_MS;
  let at = 19;
  let millis = 0;
  if (text.charCodeAt(at) === 46) {
    let weight = 100;
    for (at += 1; isDigit(text.charCodeAt(at)); at += 1) {
      millis += (text.charCodeAt(at) - 48) * weight;
      weight = weight > 1 ? weight / 10 : 0;
    }
  }
  return days * DAY_MS + clock + millis - offsetMs(text, at);
}

const TEXTS_HELD = 256;
const texts = new Map<number, string>();

/** RFC 3339 UTC with milliseconds. A busy store says the same instants again and again: the ends of what holds for a while. */
export function isoOf(ms: number): string {
  const known = texts.get(ms);
  if (known !== undefined) return known;
  const text = new Date(ms).toISOString();
  if (texts.size >= TEXTS_HELD) texts.clear();
  texts.set(ms, text);
  return text;
}

function offsetMs(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if (sign !== 43 && sign !== 45) return 0;
  const size = digits(text, at + 1, 2) * HOUR_MS + digits(text, at + 4, 2) * MINUTE_MS;
  return sign === 43 ? size : -size;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index += 1) value = value * 10 + (text.charCodeAt(index) - 48);
  return value;
}

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** A moment on the wall clock of the store. */
export interface LocalTime {
  /** YYYY-MM-DD */
  readonly day: string;
  /** ISO weekday, 1 is Monday. */
  readonly weekday: number;
  /** Minute of the day, 0 to 1439. */
  readonly minute: number;
}

export interface ZoneClock {
  at(ms: number): LocalTime;
}

/** Zones change their offset at quarter hours only, so that one look-up serves fifteen minutes. */
const OFFSET_BUCKET_MS = 15 * MINUTE_MS;
const OFFSETS_HELD = 256;

/** Wall clock of an IANA time zone; one that is not known counts as UTC. */
export function createZoneClock(timeZone: string): ZoneClock {
  const format = formatOf(timeZone);
  const offsets = new Map<number, number>();
  const offsetAt = (ms: number): number => {
    const bucket = Math.floor(ms / OFFSET_BUCKET_MS);
    const known = offsets.get(bucket);
    if (known !== undefined) return known;
    if (offsets.size >= OFFSETS_HELD) offsets.clear();
    const offset = wallMs(format, bucket * OFFSET_BUCKET_MS) - bucket * OFFSET_BUCKET_MS;
    offsets.set(bucket, offset);
    return offset;
  };
  return {
    at(ms) {
      const wall = ms + offsetAt(ms);
      const days = Math.floor(wall / DAY_MS);
      return {
        day: isoOf(days * DAY_MS).slice(0, 10),
        weekday: ((((days + 3) % 7) + 7) % 7) + 1,
        minute: Math.floor((wall - days * DAY_MS) / MINUTE_MS),
      };
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const parts = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, ...parts, hourCycle: 'h23' });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...parts, hourCycle: 'h23' });
  }
}

function wallMs(format: Intl.DateTimeFormat, ms: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
  const days = daysFromCivil(part['year'] ?? 1970, part['month'] ?? 1, part['day'] ?? 1);
  return days * DAY_MS + (part['hour'] ?? 0) * HOUR_MS + (part['minute'] ?? 0) * MINUTE_MS;
}

/** Day `count` days after (or before) a YYYY-MM-DD. */
export function addDays(day: string, count: number): string {
  return isoOf(parseInstantMs(`${day}T00:00:00Z`) + count * DAY_MS).slice(0, 10);
}

/** Minute of the day of `HH:MM`; `24:00` is 1440. */
export function minuteOf(hhmm: string): number {
  return digits(hhmm, 0, 2) * 60 + digits(hhmm, 3, 2);
}
