import type { Alarm, ClockDoubt, LinkNow, RuleCheck } from '../../../edge/contracts/index.js';
import type { Language } from '../../../edge/languages/shape.js';
import { count, dayMonth, hourMinute, type Place, share, timeOfDay } from '../format.js';
import { chooser } from './languages.js';

export type ToldWords = Language['told'];

const { wordsFor } = chooser<'told'>(
  import.meta.glob(['../../../edge/languages/{??,???}.ts'], { eager: true, import: 'told', query: '?told' }),
);

/** Words for the codes of the store. */
export const toldFor: (locale: string) => ToldWords = wordsFor;

/** The words of a table for a code that may be of a later version than this page. */
export const wordOf = <T>(table: Readonly<Record<string, T>>, code: string): T | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;

interface Refused {
  readonly reason: string;
  readonly field?: string | undefined;
  readonly detail?: string | undefined;
}

/** What was refused, by its code; the store's own sentence where the language wants it or knows no other. */
export function refusalWords(told: ToldWords, { reason, field = '', detail = '' }: Refused): string {
  const title = wordOf<string>(told.refusals, reason);
  return title === undefined ? detail || reason : told.refused(title, field, detail);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME_OF_DAY = /^\d{2}:\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

/** A fact as people of the place write it: numbers, days and instants; a name stays what it is. */
function written(fact: string | number, place: Place): string {
  if (typeof fact === 'number') return count(fact, place.locale);
  if (DAY.test(fact)) return dayMonth(`${fact}T12:00:00Z`, { ...place, timeZone: 'UTC' });
  if (TIME_OF_DAY.test(fact)) return timeOfDay(fact, place.locale);
  return INSTANT.test(fact) ? `${dayMonth(fact, place)} ${hourMinute(fact, place)}` : fact;
}

const partOf = (fact: string | number, place: Place): string => share(Number(fact), place.locale);

/** The store's own sentence where it gives no facts for one that needs them, as before there were any. */
export function alarmWords({ code, text, facts }: Alarm, place: Place): string {
  const words = wordOf(toldFor(place.locale).alarms, code);
  if (typeof words === 'string') return words;
  if (words === undefined || facts === undefined) return text;
  return words(Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, written(fact, place)])));
}

/** Why HQ is not reached. */
export function linkDetail({ code, detail }: LinkNow, { locale }: Pick<Place, 'locale'>): string | undefined {
  return code === undefined ? undefined : (wordOf<string>(toldFor(locale).link, code) ?? detail);
}

export function doubtWords({ code, figure }: ClockDoubt, place: Place): string | undefined {
  return wordOf(toldFor(place.locale).doubts, code)?.(written(figure, place));
}

/** What a rule saw or needed; `undefined` where it is told without a code, or with one of a later version. */
export function saidWords(said: RuleCheck['saw'], place: Place): string | undefined {
  if (said === undefined) return undefined;
  const words = toldFor(place.locale).said;
  // The one fact that is a part of a whole.
  const write = said.say === 'orMore' ? partOf : written;
  const facts = (said.with ?? []).map((fact) => write(fact, place));
  if (said.say !== 'when') return wordOf(words, said.say)?.(facts[0] ?? '', facts[1] ?? '');
  const [from = '', until = '', ...hours] = facts;
  const windows = hours.flatMap((hour, at) =>
    at % 2 === 0 ? [words.window(hour, hours[at + 1] ?? '')] : [],
  );
  if (from !== '') windows.push(words.from(from, ''));
  if (until !== '') windows.push(words.until(until, ''));
  return windows.join(', ');
}

/** What stands beside an entry of the audit log: codes with their figures; what somebody typed stays. */
export function noteWords(
  detail: string,
  place: Place,
  others: readonly Readonly<Record<string, string>>[] = [],
): string {
  const told = toldFor(place.locale);
  const tables = [told.refusals, ...others];
  const known = (code: string): string | undefined =>
    tables.map((table) => wordOf<string>(table, code)).find((word) => word !== undefined);
  return detail
    .split('; ')
    .map((part) => {
      const [code = '', ...rest] = part.split(' ');
      const figure = rest.join(' ');
      const note = wordOf<(figure: string) => string>(told.notes, code);
      return note?.(known(figure) ?? written(figure, place)) ?? known(part) ?? part;
    })
    .join('; ');
}
