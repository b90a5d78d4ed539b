/**
 * Finds payment card numbers in any text and blots them out. A card number is 12 to 19 digits of an issuer's range
 * with a right Luhn digit, however the digits are written: with separators, escaped, or in another script.
 */
export const CARD_MASK = '[card number]';

/** Shortest number that any issuer in the table gives out. */
export const CARD_DIGITS_MIN = 12;
const CARD_DIGITS_MAX = 19;

/** `[first, last, lengths]`: prefixes from `first` to `last`, both with the same number of digits. */
type IssuerRange = readonly [first: number, last: number, lengths: readonly number[]];
const FROM_16 = [16, 17, 18, 19];
const FROM_12 = [12, 13, 14, 15, 16, 17, 18, 19];

/** Source: the issuer identification ranges that the card schemes publish. */
const ISSUER_RANGES: readonly IssuerRange[] = [
  [4, 4, [13, 16, 18, 19]], // Visa
  [51, 55, [16]], // Mastercard
  [2221, 2720, [16]], // Mastercard
  [34, 34, [15]], // American Express
  [37, 37, [15]], // American Express
  [300, 305, [14, 16, 17, 18, 19]], // Diners Club
  [3095, 3095, [14, 16, 17, 18, 19]], // Diners Club
  [36, 36, [14, 16, 17, 18, 19]], // Diners Club
  [38, 39, [14, 16, 17, 18, 19]], // Diners Club
  [6011, 6011, FROM_16], // Discover
  [644, 659, FROM_16], // Discover, RuPay, Verve
  [3528, 3589, FROM_16], // JCB
  [62, 62, FROM_16], // UnionPay
  [81, 82, FROM_16], // UnionPay, RuPay
  [2200, 2204, FROM_16], // Mir
  [9792, 9792, [16]], // Troy
  [60, 60, [16]], // RuPay
  [508, 508, [16]], // RuPay
  [506099, 506198, [16, 18, 19]], // Verve
  [507865, 507964, [16, 18, 19]], // Verve
  [636, 639, FROM_16], // InterPayment, InstaPayment, Maestro
  [50, 50, FROM_12], // Maestro, Dankort
  [56, 58, FROM_12], // Maestro
  [6304, 6304, FROM_12], // Maestro
  [6759, 6759, FROM_12], // Maestro
  [6761, 6763, FROM_12], // Maestro
];

/** A digit in any way a text may carry one: plain, JSON or percent escaped, as a character reference, in another script. */
const DIGIT = String.raw`(?:\p{Nd}|\\u003\d|%3\d|&#(?:x0*3\d|0*(?:4[89]|5[0-7]));)`;
/** What people and programs write between the groups of a card number; a colon is left out, since it makes times. */
const SEPARATOR = String.raw`(?:[\s\0.,_/|*+'"\p{Pd}\p{Cf}\u2212·•]|\\[nrt]|\\u00(?:00|09|0[aAdD]|20|2[dD]|[aA]0)|%(?:00|09|0[aAdD]|20|2[dD])|&nbsp;|&#(?:32|45|160);)`;
const RUN = new RegExp(`${DIGIT}(?:${SEPARATOR}{0,3}${DIGIT}){11,}`, 'gu');
const ONE_DIGIT = new RegExp(DIGIT, 'uy');

interface Digit {
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** The text with every card number replaced; the same string when there is none. */
export function maskCards(text: string): string {
  if (!mayHoldCard(text)) return text;
  return text.replace(RUN, maskRun);
}

/** Cheap and never wrong the other way: most texts of a shop hold fewer than twelve digits. */
function mayHoldCard(text: string): boolean {
  if (text.length < CARD_DIGITS_MIN) return false;
  let possible = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code >= 48 && code <= 57) || code > 127) possible += 1;
  }
  return possible >= CARD_DIGITS_MIN;
}

function maskRun(run: string): string {
  const digits = digitsOf(run);
  let masked = '';
  let copied = 0;
  let at = 0;
  while (at + CARD_DIGITS_MIN <= digits.length) {
    const length = cardLengthAt(digits, at);
    if (length === 0) {
      at += 1;
      continue;
    }
    masked += run.slice(copied, digits[at]!.start) + CARD_MASK;
    copied = digits[at + length - 1]!.end;
    at += length;
  }
  return copied === 0 ? run : masked + run.slice(copied);
}

