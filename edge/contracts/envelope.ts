import type { TopicName } from './topic-table.js';
import type { TopicData } from './topics.js';

/**
 * The one event shape of Endcap: CloudEvents 1.0 in JSON with the extensions `partitionkey`, `sequence`,
 * `recordedtime` and `ecpos`. Everything in the journal, on MQTT, over HTTP and in Kafka is one of these.
 */
export interface StoreEvent<T extends TopicName = TopicName> {
  readonly specversion: '1.0';
  /** From the origin, or the natural key of what happened; unique within `source`. */
  readonly id: string;
  /** `/store/<store>/<device>` */
  readonly source: string;
  readonly type: T;
  /** When it happened by the device's word: RFC 3339 with offset. Absent when the device has no clock. */
  readonly time?: string;
  /** What the device wrote where that is not a usable `time`. */
  readonly devicetime?: string;
  /** Receipt at the store: RFC 3339 UTC from the persisted hybrid clock, never decreasing. */
  readonly recordedtime: string;
  /** The entity the event is about: shopper, sku, till, screen. */
  readonly partitionkey: string;
  /** `<type>/<version>`, for example `pos.transaction/1`. */
  readonly dataschema: string;
  readonly data: TopicData<T>;
  /** True when the event arrived out of its order or late by the device's clock; it is counted all the same. */
  readonly late?: boolean;
}

/** An event together with the place the journal gave it. */
export interface JournalledEvent<T extends TopicName = TopicName> {
  /** Global, increasing, not dense. */
  readonly offset: number;
  /** Dense within the lane, from 1; absent for events that are not mirrored. */
  readonly sequence?: number;
  /** Offset of the event whose step produced this one; absent for events from outside. */
  readonly cause?: number;
  readonly event: StoreEvent<T>;
}

/** Narrow an event of unknown type to one topic. */
export function isType<T extends TopicName>(event: StoreEvent, type: T): event is StoreEvent<T> {
  return event.type === type;
}
