/**
 * A screen shows a short code, a member of staff types it: that pairs them. The code is public by nature, so it buys
 * nothing by itself: the session goes to the player that asked for the code, and only to it.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Refusal } from '../../contracts/index.js';
import type { Clock } from '../../ports.js';

export type Late = Refusal & { readonly retryAfterS?: number };

export interface Waiting {
  /** Known to the player alone; trades for the session once staff said yes. */
  readonly ticket: string;
  /** For people: six letters and digits. */
  readonly code: string;
  /** RFC 3339 */
  readonly expiresAt: string;
}

export interface Pairing {
  /** A fresh code for a player at this address. */
  begin(address: string): Promise<Waiting | Late>;
  /** What became of it; a screen exactly once. */
  collect(ticket: string): { readonly expiresAt: string } | { readonly screen: string } | Refusal;
  /** Takes the code out of play for `by`; then `grant` or `release`. */
  claim(code: string, by: string): Promise<Claim | Late>;
}

export interface Claim {
  /** The id of the new screen that this code makes: the same at every try, and no other code gets it meanwhile. */
  newId(pick: (taken: ReadonlySet<string>) => string): string;
  grant(screen: string): void;
  /** The deed failed: the code may be typed again. */
  release(): void;
}

export interface PairingDeps {
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  /** A screen that is saved is not at once one that the whole store knows; its player waits for that. */
  readonly isKnown?: (screen: string) => boolean;
  /** A whole number below `below`; only tests pass something else. */
  readonly pick?: (below: number) => number;
}

/** Without those that look alike from three metres: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
export const CODE_ALPHABET = 'ACDEFGHJKMNPQRTVWXY34679';
export const CODE_LENGTH = 6;
const CODE_MS = 10 * 60_000;
/** Far above what one address gets in the life of a code, so that no single one fills it. */
const WAITING_MAX = 2_000;
const REMEMBERED_MAX = 1_000;
const BEGIN_A_MINUTE_MAX = 20;
const WRONG_A_MINUTE_MAX = 10;
const MINUTE_S = 60;

interface Entry {
  readonly ticket: string;
  readonly code: string;
  readonly endsMs: number;
  readonly expiresAt: string;
  state: 'waiting' | 'claimed' | 'granted';
  screen: string;
  /** Given at the first try to make a screen by this code. */
  newScreen: string;
}

export function createPairing(deps: PairingDeps): Pairing {
  const { clock } = deps;
  const pick = deps.pick ?? ((below: number) => randomInt(below));
  const begun = new RateLimiterMemory({ points: BEGIN_A_MINUTE_MAX, duration: MINUTE_S });
  const wrong = createWrongTries();
  const byTicket = new Map<string, Entry>();
  const byCode = new Map<string, Entry>();
  const over = new Map<string, 'PairingCodeExpired' | 'PairingCodeUsed'>();

  const close = (entry: Entry, as: 'PairingCodeExpired' | 'PairingCodeUsed'): void => {
    byTicket.delete(entry.ticket);
    byCode.delete(entry.code);
    over.set(entry.code, as);
    for (const code of over.keys()) if (over.size > REMEMBERED_MAX) over.delete(code);
  };
  const sweep = (): void => {
    for (const entry of byTicket.values()) {
      if (entry.endsMs <= clock.monotonicMs() && entry.state !== 'claimed')
        close(entry, 'PairingCodeExpired');
    }
  };
  const freshCode = (): string => {
    for (;;) {
      const letters = Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[pick(CODE_ALPHABET.length)]);
      const code = letters.join('');
      if (!byCode.has(code)) return code;
    }
  };

  return {
    async begin(address) {
      const limited = await consume(begun, address, 'codes asked for from one address');
      if (limited !== undefined) return limited;
      sweep();
      if (byTicket.size >= WAITING_MAX) {
        return {
          reason: 'TooManyRequests',
          detail: `${WAITING_MAX} screens wait already`,
          retryAfterS: MINUTE_S,
        };
      }
      const code = freshCode();
      over.delete(code);
      const entry: Entry = {
        ticket: randomBytes(32).toString('base64url'),
        code,
        endsMs: clock.monotonicMs() + CODE_MS,
        expiresAt: new Date(clock.nowMs() + CODE_MS).toISOString(),
        state: 'waiting',
        screen: '',
        newScreen: '',
      };
      byTicket.set(entry.ticket, entry);
      byCode.set(code, entry);
      return { ticket: entry.ticket, code, expiresAt: entry.expiresAt };
    },
    collect(ticket): ReturnType<Pairing['collect']> {
      sweep();
      const entry = byTicket.get(ticket);
      if (entry === undefined) {
        return { reason: 'PairingCodeExpired', detail: 'the code of this screen is over; ask for a new one' };
      }
      if (entry.state !== 'granted' || deps.isKnown?.(entry.screen) === false) {
        return { expiresAt: entry.expiresAt };
      }
      close(entry, 'PairingCodeUsed');
      return { screen: entry.screen };
    },
    async claim(typed, by) {
      const limited = await wrong.blocked(by);
      if (limited !== undefined) return limited;
      sweep();
      const code = plainCode(typed);
      const entry = byCode.get(code);
      if (entry?.state === 'waiting') {
        entry.state = 'claimed';
        return claimOf(entry, byTicket);
      }
      return (await wrong.count(by)) ?? refusalOf(entry === undefined ? over.get(code) : 'PairingCodeUsed');
    },
  };
}

function claimOf(entry: Entry, all: ReadonlyMap<string, Entry>): Claim {
  return {
    newId(pick) {
      if (entry.newScreen === '') {
        entry.newScreen = pick(new Set([...all.values()].map(({ newScreen }) => newScreen)));
      }
      return entry.newScreen;
    },
    grant: (screen) => {
      entry.screen = screen;
      entry.state = 'granted';
    },
    release: () => {
      entry.state = 'waiting';
    },
  };
}

/** As people type it: any case, with or without gaps. */
const plainCode = (typed: string): string => typed.replace(/[\s.-]+/g, '').toUpperCase();

function refusalOf(over: 'PairingCodeExpired' | 'PairingCodeUsed' | undefined): Refusal {
  if (over === 'PairingCodeExpired') {
    return { reason: over, detail: 'this code is past its ten minutes', field: '/code' };
  }
  if (over === 'PairingCodeUsed') {
    return { reason: over, detail: 'this code has paired a screen already', field: '/code' };
  }
  return { reason: 'PairingCodeUnknown', detail: 'no screen shows this code', field: '/code' };
}

/** Whoever typed ten wrong codes in a minute waits, with right ones too: else guessing would only be slow. */
function createWrongTries() {
  const limiter = new RateLimiterMemory({ points: WRONG_A_MINUTE_MAX, duration: MINUTE_S });
  return {
    async blocked(by: string): Promise<Late | undefined> {
      const row = await limiter.get(by);
      return row !== null && row.consumedPoints >= WRONG_A_MINUTE_MAX
        ? tooMany(row.msBeforeNext, 'wrong codes')
        : undefined;
    },
    count: (by: string): Promise<Late | undefined> => consume(limiter, by, 'wrong codes'),
  };
}

async function consume(limiter: RateLimiterMemory, key: string, what: string): Promise<Late | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (rejected) {
    return tooMany((rejected as { msBeforeNext?: number }).msBeforeNext ?? MINUTE_S * 1_000, what);
  }
}

const tooMany = (waitMs: number, what: string): Late => ({
  reason: 'TooManyRequests',
  detail: `too many ${what} in a minute`,
  retryAfterS: Math.max(1, Math.ceil(waitMs / 1_000)),
});
