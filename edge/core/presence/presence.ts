import type { StoreEvent, ZoneChange } from '../../contracts/index.js';
import { occupantsOf } from '../derived.js';
import type { Step } from '../step.js';
import { MINUTE_MS, NEVER_MS, parseInstantMs, SECOND_MS } from '../time.js';
import type { NodeTrack } from './estimator.js';
import { countEnter, countLeave } from './minutes.js';
import type { VisitorTrack } from './state.js';

/** Called for every change of zone, after it was told. */
export type OnZoneChange = (step: Step, visitor: string, track: VisitorTrack, change: ZoneChange) => void;

/** Flood guard: a beacon storm may not eat the box's memory. */
const VISITORS_MAX = 50_000;
/** A counter that falls by more than this was restarted, not reordered. */
const SEQ_REORDER_MAX = 1_000;
const STAYS_HELD = 200;

/** A node heard a tag: fold it in, and see whether that moves the visitor. */
export function takeSighting(
  step: Step,
  event: StoreEvent<'presence.sighting'>,
  onChange: OnZoneChange,
): void {
  const { presence } = step.state;
  const { node: nodeId, rssi } = event.data;
  const node = step.derived.nodes.get(nodeId);
  const policy = step.state.setup.policy?.presence;
  if (node === undefined || policy === undefined) {
    presence.ignored.unknownNode += 1;
    return;
  }
  const strength = rssi + (node.rssiOffset ?? 0);
  if (strength < policy.minRssi) {
    presence.ignored.weak += 1;
    return;
  }
  const saidMs = event.time === undefined ? step.nowMs : Math.min(parseInstantMs(event.time), step.nowMs);
  if (event.late === true || step.nowMs - saidMs > policy.forgetS * SECOND_MS) {
    presence.ignored.late += 1;
    return;
  }
  const visitor = presence.visitors.get(event.data.visitor) ?? newVisitor(step, event.data.visitor);
  if (visitor === undefined || !fold(step, visitor, event, { strength, saidMs })) return;
  visitor.heardMs = step.nowMs;
  judge(step, event.data.visitor, visitor, onChange);
}

function newVisitor(step: Step, key: string): VisitorTrack | undefined {
  const { presence } = step.state;
  if (presence.visitors.size >= VISITORS_MAX) {
    presence.ignored.full += 1;
    return undefined;
  }
  const visitor: VisitorTrack = {
    zone: '',
    sinceMs: 0,
    candidate: '',
    candidateMs: 0,
    heardMs: step.nowMs,
    dwellTold: 0,
    decided: false,
    enteredId: '',
    confidence: 0,
    tracks: [],
  };
  presence.visitors.set(key, visitor);
  due(step, step.nowMs + forgetMs(step));
  return visitor;
}

/** False for a repeat or a straggler, which must not move anybody. */
function fold(
  step: Step,
  visitor: VisitorTrack,
  event: StoreEvent<'presence.sighting'>,
  reading: { strength: number; saidMs: number },
): boolean {
  const { node, seq = -1 } = event.data;
  const { strength, saidMs } = reading;
  const track = visitor.tracks.find((candidate) => candidate.node === node);
  if (track === undefined) {
    visitor.tracks.push({ node, rssi: strength, raw: strength, atMs: step.nowMs, saidMs, seq });
    return true;
  }
  if (isRepeat(track, seq, event.time === undefined ? undefined : saidMs, strength)) {
    step.state.presence.ignored.repeated += 1;
    return false;
  }
  track.seq = seq;
  track.saidMs = saidMs;
  track.raw = strength;
  step.derived.estimator.fold(track, strength, step.nowMs);
  return true;
}

function isRepeat(track: NodeTrack, seq: number, saidMs: number | undefined, strength: number): boolean {
  if (seq >= 0 && track.seq >= 0) return seq <= track.seq && track.seq - seq < SEQ_REORDER_MAX;
  if (saidMs === undefined) return false;
  return saidMs < track.saidMs || (saidMs === track.saidMs && strength === track.raw);
}

function judge(step: Step, key: string, visitor: VisitorTrack, onChange: OnZoneChange): void {
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
    if (visitor.candidate !== '') {
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

function forgetMs(step: Step): number {
  return (step.state.setup.policy?.presence.forgetS ?? MINUTE_MS / SECOND_MS) * SECOND_MS;
}

function due(step: Step, atMs: number): void {
  if (atMs < step.state.presence.dueMs) step.state.presence.dueMs = atMs;
}
