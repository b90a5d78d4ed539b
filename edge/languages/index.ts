/** The languages of the store: each file of this folder with a code for a name, found when the store starts. */
import { readdirSync } from 'node:fs';
import type { Language } from './shape.js';

export type { Language, Words } from './shape.js';

/** Compiled or not, and by the code alone: `de`, `gsw`. */
const FILE = /^([a-z]{2,3})\.[jt]s$/;
const FALLBACK = 'en';

const LANGUAGES: ReadonlyMap<string, Language> = new Map(
  await Promise.all(
    readdirSync(import.meta.dirname)
      .filter((name) => FILE.test(name))
      .sort()
      .map(async (name) => {
        const code = FILE.exec(name)?.[1] ?? '';
        const file = (await import(new URL(name, import.meta.url).href)) as { default: Language };
        return [code, file.default] as const;
      }),
  ),
);

export const languageCodes = (): readonly string[] => [...LANGUAGES.keys()];

export const primaryOf = (locale: string): string => locale.split('-')[0]?.toLowerCase() ?? '';

/** The language of a BCP 47 tag (`de-AT` gets German) and its code, English where there is none. */
export function languageOf(locale: string): { readonly code: string; readonly words: Language } {
  const code = primaryOf(locale);
  const words = LANGUAGES.get(code);
  if (words !== undefined) return { code, words };
  const fallback = LANGUAGES.get(FALLBACK);
  if (fallback === undefined) throw new Error(`${import.meta.dirname} lacks ${FALLBACK}`);
  return { code: FALLBACK, words: fallback };
}
