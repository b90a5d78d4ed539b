import { describe, expect, it } from 'vitest';
import { type Language, languageCodes, languageOf } from '../../edge/languages/index.js';
import { deskFor } from '../../signage-ui/shared/messages/desk.js';
import { LANGUAGES, languageFor, messagesFor } from '../../signage-ui/shared/messages/index.js';
import { peopleFor } from '../../signage-ui/shared/messages/people.js';
import { toldFor } from '../../signage-ui/shared/messages/told.js';

const english = languageOf('en').words;

/** Every word with its place and its kind. Lists may be longer or shorter in another language. */
const places = (value: unknown, path = ''): string[] => {
  if (Array.isArray(value)) return [`${path} list`];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => places(inner, `${path}/${key}`))
    : [`${path} ${typeof value}`];
};

describe('languages', () => {
  it('are those of the folder, for pages as for the store', () => {
    expect(languageCodes()).toEqual(expect.arrayContaining(['de', 'en']));
    expect(LANGUAGES).toEqual(
      languageCodes().map((code) => ({ code, name: languageOf(code).words.pages.common.language })),
    );
  });

  it.each(languageCodes())('%s has words for the same things as English', (code) => {
    const { words } = languageOf(code);
    expect(places(words).sort()).toEqual(places(english).sort());
    const onPages: Pick<Language, 'pages' | 'desk' | 'people' | 'told'> = {
      pages: messagesFor(code),
      desk: deskFor(code),
      people: peopleFor(code),
      told: toldFor(code),
    };
    const { pages, desk, people, told } = english;
    expect(places(onPages).sort()).toEqual(places({ pages, desk, people, told }).sort());
  });

  it('fall back to English, also for names that every object has', () => {
    expect(messagesFor('de-AT').common.language).toBe('Deutsch');
    for (const locale of ['tlh', 'constructor', '__proto__', '']) {
      expect(messagesFor(locale).common.language, locale).toBe('English');
      expect(deskFor(locale).common.undo, locale).toBe('Undo');
      expect(languageOf(locale)).toMatchObject({ code: 'en' });
      expect(languageFor(locale), locale).toBe('en');
    }
  });
});
