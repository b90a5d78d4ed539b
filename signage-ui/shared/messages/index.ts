import type { Language } from '../../../edge/languages/shape.js';
import { chooser } from './languages.js';

export type Messages = Language['pages'];

const { all, wordsFor, tagOf } = chooser<'pages'>(
  import.meta.glob(['../../../edge/languages/{??,???}.ts'], {
    eager: true,
    import: 'pages',
    query: '?pages',
  }),
);

export const LANGUAGES = all.map(([code, { common }]) => ({ code, name: common.language }));
export const messagesFor: (locale: string) => Messages = wordsFor;
export const languageFor: (locale: string) => string = tagOf;

/** A length of time in words, with the units of the language: `4 min`, `2 h 10 min`. */
export function lengthInWords(ms: number, messages: Messages): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return messages.common.seconds(seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return messages.common.minutes(minutes);
  if (minutes < 48 * 60) return messages.common.hours(Math.floor(minutes / 60), minutes % 60);
  return messages.common.days(Math.round(minutes / 1_440));
}
