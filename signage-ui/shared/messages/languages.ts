/// <reference types="vite/client" />
import type { Language } from '../../../edge/languages/shape.js';

/**
 * One group of words in every language there is. The files are found by Vite when pages are built; `group` says which
 * of their exports. A query of its own for each group makes a module of its own, so that no page carries the words of
 * another: one module would be cut to what all pages together need.
 */
export function chooser<Group extends keyof Language>(files: Readonly<Record<string, Language[Group]>>) {
  const byCode = new Map(
    Object.entries(files).map(([path, words]) => [/([a-z]+)\.ts(?:\?.*)?$/.exec(path)?.[1] ?? '', words]),
  );
  const english = byCode.get('en');
  if (english === undefined) throw new Error('edge/languages lacks en.ts');
  const wordsOf = (locale: string): Language[Group] | undefined =>
    byCode.get(locale.split('-')[0]?.toLowerCase() ?? '');
  return {
    all: [...byCode],
    /** The words for a BCP 47 tag (`de-AT` gets German), English when there are none. */
    wordsFor: (locale: string): Language[Group] => wordsOf(locale) ?? english,
    /** The language that `wordsFor` speaks, as a BCP 47 tag: a screen reader must not read English as French. */
    tagOf: (locale: string): string => (wordsOf(locale) === undefined ? 'en' : locale),
  };
}
