import type { StoreEvent } from '../../contracts/index.js';
import type { Step } from '../step.js';
import { parseInstantMs, SECOND_MS } from '../time.js';
import type { NodeTrack } from './estimator.js';
import { due, forgetMs, judge, type OnZoneChange } from './presence.js';
import type { VisitorTrack } from './state.js';

/** Flood guard: a beacon storm may not eat the box's memory. */
const VISITORS_MAX = 50_000;
/** A counter that falls by more than this was restarted, not reordered. */
const SEQ_REORDER_MAX = 1_000;

/** A node heard a tag: fold it in, and see whether that moves the visitor; answers whom, where the reading counted. */
export function takeSighting(
  step: Step,
  event: StoreEvent<'presence.sighting'>,
  onChange: OnZoneChange,
): VisitorTrack | undefined {
  const { presence } = step.state;
  const { node: nodeId, rssi } = event.data;
  const node = step.derived.nodes.get(nodeId);
  const policy = step.state.setup.policy?.presence;
  if (node === undefined || policy === undefined) {
    presence.ignored.unknownNode += 1;
    return undefined;
  }
  const strength = rssi + (node.rssiOffset ?? 0);
  if (strength < policy.minRssi) {
    presence.ignored.weak += 1;
    return undefined;
  }
  const saidMs = event.time === undefined ? step.nowMs : Math.min(parseInstantMs(event.time), step.nowMs);
  if (event.late === true || step.nowMs - saidMs > policy.forgetS * SECOND_MS) {
    presence.ignored.late += 1;
    return undefined;
  }
  const visitor = presence.visitors.get(event.data.visitor) ?? newVisitor(step, event.data.visitor);
  if (visitor === undefined || !fold(step, visitor, event, { strength, saidMs })) return undefined;
  visitor.heardMs = step.nowMs;
  judge(step, event.data.visitor, visitor, onChange);
  return visitor;
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
