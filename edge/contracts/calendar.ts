/** Days and moments that exist. The patterns stand in the published schemas; what they cannot say, `format` does. */
import { FormatRegistry } from '@sinclair/typebox';

const DAY = '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])';
const TIME_OF_DAY = '([01]\\d|2[0-3]):[0-5]\\d';

export const DAY_PATTERN = `^${DAY}$`;
export const INSTANT_PATTERN = `^${DAY}T${TIME_OF_DAY}:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]${TIME_OF_DAY})$`;
export const MINUTE_PATTERN = `^${DAY}T${TIME_OF_DAY}Z$`;

const DAY_SHAPE = new RegExp(DAY_PATTERN);
const INSTANT_SHAPE = new RegExp(INSTANT_PATTERN);

/** A day of the calendar, `YYYY-MM-DD`. */
export const isDay = (text: string): boolean => DAY_SHAPE.test(text) && isInMonth(text);

/** RFC 3339 with offset. Leap seconds are none here: no clock of a store tells them, and no parser takes them. */
export const isInstant = (text: string): boolean => INSTANT_SHAPE.test(text) && isInMonth(text);

/** Whether the month of a well-formed day is that long. Every month has 28 days: most readings end there. */
function isInMonth(text: string): boolean {
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  const [year, month] = [Number(text.slice(0, 4)), Number(text.slice(5, 7))];
  if (month !== 2) return day <= 30 || ![4, 6, 9, 11].includes(month);
  return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

FormatRegistry.Set('date', isDay);
FormatRegistry.Set('date-time', isInstant);
