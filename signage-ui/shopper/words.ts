import { dayMonth, dayMonthYear, hourMinute, type Place } from '../shared/format.js';

/** 13 digits as an EAN is read out: `9 812345 678909`. */
export function digitGroups(code: string): string {
  return /^\d{13}$/.test(code) ? `${code[0]} ${code.slice(1, 7)} ${code.slice(7)}` : code;
}

/** `soft-drinks` → `Soft drinks`: the page knows zones by id only. */
export function zoneWords(zone: string): string {
  const words = zone.replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const HALF_A_YEAR_MS = 182 * 86_400_000;

/** The hour where it is today, else the day with it; the year as soon as the day alone could mean another. */
export function whenWords(instant: string, nowMs: number, place: Place): string {
  const time = hourMinute(instant, place);
  const far = Math.abs(Date.parse(instant) - nowMs) > HALF_A_YEAR_MS;
  // So far away nobody asks for the hour.
  if (far) return dayMonthYear(instant, place);
  const day = dayMonth(instant, place);
  return day === dayMonth(nowMs, place) ? time : `${day}, ${time}`;
}

/** Day, year, hour and zone: what a proof has to say whenever it is read. */
export function wholeMoment(instant: string, place: Place): string {
  return `${dayMonthYear(instant, place)}, ${hourMinute(instant, place)} (${place.timeZone})`;
}
