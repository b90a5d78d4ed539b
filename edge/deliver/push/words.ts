/** The few words of a message, by language. A third language is one more entry. */
interface PushWords {
  readonly lang: string;
  /** Prices and time are already written. */
  body(price: string, before: string, until: string): string;
  readonly code: string;
  readonly later: string;
}

const WORDS: Readonly<Record<string, PushWords>> = {
  en: {
    lang: 'en',
    body: (price, before, until) => `${price} instead of ${before}, until ${until}`,
    code: 'Show code',
    later: 'Not now',
  },
  de: {
    lang: 'de',
    body: (price, before, until) => `${price} statt ${before}, bis ${until} Uhr`,
    code: 'Code zeigen',
    later: 'Jetzt nicht',
  },
};

const languageOf = (locale: string): string => locale.split('-')[0]?.toLowerCase() ?? '';

/**
 * Words of the reader's language, English when there are none, and the tag to write money and time by: that of the
 * store where it speaks the same language, because `€1.79` in Dublin is not `€1.79` of `en` everywhere.
 */
export function wordsFor(locale: string, storeLocale: string): { words: PushWords; tag: string } {
  const language = languageOf(locale);
  const known = Object.hasOwn(WORDS, language) ? language : 'en';
  const words = WORDS[known] ?? WORDS['en']!;
  if (language !== known) return { words, tag: languageOf(storeLocale) === known ? storeLocale : known };
  if (locale.includes('-')) return { words, tag: canonical(locale) ?? known };
  return { words, tag: languageOf(storeLocale) === known ? storeLocale : known };
}

function canonical(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}
