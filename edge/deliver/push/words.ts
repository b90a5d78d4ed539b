import { languageOf, primaryOf, type Words } from '../../languages/index.js';

/**
 * Words of the reader's language, English when there are none, and the tag to write money and time by: that of the
 * store where it speaks the same language, because `€1.79` in Dublin is not `€1.79` of `en` everywhere.
 */
export function wordsFor(
  locale: string,
  storeLocale: string,
): { words: Words<'message'>; lang: string; tag: string } {
  const { code: lang, words } = languageOf(locale);
  const ofStore = primaryOf(storeLocale) === lang ? storeLocale : lang;
  const named = primaryOf(locale) === lang && locale.includes('-');
  return { words: words.message, lang, tag: named ? (canonical(locale) ?? lang) : ofStore };
}

function canonical(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}
