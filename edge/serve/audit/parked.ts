/**
 * Logging in must work while the journal takes nothing: who else would make room for it? Such entries wait here, and
 * follow as soon as they can. What waits is in memory alone, so that the log of the program has it meanwhile.
 */
import type { AuditDetail } from '../../contracts/index.js';
import type { Alarms, AuditNote, Clock } from '../../ports.js';

export interface Parked {
  /** Notes it now or later. Never rejects. */
  note(entry: AuditNote): Promise<void>;
}

export interface ParkedDeps {
  readonly note: (entry: AuditNote) => Promise<void>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
  /** Told of each entry that has to wait. */
  readonly onParked: (entry: AuditNote, why: Error) => void;
  readonly retryMs?: number;
}

const RETRY_MS = 5_000;
/** Beyond that they are counted: a disk that stays full must not fill the memory, too. */
const WAITING_MAX = 1_000;
export const WAITS = 'AuditWaits' as const;

export function createParked(deps: ParkedDeps): Parked {
  const waiting: AuditNote[] = [];
  let counted = 0;
  let trying = false;

  const say = (): void => {
    const amount = waiting.length + counted;
    const text = `${amount} log-ins or log-outs are not in the audit log yet: the journal takes nothing. They follow once there is room.`;
    deps.alarms.raise(WAITS, text, { amount });
  };
  const retry = (): void => {
    if (trying) return;
    trying = true;
    setTimeout(() => {
      void drain().finally(() => {
        trying = false;
        if (waiting.length > 0) retry();
      });
    }, deps.retryMs ?? RETRY_MS).unref();
  };
  const drain = async (): Promise<void> => {
    try {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        await deps.note(waiting.length === 1 && counted > 0 ? withCount(next, counted) : next);
        waiting.shift();
      }
    } catch {
      say();
      return;
    }
    counted = 0;
    deps.alarms.clear(WAITS);
  };
  const park = (entry: AuditNote, why: Error): void => {
    deps.onParked(entry, why);
    if (waiting.length < WAITING_MAX) waiting.push(late(entry, deps.clock.nowMs()));
    else counted += 1;
    say();
    retry();
  };
  return {
    note: async (entry) => {
      try {
        await deps.note(entry);
      } catch (error) {
        park(entry, error as Error);
      }
    },
  };
}

const detailsOf = ({ detail = [] }: AuditNote): readonly AuditDetail[] => [detail].flat();

/** The entry is stamped when the journal takes it: when it happened must stand in its words. */
function late(entry: AuditNote, atMs: number): AuditNote {
  return { ...entry, detail: [...detailsOf(entry), `NotedLate ${new Date(atMs).toISOString()}`] };
}

const withCount = (entry: AuditNote, counted: number): AuditNote => ({
  ...entry,
  detail: [...detailsOf(entry), `OnlyCounted ${counted}`],
});
