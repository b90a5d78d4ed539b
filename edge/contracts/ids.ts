/**
 * Ids that the store makes itself. What comes in is searched for card numbers, and one random UUID in 660 holds
 * digits that look like one: it would be blotted out on its way into the journal, and no longer be the id that the
 * caller was told.
 */

/** Twelve digits with at most three other signs between two of them, none of which is a letter. */
const MAY_SEEM_CARD = /\d(?:[^A-Za-z\d]{0,3}\d){11}/;

/** The first of `make`'s ids in which nobody could see a card number. */
export function plainId(make: () => string): string {
  for (;;) {
    const id = make();
    if (!MAY_SEEM_CARD.test(id)) return id;
  }
}

const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);
const LETTERS = 'ghijklmnop';

/** A hash in hexadecimal with letters in the place of its digits, so that it stays what it is: `0` is `g`, `9` is `p`. */
export function inLetters(hex: string): string {
  let letters = '';
  for (let index = 0; index < hex.length; index += 1) {
    const code = hex.charCodeAt(index);
    letters += code >= ZERO && code <= NINE ? LETTERS[code - ZERO] : hex[index];
  }
  return letters;
}
