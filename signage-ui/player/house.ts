import type { Slide } from '../../edge/contracts/index.js';
import type { Messages } from '../shared/messages/index.js';

const SECONDS = 10;
const PREFIX = 'builtin-house-';

/** The shop's own pictures that ship with the player: shown whenever there is nothing else, so it is never black. */
export function houseSlides(messages: Messages): readonly Slide[] {
  return messages.player.house.map((house, index) => ({
    contentId: `${PREFIX}${index}`,
    kind: 'house',
    seconds: SECONDS,
    headline: house.headline,
  }));
}

/** Built-in pictures are not plays of anything that the store scheduled. */
export const isBuiltIn = (slide: Slide): boolean => slide.contentId.startsWith(PREFIX);

/** The second line of a built-in picture. */
export function houseLine(slide: Slide, messages: Messages): string {
  const house = messages.player.house.find((candidate) => candidate.headline === slide.headline);
  return house?.line ?? '';
}
