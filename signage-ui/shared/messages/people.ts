import type { Language } from '../../../edge/languages/shape.js';
import { chooser } from './languages.js';

export type PeopleWords = Language['people'];

const { wordsFor, tagOf } = chooser<'people'>(
  import.meta.glob(['../../../edge/languages/{??,???}.ts'], {
    eager: true,
    import: 'people',
    query: '?people',
  }),
);

/** The words about people, and of logging in. */
export const peopleFor: (locale: string) => PeopleWords = wordsFor;
export const peopleLanguage: (locale: string) => string = tagOf;
