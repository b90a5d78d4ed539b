import { peopleDe } from './de-people.js';
import { type PeopleWords, peopleEn } from './en-people.js';

/** Apart from the other catalogues: the log-in page carries these alone. */
export const PEOPLE_CATALOGUES: Readonly<Record<string, PeopleWords>> = { en: peopleEn, de: peopleDe };

/** The words about people for a BCP 47 tag, English when there are none. */
export function peopleFor(locale: string): PeopleWords {
  const language = locale.split('-')[0]?.toLowerCase() ?? '';
  return (Object.hasOwn(PEOPLE_CATALOGUES, language) ? PEOPLE_CATALOGUES[language] : undefined) ?? peopleEn;
}

/** The language that `peopleFor` speaks. */
export function peopleLanguage(locale: string): string {
  return peopleFor(locale) === peopleEn && !/^en\b/i.test(locale) ? 'en' : locale;
}
