import type { Offer } from '../../edge/contracts/index.js';
import type { Messages } from '../shared/messages/index.js';

/** Why a person got an offer, in their language; the words of the store where it says nothing else. */
export function whyWords(
  { because, why }: Pick<Offer, 'because' | 'why'>,
  messages: Messages,
): string | undefined {
  const words = messages.shopper.near.because;
  if (because === undefined) return why;
  return because.kind === 'bought' ? words.bought(because.times) : words.near(because.zoneName);
}
