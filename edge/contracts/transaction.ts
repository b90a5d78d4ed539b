import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { PosTransaction } from './events/pos.js';

/** What makes a transaction this one: the till may send it ten times, it happened once. */
type NaturalKey = Pick<PosTransaction, 'till' | 'businessDay' | 'sequence'>;

export function transactionKey(place: NaturalKey): string {
  return `${place.till}|${place.businessDay}|${place.sequence}`;
}

/**
 * Content hash of a transaction, hex. The same for any order of fields, and without who the shopper is:
 * whether `sid` is known depends on consent at the moment of arrival, not on what the till sold.
 */
export function transactionHash(transaction: PosTransaction): string {
  const { sid: _sid, loyaltyId: _loyaltyId, ...content } = transaction;
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(canonical(content))))).slice(0, 32);
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}
