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
/** From `0` to `g`. */
const TO_LETTER = 'g'.charCodeAt(0) - ZERO;

/** A hash in hexadecimal with letters in the place of its digits, so that it stays what it is: `0` is `g`, `9` is `p`. */
export function inLetters(hex: string): string {
  // Code by code, since one is made for each message: adding up a text letter by letter makes as many texts.
  const codes = new Array<number>(hex.length);
  for (let index = 0; index < hex.length; index += 1) {
    const code = hex.charCodeAt(index);
    codes[index] = code >= ZERO && code <= NINE ? code + TO_LETTER : code;
  }
  return String.fromCharCode.apply(null, codes);
}
