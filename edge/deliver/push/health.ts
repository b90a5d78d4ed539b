/** How the push services do, and when staff must know. */
import type { Alarms, Clock } from '../../ports.js';
import type { PushAnswer } from './sender.js';

export interface PushHealth {
  note(service: string, answer: PushAnswer): void;
  /** Raises or clears the alarm; called now and then. */
  look(): void;
  /** RFC 3339 of the last message that a service took. */
  lastSentAt(): string | undefined;
  /** Since when no service answers, RFC 3339, once that is worth an alarm. */
  unreachableSince(): string | undefined;
}

const ALARM = 'PushUnreachable';
const ALARM_AFTER_MS = 5 * 60_000;
/** Nobody was messaged for so long: how the service does is not known any more. */
const FORGOTTEN_MS = 30 * 60_000;

export function createPushHealth(deps: {
  alarms: Pick<Alarms, 'raise' | 'clear'>;
  clock: Pick<Clock, 'nowMs'>;
  alarmAfterMs?: number;
}): PushHealth {
  /** Push service → since when every try failed, and when the last one did. */
  const failing = new Map<string, { sinceMs: number; lastMs: number }>();
  const afterMs = deps.alarmAfterMs ?? ALARM_AFTER_MS;
  let sentMs: number | undefined;
  const longest = (): { service: string; sinceMs: number } | undefined => {
    let found: { service: string; sinceMs: number } | undefined;
    for (const [service, { sinceMs, lastMs }] of failing) {
      if (deps.clock.nowMs() - lastMs > FORGOTTEN_MS) failing.delete(service);
      else if (found === undefined || sinceMs < found.sinceMs) found = { service, sinceMs };
    }
    return found === undefined || deps.clock.nowMs() - found.sinceMs < afterMs ? undefined : found;
  };
  return {
    note(service, answer) {
      const down = answer.result === 'unreachable' || (answer.result === 'busy' && answer.status >= 500);
      const nowMs = deps.clock.nowMs();
      if (!down) failing.delete(service);
      else failing.set(service, { sinceMs: failing.get(service)?.sinceMs ?? nowMs, lastMs: nowMs });
      if (answer.result === 'sent') sentMs = nowMs;
    },
    look() {
      const worst = longest();
      if (worst === undefined) deps.alarms.clear(ALARM);
      else
        deps.alarms.raise(
          ALARM,
          `No message reaches ${worst.service} since ${iso(worst.sinceMs)}: offers reach open pages only. Check the store's way to the internet.`,
          { service: worst.service, since: iso(worst.sinceMs) },
        );
    },
    lastSentAt: () => (sentMs === undefined ? undefined : iso(sentMs)),
    unreachableSince: () => {
      const worst = longest();
      return worst === undefined ? undefined : iso(worst.sinceMs);
    },
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
