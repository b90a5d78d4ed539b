import { boxDe } from './de-box.js';
import { deskDe } from './de-desk.js';
import { mediaDe } from './de-media.js';
import { screensDe } from './de-screens.js';
import { type BoxWords, boxEn } from './en-box.js';
import { type DeskWords, deskEn } from './en-desk.js';
import { type MediaWords, mediaEn } from './en-media.js';
import { type ScreenWords, screensEn } from './en-screens.js';

export interface DeskMessages extends DeskWords, BoxWords {
  readonly screens: ScreenWords;
  readonly media: MediaWords;
}

/** Apart from the other catalogues, so that screens and phones do not carry them. */
export const DESK_CATALOGUES: Readonly<Record<string, DeskMessages>> = {
  en: { ...deskEn, ...boxEn, screens: screensEn, media: mediaEn },
  de: { ...deskDe, ...boxDe, screens: screensDe, media: mediaDe },
};

/** The words of the staff tabs for a BCP 47 tag, English when there are none. */
export function deskFor(locale: string): DeskMessages {
  const language = locale.split('-')[0]?.toLowerCase() ?? '';
  const found = Object.hasOwn(DESK_CATALOGUES, language) ? DESK_CATALOGUES[language] : undefined;
  return found ?? { ...deskEn, ...boxEn, screens: screensEn, media: mediaEn };
}
