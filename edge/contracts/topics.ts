import type { Static, TSchema } from '@sinclair/typebox';
import { Campaign, CatalogBatch } from './campaign.js';
import { StorePolicy } from './config.js';
import * as coupon from './events/coupon.js';
import * as decision from './events/decision.js';
import * as operations from './events/operations.js';
import * as person from './events/person.js';
import * as pos from './events/pos.js';
import * as presence from './events/presence.js';
import * as stock from './events/stock.js';
import { TOPIC_NAMES, TOPIC_TABLE, type TopicName, type TopicRow } from './topic-table.js';

/** What the data of each type looks like, at the version of the table. */
const SCHEMAS = {
  'presence.sighting': presence.Sighting,
  'presence.traffic': presence.TrafficCount,
  'presence.zone': presence.ZoneChange,
  'presence.minute': presence.PresenceMinute,
  'shelf.reading': stock.ShelfReading,
  'stock.level': stock.StockLevel,
  'pos.transaction': pos.PosTransaction,
  'coupon.request': coupon.CouponRequest,
  'coupon.issued': coupon.CouponIssued,
  'coupon.redeemed': coupon.CouponRedeemed,
  'coupon.answered': coupon.CouponAnswered,
  'fraud.verdict': coupon.FraudVerdict,
  'consent.receipt': person.ConsentReceipt,
  'consent.withdrawn': person.ConsentWithdrawn,
  'loyalty.profile': person.LoyaltyProfile,
  'erasure.done': person.ErasureDone,
  'promo.decision': decision.PromoDecision,
  'promo.stop': decision.PromoStop,
  'media.play': decision.MediaPlay,
  'push.sent': decision.PushSent,
  'push.clicked': decision.PushClicked,
  'device.online': operations.DeviceState,
  'device.offline': operations.DeviceState,
  tick: operations.Tick,
  'gap.declared': operations.GapDeclared,
  'gap.shed': operations.GapShed,
  'quarantine.event': operations.QuarantineEvent,
  'audit.entry': operations.AuditEntry,
  'hq.campaign': Campaign,
  'hq.catalog': CatalogBatch,
  'hq.policy': StorePolicy,
} as const satisfies Record<TopicName, TSchema>;

type Topics = { readonly [T in TopicName]: TopicRow & { readonly schema: (typeof SCHEMAS)[T] } };
export type TopicData<T extends TopicName> = Static<(typeof SCHEMAS)[T]>;

/** Every event type with its class, direction, mirror, key, version and schema. */
export const TOPICS = Object.fromEntries(
  TOPIC_NAMES.map((name) => [name, { ...TOPIC_TABLE[name], schema: SCHEMAS[name] }]),
) as unknown as Topics;
