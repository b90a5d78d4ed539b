/**
 * Hours of the store's own wall clock, on a screen that may be set to another zone. Zones change their offset at
 * quarter hours only, so that one look-up serves fifteen minutes; a change of the clocks in spring or autumn needs
 * nothing else.
 */
import type { Daypart } from '../../edge/contracts/index.js';

export interface LocalMinute {
  /** ISO weekday, 1 is Monday. */
  readonly weekday: number;
  /** Minute of the day, 0 to 1439. */
  readonly minute: number;
}
export type WallClock = (atMs: number) => LocalMinute;

const BUCKET_MS = 15 * 60_000;
const DAY_MINUTES = 1_440;
const BUCKETS_HELD = 1_024;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  };
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options });
  }
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Wall clock of an IANA zone; one that is not known counts as UTC. */
export function wallClockOf(timeZone: string): WallClock {
  const format = formatOf(timeZone);
  const starts = new Map<number, LocalMinute>();
  const startOf = (bucket: number): LocalMinute => {
    const known = starts.get(bucket);
    if (known !== undefined) return known;
    if (starts.size >= BUCKETS_HELD) starts.clear();
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(bucket * BUCKET_MS)) part[type] = value;
    const start = {
      weekday: WEEKDAYS.indexOf(part['weekday'] ?? 'Mon') + 1,
      minute: Number(part['hour']) * 60 + Number(part['minute']),
    };
    starts.set(bucket, start);
    return start;
  };
  return (atMs) => {
    const bucket = Math.floor(atMs / BUCKET_MS);
    const { weekday, minute } = startOf(bucket);
    const now = minute + Math.floor((atMs - bucket * BUCKET_MS) / 60_000);
    return now < DAY_MINUTES
      ? { weekday, minute: now }
      : { weekday: (weekday % 7) + 1, minute: now - DAY_MINUTES };
  };
}

const minuteOf = (hhmm: string): number => Number(hhmm.slice(0, 2)) * 60 + Number(hhmm.slice(3, 5));

/** A part that ends before it starts runs over midnight and belongs to the day on which it starts. */
function covers({ from, until, days }: Daypart, { weekday, minute }: LocalMinute): boolean {
  const [start, end] = [minuteOf(from), minuteOf(until)];
  const today = days === undefined || days.includes(weekday);
  if (start < end) return today && minute >= start && minute < end;
  if (today && minute >= start) return true;
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  return (days === undefined || days.includes(yesterday)) && minute < end;
}

/** True in these hours; always where none are named. */
export function inHours(dayparts: readonly Daypart[] | undefined, local: LocalMinute): boolean {
  return dayparts === undefined || dayparts.some((part) => covers(part, local));
}

const MINUTE_MS = 60_000;
const AHEAD_MINUTES = 8 * DAY_MINUTES;

/** The next whole minute at which these hours begin; nothing within eight days. */
export function nextHours(dayparts: readonly Daypart[], atMs: number, clock: WallClock): number | undefined {
  const first = Math.floor(atMs / MINUTE_MS) + 1;
  for (let minute = first; minute < first + AHEAD_MINUTES; minute += 1) {
    if (inHours(dayparts, clock(minute * MINUTE_MS))) return minute * MINUTE_MS;
  }
  return undefined;
}
