import { NEVER_MS } from '../time.js';
import type { NodeTrack } from './estimator.js';

/** One tag on the floor: where it is, where it may be going, and how loud each node hears it. */
export interface VisitorTrack {
  /** Zone id, `''` while none is confirmed. */
  zone: string;
  /** Since when it has been in `zone`. */
  sinceMs: number;
  /** Zone that leads but is not confirmed yet, else `''`. */
  candidate: string;
  candidateMs: number;
  heardMs: number;
  /** Stay in ms for which a dwell was last reported. */
  dwellTold: number;
  /** This visit to the zone has had its one personal decision. */
  decided: boolean;
  /** Visit and reason for which hints were refused last; said once. */
  hintRefused?: string;
  /** Id of the event that told the enter, for the story. */
  enteredId: string;
  confidence: number;
  tracks: NodeTrack[];
}

/** Running sums of the current minute of one zone. */
export interface ZoneMinute {
  entered: number;
  /** Milliseconds stayed by those who already left within this minute. */
  leftDwellMs: number;
  /** Everybody seen in the zone in this minute. */
  seen: string[];
  counterIn: number;
}

/** Totals of one people counter within one of its boots. */
export interface CounterBoot {
  readonly boot: string;
  in: number;
  out: number;
}

export interface PresenceState {
  visitors: Map<string, VisitorTrack>;
  minutes: Map<string, ZoneMinute>;
  /** Start of the minute that is being summed. */
  minuteMs: number;
  /** When a visitor is next due for forgetting, confirming or a dwell. */
  dueMs: number;
  /** `zone|source` of a counter → its latest boots. */
  counters: Map<string, CounterBoot[]>;
  /** zone → people in and out by counter since the day began. */
  flow: Map<string, { in: number; out: number }>;
  /** zone → stays that ended lately: [ended at, stay in ms]. */
  stays: Map<string, [number, number][]>;
  /** Readings that counted but moved nobody: repeats, stragglers, unknown nodes, too weak. */
  ignored: { repeated: number; late: number; unknownNode: number; weak: number; full: number };
}

export function createPresenceState(): PresenceState {
  return {
    visitors: new Map(),
    minutes: new Map(),
    minuteMs: 0,
    dueMs: NEVER_MS,
    counters: new Map(),
    flow: new Map(),
    stays: new Map(),
    ignored: { repeated: 0, late: 0, unknownNode: 0, weak: 0, full: 0 },
  };
}
