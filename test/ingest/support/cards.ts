import type { Random } from './random.js';

/** `[prefix, length]` of the schemes' published ranges; written here on its own, not taken from the code under test. */
const SCHEMES: readonly (readonly [string, number])[] = [
  ['4', 16],
  ['4', 13],
  ['4', 19],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['300', 14],
  ['36', 14],
  ['38', 14],
  ['6011', 16],
  ['644', 16],
  ['65', 16],
  ['3528', 16],
  ['3589', 16],
  ['62', 16],
  ['62', 19],
  ['5018', 12],
  ['6759', 16],
  ['6304', 18],
  ['2200', 16],
];

export function cardNumber(random: Random): string {
  const [prefix, length] = random.pick(SCHEMES);
  let body = prefix;
  while (body.length < length - 1) body += random.digit();
  return body + luhnDigit(body);
}

function luhnDigit(body: string): number {
  const digits = [...body].reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

export function gtin(random: Random): string {
  const length = random.pick([8, 12, 13, 14]);
  let body = '';
  while (body.length < length - 1) body += random.digit();
  const sum = [...body]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return body + String((10 - (sum % 10)) % 10);
}

const grouped = (card: string, by: string): string => card.replace(/(.{4})(?=.)/g, `$1${by}`);
const shifted = (card: string, zero: number): string =>
  [...card].map((digit) => String.fromCodePoint(zero + Number(digit))).join('');

/** Ways in which people, forms and tills write a card number, as a value inside a JSON document. */
export const SHAPES: Readonly<Record<string, (card: string) => unknown>> = {
  plain: (card) => card,
  number: (card) => (card.length <= 15 ? Number(card) : card),
  spaces: (card) => grouped(card, ' '),
  dashes: (card) => grouped(card, '-'),
  dots: (card) => grouped(card, '.'),
  'non-breaking spaces': (card) => grouped(card, '\u00a0'),
  'long dashes': (card) => grouped(card, ' \u2013 '),
  lines: (card) => grouped(card, '\n'),
  'in a sentence': (card) => `charged to ${grouped(card, ' ')}, thank you`,
  'after letters': (card) => `PAN${card}X`,
  'with its expiry': (card) => `;${card}=2812101123?`,
  'full width': (card) => shifted(card, 0xff10),
  arabic: (card) => shifted(card, 0x660),
  'digit by digit': (card) => [...card].join(' '),
  'a list of groups': (card) => card.match(/.{1,4}/g),
  'a nested list': (card) => [{ payment: { card } }],
  'the name of a field': (card) => ({ [card]: 1 }),
  'in an address': (card) => `https://pay.example/?pan=${[...card].map((digit) => `%3${digit}`).join('')}`,
  'as references': (card) => [...card].map((digit) => `&#${48 + Number(digit)};`).join(''),
};

/** Numbers of the set that a text still holds, whatever stands between their digits and however those are written. */
export function findCards(text: string, cards: ReadonlyMap<string, unknown>): string[] {
  const found = new Set<string>();
  for (const run of plainDigits(text).match(/\d(?:[^0-9A-Za-z]{0,3}\d){11,}/g) ?? []) {
    const digits = run.replace(/\D/g, '');
    for (let at = 0; at + 12 <= digits.length; at++) {
      for (let length = 12; length <= 19; length++) {
        const window = digits.slice(at, at + length);
        if (cards.has(window)) found.add(window);
      }
    }
  }
  return [...found];
}

function plainDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/%3(\d)/g, '$1')
    .replace(/&#(4[89]|5[0-7]);/g, (_all, code: string) => String(Number(code) - 48))
    .replace(/\\n/g, ' ');
}
