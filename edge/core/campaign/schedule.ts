import type { Campaign, Said } from '../../contracts/index.js';
import { said } from '../../contracts/index.js';
import {
  HOUR_MS,
  type LocalTime,
  MINUTE_MS,
  minuteOf,
  NEVER_MS,
  parseInstantMs,
  type ZoneClock,
} from '../time.js';

type When = NonNullable<Campaign['when']>;
type Daypart = NonNullable<When['dayparts']>[number];

const MINUTES_A_DAY = 1_440;
const HOURS_SAID = 2 * 20;

/** True when the campaign runs at this moment of the store's wall clock. */
export function runsAt(when: Campaign['when'], atMs: number, local: LocalTime): boolean {
  if (when === undefined) return true;
  if (when.from !== undefined && atMs < parseInstantMs(when.from)) return false;
  if (when.until !== undefined && atMs >= parseInstantMs(when.until)) return false;
  return when.dayparts === undefined || when.dayparts.some((part) => covers(part, local));
}

/** A part that ends before it starts runs over midnight and belongs to the day on which it starts. */
function covers(part: Daypart, local: LocalTime): boolean {
  const from = minuteOf(part.from);
  const until = minuteOf(part.until);
  const today = part.days === undefined || part.days.includes(local.weekday);
  if (from < until) return today && local.minute >= from && local.minute < until;
  if (today && local.minute >= from) return true;
  const yesterday = local.weekday === 1 ? 7 : local.weekday - 1;
  return (part.days === undefined || part.days.includes(yesterday)) && local.minute < until;
}

/** For people: `09:00 to 12:00`; nothing where it always runs. */
export function hoursOf(when: Campaign['when']): Said | undefined {
  const hours = when?.dayparts?.flatMap(({ from, until }) => [from, until]) ?? [];
  const { from = '', until = '' } = when ?? {};
  if (hours.length === 0 && from === '' && until === '') return undefined;
  return said('when', from, until, ...hours.slice(0, HOURS_SAID));
}

export function clockText(local: LocalTime): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${local.day} ${two(Math.floor(local.minute / 60))}:${two(local.minute % 60)}`;
}

/**
 * Next instant at which the answer of `runsAt` may change. Asks again every hour, so that a change of the clocks
 * in spring or autumn cannot hide an edge for longer.
 */
export function nextEdgeMs(when: Campaign['when'], atMs: number, local: LocalTime): number {
  if (when === undefined) return NEVER_MS;
  let next = NEVER_MS;
  for (const edge of [when.from, when.until]) {
    if (edge === undefined) continue;
    const edgeMs = parseInstantMs(edge);
    if (edgeMs > atMs) next = Math.min(next, edgeMs);
  }
  for (const part of when.dayparts ?? []) {
    for (const edge of [minuteOf(part.from), minuteOf(part.until)]) {
      next = Math.min(next, atMinute(edge, atMs, local.minute));
    }
  }
  if (when.dayparts !== undefined) next = Math.min(next, (Math.floor(atMs / HOUR_MS) + 1) * HOUR_MS);
  return next;
}

/** When the window that is open now closes; the end of the store's day at the latest. */
export function windowEndMs(when: Campaign['when'], atMs: number, clock: ZoneClock): number {
  const local = clock.at(atMs);
  let end = atMinute(MINUTES_A_DAY, atMs, local.minute);
  if (when?.until !== undefined) end = Math.min(end, parseInstantMs(when.until));
  const open = when?.dayparts?.filter((part) => covers(part, local)) ?? [];
  if (open.length > 0) {
    end = Math.min(end, Math.max(...open.map((part) => atMinute(minuteOf(part.until), atMs, local.minute))));
  }
  return end;
}

function atMinute(edge: number, atMs: number, minuteNow: number): number {
  const ahead = (((edge - minuteNow) % MINUTES_A_DAY) + MINUTES_A_DAY) % MINUTES_A_DAY || MINUTES_A_DAY;
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS + ahead * MINUTE_MS;
}
