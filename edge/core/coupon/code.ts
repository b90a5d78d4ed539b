import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const BODY_DIGITS = 10;

/**
 * 13-digit GS1 code for use within one store: prefix 98 or 99, ten digits, EAN check digit. Derived from the
 * store's secret salt and the decision, so that it cannot be guessed and a replay makes the same one.
 */
export function couponCode(salt: string, decisionId: string, attempt: number): string {
  const digest = sha256(utf8ToBytes(`${salt}|${decisionId}|${attempt}`));
  let body = '';
  // One digit a byte: 256 is no multiple of ten, so values from 250 are skipped to keep digits even.
  for (const byte of digest) {
    if (byte < 250 && body.length < BODY_DIGITS) body += String(byte % 10);
  }
  const prefix = digest[31]! % 2 === 0 ? '98' : '99';
  const digits = prefix + body.padEnd(BODY_DIGITS, '0');
  return digits + eanCheckDigit(digits);
}

/** Check digit of the first twelve digits of an EAN-13. */
export function eanCheckDigit(twelve: string): string {
  let sum = 0;
  for (let index = 0; index < 12; index += 1) {
    sum += (twelve.charCodeAt(index) - 48) * (index % 2 === 0 ? 1 : 3);
  }
  return String((10 - (sum % 10)) % 10);
}
