import type { EventClass } from './classes.js';

/** What of a topic travels to HQ. */
export type Mirror = 'full' | 'aggregate' | 'none';
/** `in`: observed at the rim; `out`: made by the core; `down`: comes from HQ or the store's own files. */
export type Direction = 'in' | 'out' | 'down';

export interface TopicRow {
  readonly class: EventClass;
  readonly direction: Direction;
  readonly mirror: Mirror;
  /** The field of `data` that becomes `partitionkey`. */
  readonly key: string;
  readonly version: number;
}

const topic = (eventClass: EventClass, direction: Direction, mirror: Mirror, key: string): TopicRow => ({
  class: eventClass,
  direction,
  mirror,
  key,
  version: 1,
});

/**
 * The one list of event types; `topics.ts` adds their schemas. It stands alone, so that a thread that only stores
 * events need not load the schema library. Nothing outside writes a topic name as a literal type of its own.
 */
export const TOPIC_TABLE = {
  'presence.sighting': topic('P3', 'in', 'none', 'visitor'),
  'presence.traffic': topic('P3', 'in', 'full', 'zone'),
  'presence.zone': topic('P3', 'out', 'full', 'visitor'),
  'presence.minute': topic('P3', 'out', 'aggregate', 'zone'),
  'shelf.reading': topic('P2', 'in', 'full', 'shelf'),
  'stock.level': topic('P2', 'out', 'full', 'sku'),
  'pos.transaction': topic('P0', 'in', 'full', 'till'),
  'coupon.request': topic('P0', 'in', 'none', 'couponId'),
  'coupon.issued': topic('P0', 'out', 'full', 'couponId'),
  'coupon.redeemed': topic('P0', 'out', 'full', 'couponId'),
  'coupon.answered': topic('P0', 'out', 'none', 'couponId'),
  'fraud.verdict': topic('P1', 'out', 'full', 'couponId'),
  'consent.receipt': topic('P0', 'in', 'full', 'sid'),
  'consent.withdrawn': topic('P0', 'in', 'full', 'sid'),
  'loyalty.profile': topic('P1', 'in', 'full', 'sid'),
  'erasure.done': topic('P0', 'in', 'full', 'sid'),
  'promo.decision': topic('P1', 'out', 'full', 'decisionId'),
  'promo.stop': topic('P1', 'in', 'full', 'stopId'),
  'media.play': topic('P1', 'in', 'full', 'screen'),
  'push.sent': topic('P1', 'in', 'full', 'sid'),
  'push.clicked': topic('P1', 'in', 'full', 'sid'),
  'device.online': topic('P2', 'in', 'full', 'device'),
  'device.offline': topic('P2', 'in', 'full', 'device'),
  tick: topic('P3', 'in', 'none', 'at'),
  'gap.declared': topic('P0', 'out', 'full', 'lane'),
  'gap.shed': topic('P0', 'out', 'none', 'class'),
  'quarantine.event': topic('P0', 'in', 'full', 'quarantineId'),
  'audit.entry': topic('P0', 'in', 'full', 'by'),
  'hq.campaign': topic('P1', 'down', 'none', 'id'),
  'hq.catalog': topic('P1', 'down', 'none', 'batch'),
  'hq.policy': topic('P1', 'down', 'none', 'store'),
} as const;

export type TopicName = keyof typeof TOPIC_TABLE;

export const TOPIC_NAMES = Object.keys(TOPIC_TABLE) as readonly TopicName[];

export function isTopicName(name: string): name is TopicName {
  return Object.hasOwn(TOPIC_TABLE, name);
}

const SCHEMA_NAMES = Object.fromEntries(
  TOPIC_NAMES.map((name) => [name, `${name}/${TOPIC_TABLE[name].version}`]),
) as Readonly<Record<TopicName, string>>;

/** `<type>/<version>` of the current schema. */
export function dataschemaOf(type: TopicName): string {
  return SCHEMA_NAMES[type];
}

/** True when events of this type carry a lane sequence and travel to HQ. */
export function isMirrored(type: TopicName): boolean {
  return TOPIC_TABLE[type].mirror !== 'none' && TOPIC_TABLE[type].class !== 'P4';
}
