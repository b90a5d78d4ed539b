import { occupantsOf } from '../derived.js';
import type { Step } from '../step.js';
import { isoOf, MINUTE_MS, NEVER_MS } from '../time.js';
import type { ZoneMinute } from './state.js';

/** Zone by minute sums: what of presence travels to HQ. */
export function countEnter(step: Step, zone: string, visitor: string): void {
  const minute = minuteOfZone(step, zone);
  minute.entered += 1;
  if (!minute.seen.includes(visitor)) minute.seen.push(visitor);
}

export function countLeave(step: Step, zone: string, stay: { sinceMs: number; untilMs: number }): void {
  const { minuteMs } = step.state.presence;
  minuteOfZone(step, zone).leftDwellMs += Math.max(0, stay.untilMs - Math.max(stay.sinceMs, minuteMs));
}

export function countThroughDoor(step: Step, zone: string, entered: number): void {
  minuteOfZone(step, zone).counterIn += entered;
}

function minuteOfZone(step: Step, zone: string): ZoneMinute {
  const { presence } = step.state;
  if (presence.minutes.size === 0) presence.minuteMs = Math.floor(step.nowMs / MINUTE_MS) * MINUTE_MS;
  let minute = presence.minutes.get(zone);
  if (minute === undefined) {
    minute = { entered: 0, leftDwellMs: 0, seen: [], counterIn: 0 };
    presence.minutes.set(zone, minute);
  }
  return minute;
}

/** When the running minute ends, while there is anything to sum. */
export function minuteDueMs(step: Pick<Step, 'state'>): number {
  const { minutes, minuteMs } = step.state.presence;
  return minutes.size === 0 ? NEVER_MS : minuteMs + MINUTE_MS;
}

/** Tell the minute that is over and begin the next with those who are still there. */
export function closeMinute(step: Step): void {
  const { presence } = step.state;
  if (step.nowMs < minuteDueMs(step)) return;
  const endMs = presence.minuteMs + MINUTE_MS;
  const label = `${isoOf(presence.minuteMs).slice(0, 16)}Z`;
  const nextMs = Math.floor(step.nowMs / MINUTE_MS) * MINUTE_MS;
  const zones = [...presence.minutes].sort(([left], [right]) => (left < right ? -1 : 1));
  presence.minutes.clear();
  for (const [zone, sums] of zones) {
    const present = [...occupantsOf(step.derived, zone)];
    let dwellMs = sums.leftDwellMs;
    for (const key of present) {
      const sinceMs = step.state.presence.visitors.get(key)?.sinceMs ?? endMs;
      dwellMs += Math.max(0, endMs - Math.max(sinceMs, presence.minuteMs));
    }
    const entered = Math.max(sums.entered, sums.counterIn);
    step.emit('presence.minute', {
      zone,
      minute: label,
      visitors: Math.max(sums.seen.length, sums.counterIn),
      entered,
      dwellMs,
    });
    if (present.length > 0) {
      presence.minutes.set(zone, { entered: 0, leftDwellMs: 0, seen: present.sort(), counterIn: 0 });
    }
  }
  presence.minuteMs = nextMs;
}
