import { RateLimiterMemory } from 'rate-limiter-flexible';

/** How much of what cannot be understood is stored. What is beyond it is counted and declared, see `flood.ts`. */
export interface SetAsideLimits {
  readonly senderRecordsAMinute: number;
  readonly senderRecordsADay: number;
  readonly senderBytesADay: number;
  /** All senders together: many broken devices must not do what one may not. */
  readonly recordsADay: number;
  readonly bytesADay: number;
}

const MINUTE_S = 60;
const DAY_S = 86_400;

const SENDER_BYTES_MIN = 1024 * 1024;

/**
 * What is set aside may not be dropped before HQ has it, and must leave the room to the tills: a broken device that is
 * left alone needs more than a year to fill the journal, all devices together four months.
 */
export function setAsideLimitsOf(journalBytes: number): SetAsideLimits {
  return {
    senderRecordsAMinute: 1_000,
    senderRecordsADay: 5_000,
    senderBytesADay: Math.max(SENDER_BYTES_MIN, Math.ceil(journalBytes / 512)),
    recordsADay: 20_000,
    bytesADay: Math.max(SENDER_BYTES_MIN, Math.ceil(journalBytes / 128)),
  };
}

export interface SetAsideBudget {
  /** Takes one record out of the budget of its sender. False: there is none left, count it. */
  take(sender: string, bytes: number): Promise<boolean>;
}

export function createSetAsideBudget(limits: SetAsideLimits): SetAsideBudget {
  const limiter = (points: number, duration: number) => new RateLimiterMemory({ points, duration });
  const minute = limiter(limits.senderRecordsAMinute, MINUTE_S);
  const records = limiter(limits.senderRecordsADay, DAY_S);
  const bytes = limiter(limits.senderBytesADay, DAY_S);
  const allRecords = limiter(limits.recordsADay, DAY_S);
  const allBytes = limiter(limits.bytesADay, DAY_S);
  return {
    async take(sender, size) {
      try {
        // The sender's own first: whoever has none left takes nothing from the others.
        await minute.consume(sender);
        await records.consume(sender);
        await bytes.consume(sender, size);
        await allRecords.consume('all');
        await allBytes.consume('all', size);
        return true;
      } catch (rejected) {
        if (rejected instanceof Error) throw rejected;
        return false;
      }
    },
  };
}