/** The digits of a run, whatever stands between them. Plain ones are read without a pattern: runs may be long. */
function digitsOf(run: string): readonly Digit[] {
  const digits: Digit[] = [];
  for (let index = 0; index < run.length; ) {
    const code = run.charCodeAt(index);
    if (code >= 48 && code <= 57) {
      digits.push({ value: code - 48, start: index, end: index + 1 });
      index += 1;
      continue;
    }
    ONE_DIGIT.lastIndex = index;
    const written = mayWriteDigit(code) ? ONE_DIGIT.exec(run)?.[0] : undefined;
    if (written !== undefined)
      digits.push({ value: digitValue(written), start: index, end: index + written.length });
    index += written?.length ?? 1;
  }
  return digits;
}

/** A backslash, a percent sign, an ampersand, or beyond ASCII. */
function mayWriteDigit(code: number): boolean {
  return code === 92 || code === 37 || code === 38 || code > 127;
}

function digitValue(written: string): number {
  if (written.startsWith('&#x')) return Number(written.at(-2));
  if (written.startsWith('&#')) return Number(written.slice(2, -1)) - 48;
  const last = written.codePointAt(written.length === 2 ? 0 : written.length - 1) ?? 48;
  if (last <= 57) return last - 48;
  // Decimal digits of every script stand in blocks of ten that begin with the zero.
  let zero = last;
  while (zero > last - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (last - zero) % 10;
}

/**
 * Longest card number that begins at digit `at`, 0 when there is none. Within a longer run of digits it must
 * begin or end where a group does: two random digits in front of a number do not make it another one.
 */
function cardLengthAt(digits: readonly Digit[], at: number): number {
  const issuers = issuersOf(digits, at);
  if (issuers.length === 0) return 0;
  const starts = startsGroup(digits, at);
  for (let length = Math.min(CARD_DIGITS_MAX, digits.length - at); length >= CARD_DIGITS_MIN; length--) {
    if (!mayBeLong(issuers, length) || (!starts && !endsGroup(digits, at + length - 1))) continue;
    if (hasLuhnDigit(digits, at, length)) return length;
  }
  return 0;
}

function startsGroup(digits: readonly Digit[], at: number): boolean {
  return at === 0 || digits[at - 1]!.end !== digits[at]!.start;
}
function endsGroup(digits: readonly Digit[], at: number): boolean {
  return at === digits.length - 1 || digits[at]!.end !== digits[at + 1]!.start;
}

function hasLuhnDigit(digits: readonly Digit[], at: number, length: number): boolean {
  let sum = 0;
  for (let index = 0; index < length; index++) {
    const value = digits[at + length - 1 - index]!.value;
    const doubled = index % 2 === 0 ? value : value * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const BY_FIRST_DIGIT: readonly (readonly IssuerRange[])[] = Array.from({ length: 10 }, (_none, digit) =>
  ISSUER_RANGES.filter(([first, last]) => leading(first, 1) <= digit && digit <= leading(last, 1)),
);

function leading(number: number, digits: number): number {
  return Number(String(number).slice(0, digits));
}

/** The issuers' ranges to which a number belongs that begins with these six digits. */
function issuersOf(digits: readonly Digit[], at: number): readonly IssuerRange[] {
  const bucket = BY_FIRST_DIGIT[digits[at]!.value]!;
  if (bucket.length === 0) return bucket;
  let six = 0;
  for (let index = 0; index < 6; index++) six = six * 10 + digits[at + index]!.value;
  return bucket.filter(([first, last]) => {
    const prefix = Math.floor(six / 10 ** (6 - String(first).length));
    return prefix >= first && prefix <= last;
  });
}

function mayBeLong(issuers: readonly IssuerRange[], length: number): boolean {
  return issuers.some(([, , lengths]) => lengths.includes(length));
}

/** True when a number too large to be exact begins like a card: its Luhn digit was lost with the precision. */
export function looksLikeRoundedCard(value: number): boolean {
  if (Number.isSafeInteger(value) || Math.abs(value) < Number.MAX_SAFE_INTEGER || Math.abs(value) >= 1e19) {
    return false;
  }
  const text = String(Math.abs(value));
  const digits = [...text].map((digit, index) => ({ value: Number(digit), start: index, end: index + 1 }));
  return mayBeLong(issuersOf(digits, 0), digits.length);
}
