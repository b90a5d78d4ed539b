import type { ZoneChange } from '../../contracts/index.js';
import { occupantsOf } from '../derived.js';
import type { Step } from '../step.js';
import { MINUTE_MS, NEVER_MS, SECOND_MS } from '../time.js';
import { countEnter, countLeave } from './minutes.js';
import type { VisitorTrack } from './state.js';

/** Called for every change of zone, after it was told. */
export type OnZoneChange = (step: Step, visitor: string, track: VisitorTrack, change: ZoneChange) => void;

const STAYS_HELD = 200;

/** Where do the nodes say that this visitor is, and is that confirmed? */
export function judge(step: Step, key: string, visitor: VisitorTrack, onChange: OnZoneChange): void {
  const { zone, confidence } = step.derived.estimator.estimate(visitor.tracks, visitor.zone, step.nowMs);
  visitor.confidence = confidence;
  if (zone === undefined) return;
  if (zone === visitor.zone) {
    visitor.candidate = '';
    return;
  }
  const confirmMs = (step.state.setup.policy?.presence.confirmS ?? 0) * SECOND_MS;
  if (zone !== visitor.candidate) {
    visitor.candidate = zone;
    visitor.candidateMs = step.nowMs;
    due(step, step.nowMs + confirmMs);
  }
  if (step.nowMs - visitor.candidateMs >= confirmMs) move(step, key, visitor, onChange);
}

/** The candidate is confirmed: leave the old zone, enter the new one. */
function move(step: Step, key: string, visitor: VisitorTrack, onChange: OnZoneChange): void {
  const zone = visitor.candidate;
  const sinceMs = visitor.candidateMs;
  if (visitor.zone !== '') leave(step, key, visitor, { atMs: sinceMs, onChange });
  visitor.zone = zone;
  visitor.sinceMs = sinceMs;
  visitor.candidate = '';
  visitor.dwellTold = 0;
  visitor.decided = false;
  occupantsOf(step.derived, zone).add(key);
  countEnter(step, zone, key);
  step.stale.zones.add(zone);
  due(step, nextDwellAt(step, visitor));
  tell(step, key, visitor, { change: 'enter', dwellMs: step.nowMs - sinceMs, onChange });
}

function leave(
  step: Step,
  key: string,
  visitor: VisitorTrack,
  how: { atMs: number; onChange: OnZoneChange },
): void {
  const dwellMs = Math.max(0, how.atMs - visitor.sinceMs);
  takeOut(step, key, visitor, dwellMs);
  tell(step, key, visitor, { change: 'exit', dwellMs, onChange: how.onChange });
}

/** Out of the books of its zone, without a word. */
function takeOut(step: Step, key: string, visitor: VisitorTrack, dwellMs: number): void {
  occupantsOf(step.derived, visitor.zone).delete(key);
  countLeave(step, visitor.zone, { sinceMs: visitor.sinceMs, untilMs: visitor.sinceMs + dwellMs });
  step.stale.zones.add(visitor.zone);
  const { stays } = step.state.presence;
  const ended = stays.get(visitor.zone) ?? [];
  ended.push([step.nowMs, dwellMs]);
  if (ended.length > STAYS_HELD) ended.shift();
  stays.set(visitor.zone, ended);
}

function tell(
  step: Step,
  key: string,
  visitor: VisitorTrack,
  what: { change: ZoneChange['change']; dwellMs: number; onChange: OnZoneChange },
): void {
  const zoneOf = (node: string) => step.derived.nodes.get(node)?.zone;
  const change: ZoneChange = {
    visitor: key,
    ...(key.startsWith('s:') ? { sid: key.slice(2) } : {}),
    zone: visitor.zone,
    change: what.change,
    dwellMs: what.dwellMs,
    confidence: visitor.confidence,
    nodes: visitor.tracks
      .filter(({ node }) => zoneOf(node) === visitor.zone)
      .map(({ node }) => node)
      .slice(0, 32),
  };
  const id = step.emit('presence.zone', change);
  if (change.change === 'enter') visitor.enteredId = id;
  what.onChange(step, key, visitor, change);
}

/** Nothing of this visitor may be known any more (a consent ended): gone at once and without an event. */
export function forgetVisitor(step: Step, key: string): void {
  const visitor = step.state.presence.visitors.get(key);
  if (visitor === undefined) return;
  if (visitor.zone !== '') takeOut(step, key, visitor, Math.max(0, step.nowMs - visitor.sinceMs));
  step.state.presence.visitors.delete(key);
}

/** Time has passed: confirm, tell dwells, forget. */
export function sweepVisitors(step: Step, onChange: OnZoneChange): void {
  const { presence, setup } = step.state;
  if (step.nowMs < presence.dueMs) return;
  presence.dueMs = NEVER_MS;
  const confirmMs = (setup.policy?.presence.confirmS ?? 0) * SECOND_MS;
  const forget = forgetMs(step);
  for (const [key, visitor] of presence.visitors) {
    if (step.nowMs - visitor.heardMs >= forget) {
      if (visitor.zone !== '') leave(step, key, visitor, { atMs: visitor.heardMs, onChange });
      presence.visitors.delete(key);
      continue;
    }
    // A first zone is confirmed by silence too; a change of zone needs somebody to hear it, or one echo would do.
    if (visitor.candidate !== '' && visitor.zone === '') {
      if (step.nowMs - visitor.candidateMs >= confirmMs) judge(step, key, visitor, onChange);
      else due(step, visitor.candidateMs + confirmMs);
    }
    tellDwell(step, key, visitor, onChange);
    due(step, Math.min(visitor.heardMs + forget, nextDwellAt(step, visitor)));
  }
}

function tellDwell(step: Step, key: string, visitor: VisitorTrack, onChange: OnZoneChange): void {
  if (visitor.zone === '' || step.nowMs < nextDwellAt(step, visitor)) return;
  const dwellMs = step.nowMs - visitor.sinceMs;
  visitor.dwellTold = dwellMs;
  tell(step, key, visitor, { change: 'dwell', dwellMs, onChange });
}

function nextDwellAt(step: Step, visitor: VisitorTrack): number {
  if (visitor.zone === '') return NEVER_MS;
  const { dwells } = step.derived;
  const stays = dwells.get(visitor.zone) ?? dwells.get('') ?? [];
  const next = stays.find((stay) => stay > visitor.dwellTold);
  return next === undefined ? NEVER_MS : visitor.sinceMs + next;
}

export function forgetMs(step: Step): number {
  return (step.state.setup.policy?.presence.forgetS ?? MINUTE_MS / SECOND_MS) * SECOND_MS;
}

/** Something must happen at this time, if nothing else does before. */
export function due(step: Step, atMs: number): void {
  if (atMs < step.state.presence.dueMs) step.state.presence.dueMs = atMs;
}
