/**
 * How often a log-in may be wrong. An address has ten tries a minute, for whatever accounts. An account has no limit
 * that strangers could use up and keep its person out: only addresses from which nobody has logged in as them share
 * one, so that guessing from many addresses at once comes to an end, too.
 */
import { createAttempts, type TooMany } from './attempts.js';

export interface LogInLimit {
  /** Counts one try before its password is looked at; the refusal once there were too many. */
  take(account: string, address: string): Promise<TooMany | undefined>;
  /** The password was right: the try does not count, and the address is known from here on. */
  right(account: string, address: string): Promise<void>;
}

export const FROM_ONE_ADDRESS = 10;
export const BY_STRANGERS = 30;
/** Account and address; the oldest make room. A restart forgets them, which only ever costs somebody a minute. */
const KNOWN_MAX = 10_000;

export function createLogInLimit(fromOneAddress = FROM_ONE_ADDRESS): LogInLimit {
  const ofAddress = createAttempts(fromOneAddress);
  const ofStrangers = createAttempts(BY_STRANGERS);
  const known = new Set<string>();
  const pair = (account: string, address: string): string => `${account} ${address}`;
  return {
    take: async (account, address) => {
      const tooMany = await ofAddress.take(address);
      if (tooMany !== undefined || known.has(pair(account, address))) return tooMany;
      return ofStrangers.take(account);
    },
    right: async (account, address) => {
      await ofAddress.giveBack(address);
      const mine = pair(account, address);
      if (!known.delete(mine)) await ofStrangers.giveBack(account);
      known.add(mine);
      for (const oldest of known) {
        if (known.size <= KNOWN_MAX) break;
        known.delete(oldest);
      }
    },
  };
}
