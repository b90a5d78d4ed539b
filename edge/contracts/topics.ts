import type { Static, TSchema } from '@sinclair/typebox';
import { Campaign, CatalogBatch } from './campaign.js';
import type { EventClass } from './classes.js';
import { StorePolicy } from './config.js';
import * as coupon from './events/coupon.js';
import * as decision from './events/decision.js';
import * as operations from './events/operations.js';
import * as person from './events/person.js';
import * as pos from './events/pos.js';
import * as presence from './events/presence.js';
import * as stock from './events/stock.js';

/** What of a topic travels to HQ. */
export type Mirror = 'full' | 'aggregate' | 'none';
/** `in`: observed at the rim; `out`: made by the core; `down`: comes from HQ or the store's own files. */
export type Direction = 'in' | 'out' | 'down';

interface TopicRow<S extends TSchema> {
  readonly class: EventClass;
  readonly direction: Direction;
  readonly mirror: Mirror;
  /** The field of `data` that becomes `partitionkey`. */
  readonly key: string;
  readonly version: number;
  readonly schema: S;
}

const topic = <S extends TSchema>(
  eventClass: EventClass,
  direction: Direction,
  mirror: Mirror,
  key: string,
  schema: S,
): TopicRow<S> => ({ class: eventClass, direction, mirror, key, version: 1, schema });

/** The one list of event types. Nothing outside this file writes a topic name as a literal type of its own. */
export const TOPICS = {
  'presence.sighting': topic('P3', 'in', 'none', 'visitor', presence.Sighting),
  'presence.traffic': topic('P3', 'in', 'full', 'zone', presence.TrafficCount),
  'presence.zone': topic('P3', 'out', 'full', 'visitor', presence.ZoneChange),
  'presence.minute': topic('P3', 'out', 'aggregate', 'zone', presence.PresenceMinute),
  'shelf.reading': topic('P2', 'in', 'full', 'shelf', stock.ShelfReading),
  'stock.level': topic('P2', 'out', 'full', 'sku', stock.StockLevel),
  'pos.transaction': topic('P0', 'in', 'full', 'till', pos.PosTransaction),
  'coupon.request': topic('P0', 'in', 'none', 'couponId', coupon.CouponRequest),
  'coupon.issued': topic('P0', 'out', 'full', 'couponId', coupon.CouponIssued),
  'coupon.redeemed': topic('P0', 'out', 'full', 'couponId', coupon.CouponRedeemed),
  'coupon.answered': topic('P0', 'out', 'none', 'couponId', coupon.CouponAnswered),
  'fraud.verdict': topic('P1', 'out', 'full', 'couponId', coupon.FraudVerdict),
  'consent.receipt': topic('P0', 'in', 'full', 'sid', person.ConsentReceipt),
  'consent.withdrawn': topic('P0', 'in', 'full', 'sid', person.ConsentWithdrawn),
  'loyalty.profile': topic('P1', 'in', 'full', 'sid', person.LoyaltyProfile),
  'promo.decision': topic('P1', 'out', 'full', 'decisionId', decision.PromoDecision),
  'promo.stop': topic('P1', 'in', 'full', 'stopId', decision.PromoStop),
  'media.play': topic('P1', 'in', 'full', 'screen', decision.MediaPlay),
  'push.sent': topic('P1', 'in', 'full', 'sid', decision.PushSent),
  'device.online': topic('P2', 'in', 'full', 'device', operations.DeviceState),
  'device.offline': topic('P2', 'in', 'full', 'device', operations.DeviceState),
  tick: topic('P3', 'in', 'none', 'at', operations.Tick),
  'gap.declared': topic('P0', 'out', 'full', 'lane', operations.GapDeclared),
  'quarantine.event': topic('P0', 'in', 'full', 'quarantineId', operations.QuarantineEvent),
  'audit.entry': topic('P0', 'in', 'full', 'by', operations.AuditEntry),
  'hq.campaign': topic('P1', 'down', 'none', 'id', Campaign),
  'hq.catalog': topic('P1', 'down', 'none', 'batch', CatalogBatch),
  'hq.policy': topic('P1', 'down', 'none', 'store', StorePolicy),
} as const;

export type TopicName = keyof typeof TOPICS;
export type TopicData<T extends TopicName> = Static<(typeof TOPICS)[T]['schema']>;

export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];

export function isTopicName(name: string): name is TopicName {
  return Object.hasOwn(TOPICS, name);
}

/** `<type>/<version>` of the current schema. */
export function dataschemaOf(type: TopicName): string {
  return `${type}/${TOPICS[type].version}`;
}

/** True when events of this type carry a lane sequence and travel to HQ. */
export function isMirrored(type: TopicName): boolean {
  return TOPICS[type].mirror !== 'none' && TOPICS[type].class !== 'P4';
}
