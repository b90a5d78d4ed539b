import type { Refusal } from '../../contracts/index.js';
import type { Draft } from '../../ports.js';

/** What a decoder may know besides the bytes. Everything that changes comes in here, so that decoding stays pure. */
export interface Meta {
  /** MQTT topic; empty for a document that came over HTTP. */
  readonly topic: string;
  /** Who sent it, after authentication. */
  readonly device: string;
  readonly storeId: string;
  /** `s:<sid>` for an enrolled shopper who agreed to location, else `a:<hash of the day>`. Never store the tag itself. */
  visitorOf(tag: string): string;
}

/** No drafts and no rejection: understood, and nothing to keep. */
export type Decoded = { readonly drafts: readonly Draft[] } | { readonly rejection: Refusal };

/** One foreign format: pure and total, so it never throws and never waits. */
export interface Adapter {
  readonly name: string;
  readonly version: string;
  /** MQTT topic filters of the format. */
  readonly topics: readonly string[];
  /** Filters whose last message new subscribers get; the retain flag is ignored elsewhere. */
  readonly retained?: readonly string[];
  decode(bytes: Buffer, meta: Meta): Decoded;
  /**
   * Only where messages name devices of persons: the identities in this topic, to be blotted wherever they stand.
   * What such a format cannot read is masked without mercy.
   */
  identities?(topic: string): readonly string[];
}
