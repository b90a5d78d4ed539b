/** How the push services do, and when staff must know. */
import type { Alarms, Clock } from '../../ports.js';
import type { PushAnswer } from './sender.js';

export interface PushHealth {
  note(host: string, answer: PushAnswer): void;
  /** Raises or clears the alarm; called now and then. */
  look(): void;
  /** RFC 3339 of the last message that a service took. */
  lastSentAt(): string | undefined;
  /** Since when no service answers, RFC 3339, once that is worth an alarm. */
  unreachableSince(): string | undefined;
}

const ALARM = 'PushUnreachable';
const ALARM_AFTER_MS = 5 * 60_000;

export function createPushHealth(deps: {
  alarms: Pick<Alarms, 'raise' | 'clear'>;
  clock: Pick<Clock, 'nowMs'>;
  alarmAfterMs?: number;
}): PushHealth {
  /** Host → since when every try failed. */
  const failing = new Map<string, number>();
  const afterMs = deps.alarmAfterMs ?? ALARM_AFTER_MS;
  let sentMs: number | undefined;
  const longest = (): { host: string; sinceMs: number } | undefined => {
    let found: { host: string; sinceMs: number } | undefined;
    for (const [host, sinceMs] of failing)
      if (found === undefined || sinceMs < found.sinceMs) found = { host, sinceMs };
    return found === undefined || deps.clock.nowMs() - found.sinceMs < afterMs ? undefined : found;
  };
  return {
    note(host, answer) {
      const down = answer.result === 'unreachable' || (answer.result === 'busy' && answer.status >= 500);
      if (!down) failing.delete(host);
      else if (!failing.has(host)) failing.set(host, deps.clock.nowMs());
      if (answer.result === 'sent') sentMs = deps.clock.nowMs();
    },
    look() {
      const worst = longest();
      if (worst === undefined) deps.alarms.clear(ALARM);
      else
        deps.alarms.raise(
          ALARM,
          `No message reaches ${worst.host} since ${iso(worst.sinceMs)}: offers reach open pages only. Check the store's way to the internet.`,
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
