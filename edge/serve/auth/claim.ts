/** The first minutes of a store: a code, read off the console of the box, makes whoever has it the first admin. */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../../contracts/index.js';
import type { Clock } from '../../ports.js';
import type { Account, Accounts, Before, Visitor } from './accounts.js';
import { type Attempts, createAttempts } from './attempts.js';

export interface Claims {
  /** A new code; the one before is void. Refused once the store has an admin. */
  newCode(): { readonly code: string; readonly untilMs: number } | Refusal;
  /** Makes the first admin; the code is gone afterwards. */
  claim(
    asked: { readonly code: string; readonly name: string; readonly password: string },
    visitor: Pick<Visitor, 'address'>,
    before?: Before,
  ): Promise<Account | (Refusal & { readonly retryAfterS?: number })>;
}

export interface ClaimDeps {
  readonly accounts: Pick<Accounts, 'claimed' | 'found'>;
  readonly clock: Pick<Clock, 'monotonicMs' | 'nowMs'>;
  /** An integer from 0 up to, without, `below`; only tests pass something else than a secure one. */
  readonly pick?: (below: number) => number;
  readonly attempts?: Attempts;
}

/** No letter or digit that can be read as another, no vowels that make words. */
const ALPHABET = '23456789BCDFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 8;
const GOOD_MS = 10 * 60_000;
const TRIES_PER_MINUTE = 10;

const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest();
/** As typed: dashes, spaces and small letters do not matter. */
const plain = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/g, '');

export function createClaims(deps: ClaimDeps): Claims {
  const { accounts, clock } = deps;
  const pick = deps.pick ?? randomInt;
  const attempts = deps.attempts ?? createAttempts(TRIES_PER_MINUTE);
  let standing: { readonly hash: Buffer; readonly untilMs: number } | undefined;
  const claimed: Refusal = { reason: 'StoreClaimed', detail: 'the first account was made before' };
  return {
    newCode: () => {
      if (accounts.claimed()) return claimed;
      const code = Array.from({ length: CODE_LENGTH }, () => ALPHABET[pick(ALPHABET.length)]).join('');
      // Ten minutes are ten minutes, whatever happens to the wall clock of a new box.
      standing = { hash: hashOf(code), untilMs: clock.monotonicMs() + GOOD_MS };
      return { code: `${code.slice(0, 4)}-${code.slice(4)}`, untilMs: clock.nowMs() + GOOD_MS };
    },
    claim: async ({ code, name, password }, { address }, before) => {
      if (accounts.claimed()) return claimed;
      const tooMany = await attempts.take(address);
      if (tooMany !== undefined) return tooMany;
      const wanted = standing;
      const right = wanted !== undefined && timingSafeEqual(hashOf(plain(code)), wanted.hash);
      if (!right)
        return { reason: 'ClaimCode', detail: 'that is not the code on the console', field: '/code' };
      if (clock.monotonicMs() > wanted.untilMs) {
        return { reason: 'ClaimCode', detail: 'the code is past its ten minutes', field: '/code' };
      }
      // Taken before anything is waited for, so that two who send it at once make one account.
      standing = undefined;
      await attempts.giveBack(address);
      let made: Account | Refusal | undefined;
      try {
        made = await accounts.found(name, password, before);
        return made;
      } finally {
        if (made === undefined || 'reason' in made) standing ??= wanted;
      }
    },
  };
}
