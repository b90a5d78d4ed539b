import { de } from './de.js';
import { en, type Messages } from './en.js';

export type { Messages } from './en.js';

const CATALOGUES: Readonly<Record<string, Messages>> = { en, de };

export const LANGUAGES = Object.entries(CATALOGUES).map(([code, catalogue]) => ({
  code,
  name: catalogue.common.language,
}));

/** The catalogue for a BCP 47 tag (`de-AT` gets German), English when there is none. */
export function messagesFor(locale: string): Messages {
  const language = locale.split('-')[0]?.toLowerCase() ?? '';
  return (Object.hasOwn(CATALOGUES, language) ? CATALOGUES[language] : undefined) ?? en;
}

/** The language that `messagesFor` speaks, as a BCP 47 tag: a screen reader must not read English as French. */
export function languageFor(locale: string): string {
  return messagesFor(locale) === en && !/^en\b/i.test(locale) ? 'en' : locale;
}

/** A length of time in words, with the units of the language: `4 min`, `2 h 10 min`. */
export function lengthInWords(ms: number, messages: Messages): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return messages.common.seconds(seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return messages.common.minutes(minutes);
  if (minutes < 48 * 60) return messages.common.hours(Math.floor(minutes / 60), minutes % 60);
  return messages.common.days(Math.round(minutes / 1_440));
}
