import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Contender, ProductFacts } from './inputs.js';

/** Where a shopper falls between 0 and 1 for one campaign: the same for ever, without any stored state. */
export function rollOf(seed: string, sid: string, campaign: string): number {
  const digest = sha256(utf8ToBytes(`${seed}|${sid}|${campaign}`));
  const top32 = ((digest[0]! << 24) | (digest[1]! << 16) | (digest[2]! << 8) | digest[3]!) >>> 0;
  return Math.floor((top32 / 2 ** 32) * 1e6) / 1e6;
}

/**
 * Worth of a candidate in its slot. On a phone it is how much the shopper likes the product; on a screen the bid
 * in whole units per thousand, plus one for each visitor there who likes it (0 below two, see `supportOf`).
 */
export function scoreOf({ campaign }: Contender, product: ProductFacts): number {
  const bid = campaign.kind === 'display' ? (campaign.bidMicros ?? 0) / 1_000_000 : 0;
  return Math.round((bid + product.liked) * 10_000) / 10_000;
}

/** Fewer visitors than this who like a product count as none: a public screen tells nothing about one person. */
export const SUPPORTERS_MIN = 2;

export function supportOf(supporters: number): number {
  return supporters >= SUPPORTERS_MIN ? supporters : 0;
}
