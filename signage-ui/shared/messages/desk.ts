import type { Language } from '../../../edge/languages/shape.js';
import { chooser } from './languages.js';

export type DeskMessages = Language['desk'];

const { wordsFor } = chooser<'desk'>(
  import.meta.glob(['../../../edge/languages/{??,???}.ts'], { eager: true, import: 'desk', query: '?desk' }),
);

/** The words of the staff tabs. */
export const deskFor: (locale: string) => DeskMessages = wordsFor;
