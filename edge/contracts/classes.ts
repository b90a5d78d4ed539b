/**
 * The five event classes: what happens to an event when the disk or the link is short.
 * P0 is never dropped once acknowledged; P4 lives in memory only.
 */
export const EVENT_CLASSES = ['P0', 'P1', 'P2', 'P3', 'P4'] as const;
export type EventClass = (typeof EVENT_CLASSES)[number];

/** A lane is one class of one store; its sequence is dense. P4 has no lane. */
export type Lane = Exclude<EventClass, 'P4'>;
export const LANES: readonly Lane[] = ['P0', 'P1', 'P2', 'P3'];

/** Journal family: `keep` holds whatever must be atomic with a decision, `bulk` the high-volume readings. */
export type Family = 'keep' | 'bulk';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface ClassPolicy {
  readonly family: Family;
  /** What a sender hears when the quota is reached: `refuse` (503, no PUBACK) or `shed` (oldest dropped, gap declared). */
  readonly whenFull: 'refuse' | 'shed';
  /** How long an event is held after HQ has it (or was never meant to have it). */
  readonly keptMs: number;
  /** How long an event waits for HQ before it may be dropped; `Infinity` means up to the quota. */
  readonly unsentMs: number;
}

/** Source: the table in ARCHITECTURE.md, "Classes". */
export const CLASS_POLICY: Readonly<Record<Lane, ClassPolicy>> = {
  P0: { family: 'keep', whenFull: 'refuse', keptMs: 7 * DAY_MS, unsentMs: Number.POSITIVE_INFINITY },
  P1: { family: 'keep', whenFull: 'refuse', keptMs: 3 * DAY_MS, unsentMs: 30 * DAY_MS },
  P2: { family: 'bulk', whenFull: 'shed', keptMs: DAY_MS, unsentMs: 7 * DAY_MS },
  P3: { family: 'bulk', whenFull: 'shed', keptMs: 72 * HOUR_MS, unsentMs: 72 * HOUR_MS },
};

/** Decisions, plays and prices of class P1 are held longer, so that `explain` answers for a month. */
export const DECISION_KEPT_MS = 30 * DAY_MS;
