import type { ListeningNode, PresencePolicy } from '../../contracts/index.js';
import { SECOND_MS } from '../time.js';

/** What is remembered of one node's hearing of one visitor. Plain data: it goes into checkpoints. */
export interface NodeTrack {
  readonly node: string;
  /** Smoothed strength, dBm, offset of the node included. */
  rssi: number;
  /** When it was last heard, by the store's clock. */
  atMs: number;
  /** Latest time of hearing by the device's word, to tell repeats and stragglers. */
  saidMs: number;
  /** Latest counter of the sender, -1 where it has none. */
  seq: number;
  /** Raw strength of the latest reading. */
  raw: number;
}

export interface Estimate {
  /** Where the visitor most likely is; `undefined` when no zone leads clearly. */
  readonly zone: string | undefined;
  /** 0 to 1. */
  readonly confidence: number;
}

/** Judges where a visitor is from what the nodes heard. A trained model may stand behind it later. */
export interface ZoneEstimator {
  /** Fold one reading into the track of its node. */
  fold(track: NodeTrack, rssi: number, atMs: number): void;
  /** `current` is where the visitor was taken to be so far. */
  estimate(tracks: readonly NodeTrack[], current: string, nowMs: number): Estimate;
}

/** A node that has gone silent loses strength at this rate, so that an old loud reading does not hold a visitor. */
const SILENCE_DB_PER_S = 2;
const UNHEARD = -1_000;
/**
 * A reading this far from the average is more likely a step of the visitor than noise and counts double. Simulated
 * at 1 Hz with 5 dB of noise: a change of zone is seen after 5 s instead of 7 s (p95), and a tag that lies still
 * with 8 dB between its zones does not flap in ten hours either way.
 */
const STEP_DB = 12;
const STEP_BOOST = 2;
/** A lead of this many dB counts as an even chance of two thirds … nearly sure from three times it. */
const CONFIDENCE_DB = 4;

/**
 * Strongest zone wins, with hysteresis. Smoothing is first order with weight dt / (dt + T): only arithmetic that
 * IEEE 754 fixes to the last bit, so that a replay on another machine gives the same answer.
 */
export function createStrongestZone(
  policy: PresencePolicy,
  nodes: ReadonlyMap<string, ListeningNode>,
): ZoneEstimator {
  const smoothingMs = policy.smoothingS * SECOND_MS;
  return {
    fold(track, rssi, atMs) {
      // Readings of the same instant still count a little.
      const dt = Math.max(atMs - track.atMs, 100);
      const surprise = rssi - track.rssi;
      const weight = (dt / (dt + smoothingMs)) * (Math.abs(surprise) > STEP_DB ? STEP_BOOST : 1);
      track.rssi += Math.min(weight, 1) * surprise;
      track.atMs = atMs;
    },
    estimate(tracks, current, nowMs) {
      let leader = '';
      let best = UNHEARD;
      let second = UNHEARD;
      let held = UNHEARD;
      for (const track of tracks) {
        const zone = nodes.get(track.node)?.zone;
        if (zone === undefined) continue;
        const silentMs = nowMs - track.atMs - smoothingMs;
        const strength = silentMs > 0 ? track.rssi - (silentMs / SECOND_MS) * SILENCE_DB_PER_S : track.rssi;
        if (zone === current && strength > held) held = strength;
        if (zone === leader) {
          if (strength > best) best = strength;
        } else if (strength > best) {
          second = best;
          best = strength;
          leader = zone;
        } else if (strength > second) {
          second = strength;
        }
      }
      if (leader === '') return { zone: undefined, confidence: 0 };
      const stays = current !== '' && leader !== current && best < held + policy.hysteresisDb;
      return { zone: stays ? current : leader, confidence: confidenceOf(stays ? 0 : best - second) };
    },
  };
}

function confidenceOf(leadDb: number): number {
  const odds = (leadDb + CONFIDENCE_DB) / (leadDb + 2 * CONFIDENCE_DB);
  return Math.round(Math.min(odds, 0.99) * 100) / 100;
}
