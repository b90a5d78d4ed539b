import type { PushPolicy, StoreEvent } from '../../contracts/index.js';
import type { PushLeave } from '../../ports.js';
import { mayBePersonal } from '../consent/consent.js';
import type { Derived } from '../derived.js';
import type { CoreState } from '../state.js';
import type { Step } from '../step.js';
import { type LocalTime, MINUTE_MS, minuteOf, SECOND_MS } from '../time.js';

const PER_DAY_DEFAULT = 3;
/** How long people stay where too few stays are known to say. */
const USUAL_STAY_MS = 5 * MINUTE_MS;
const STAYS_NEEDED = 3;

/** Count what reached a phone with its page closed: the cap holds over a restart, because the journal does. */
export function notePush(step: Step, event: StoreEvent<'push.sent'>): void {
  const { sid, channel, outcome } = event.data;
  if (channel !== 'push' || outcome !== 'sent') return;
  const { day } = step.derived.clock.at(step.nowMs);
  const { sent } = step.state.push;
  const before = sent.get(sid);
  sent.set(sid, { day, count: (before?.day === day ? before.count : 0) + 1 });
}

/** Once a day: a count of another day says nothing any more. */
export function prunePushes(step: Step): void {
  const { day } = step.derived.clock.at(step.nowMs);
  for (const [sid, row] of step.state.push.sent) if (row.day !== day) step.state.push.sent.delete(sid);
}

/** May this person be messaged now, and for how much longer are they likely to be where the offer is? */
export function pushLeave(
  state: CoreState,
  derived: Derived,
  { sid, atMs }: { sid: string; atMs: number },
): PushLeave {
  const consent = state.consent.consents.get(sid)?.push;
  if (consent?.granted !== true || atMs >= consent.untilMs) return { ok: false, reason: 'NoConsent' };
  if (!mayBePersonal(consent.ageBand)) return { ok: false, reason: 'AgeUnknown' };
  const local = derived.clock.at(atMs);
  const policy = state.setup.policy?.push;
  if (isQuiet(policy?.quietHours, local)) return { ok: false, reason: 'QuietHours' };
  const sent = state.push.sent.get(sid);
  const count = sent?.day === local.day ? sent.count : 0;
  if (count >= (policy?.perDay ?? PER_DAY_DEFAULT)) return { ok: false, reason: 'DailyCap' };
  const stayMs = remainingStay(state, sid, atMs);
  if (stayMs === undefined) return { ok: false, reason: 'Left' };
  // A message is kept for whole seconds: for less than one it need not leave.
  return stayMs < SECOND_MS ? { ok: false, reason: 'StayOver' } : { ok: true, stayMs };
}

function isQuiet(hours: PushPolicy['quietHours'], { minute }: LocalTime): boolean {
  if (hours === undefined) return false;
  const [from, until] = [minuteOf(hours.from), minuteOf(hours.until)];
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

/**
 * Of the stays that are known of the zone, those that lasted longer than this one so far say how much longer it is
 * likely to last: half of them ended within that. 0 where nobody stayed as long; `undefined` for who is in no zone.
 */
function remainingStay(state: CoreState, sid: string, atMs: number): number | undefined {
  const visitor = state.presence.visitors.get(`s:${sid}`);
  if (visitor === undefined || visitor.zone === '') return undefined;
  const soFarMs = Math.max(0, atMs - visitor.sinceMs);
  const known = state.presence.stays.get(visitor.zone) ?? [];
  const stays = known.length < STAYS_NEEDED ? [USUAL_STAY_MS] : known.map(([, stayMs]) => stayMs);
  const longer = stays.filter((stayMs) => stayMs > soFarMs).sort((left, right) => left - right);
  const median = longer[Math.floor((longer.length - 1) / 2)];
  return median === undefined ? 0 : median - soFarMs;
}
