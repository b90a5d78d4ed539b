import { dayMonth, hourMinute, type Place } from '../shared/format.js';

/** 13 digits as an EAN is read out: `9 812345 678909`. */
export function digitGroups(code: string): string {
  return /^\d{13}$/.test(code) ? `${code[0]} ${code.slice(1, 7)} ${code.slice(7)}` : code;
}

/** `soft-drinks` → `Soft drinks`: the page knows zones by id only. */
export function zoneWords(zone: string): string {
  const words = zone.replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The hour where it is today, else the day with it. */
export function whenWords(instant: string, nowMs: number, place: Place): string {
  const time = hourMinute(instant, place);
  const day = dayMonth(instant, place);
  return day === dayMonth(nowMs, place) ? time : `${day}, ${time}`;
}
