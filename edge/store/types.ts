import type { AlarmCode, Facts, JournalledEvent, Lane, StoreEvent, TopicName } from '../contracts/index.js';

/**
 * What is done to an event between memory and disk. `open(seal(event))` equals `event` as long as the key of its
 * shopper exists; after that it is the same event of a guest. Never throws; topic, id, time and order are untouched.
 */
export interface EventSeal {
  seal(event: StoreEvent): StoreEvent;
  open(event: StoreEvent): StoreEvent;
}

/**
 * The same for the state. What `seal` gives, put together, opens as `state` for as long as the keys of its shoppers
 * exist; without a key its shopper is nobody in it. `open` also takes what was never sealed. Neither throws.
 */
export interface StateSeal {
  /** Works in slices, so that a large state never holds the loop up. */
  seal(state: string): Promise<readonly string[]>;
  open(text: string): string;
}

/** Places given to events of one append, in the order they were handed in. */
export interface Place {
  readonly offset: number;
  readonly sequence?: number;
}

export interface ReadOptions {
  /** Exclusive. 0 reads from the beginning. */
  readonly after: number;
  readonly limit: number;
  /** Not together with `inputs`. */
  readonly types?: readonly TopicName[];
  /** Also leave out events recorded before this instant (epoch ms). */
  readonly fromMs?: number;
  /** Only what came from outside: the outputs of steps are neither read nor opened. */
  readonly inputs?: boolean;
}

/** One record of a lane, as the uplink sends it. */
export interface LaneRecord {
  readonly lane: Lane;
  readonly sequence: number;
  /** CRC of the record before it in the lane; 0 for the first of a journal. */
  readonly prevCrc: number;
  readonly crc: number;
  readonly offset: number;
  readonly kind: 'event' | 'placeholder' | 'gap';
  /** Set for a gap: the last sequence of the hole that starts at `sequence`. */
  readonly gapTo?: number;
  readonly type: TopicName;
  readonly key: string;
  /** The event as it lies on the disk, UTF-8 JSON: person-level fields are sealed. */
  readonly payload: Buffer;
}

export interface LaneHead {
  readonly lane: Lane;
  /** Highest sequence given out; 0 when the lane is empty. */
  readonly head: number;
  /** Lowest sequence still held. */
  readonly tail: number;
}

export interface JournalStats {
  readonly jid: string;
  readonly bytes: number;
  readonly quotaBytes: number;
  readonly segments: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly lanes: readonly LaneHead[];
  /** Events shed so far by class, each covered by a declared gap. */
  readonly shed: Readonly<Record<string, number>>;
  readonly commits: number;
  readonly rows: number;
  /** Set while writing does not work: DiskFull, DiskFailed, QuotaReached. */
  readonly trouble?: string;
  readonly alarms: readonly {
    readonly code: AlarmCode;
    readonly text: string;
    readonly facts?: Facts;
    readonly sinceMs: number;
  }[];
}

/**
 * The journal: the one place where events become durable. Every promise resolves after the fsync, never before,
 * and rejects with RefusalError (QuotaReached, DiskFull, DiskFailed, Stopping).
 */
export interface Journal {
  readonly jid: string;
  /** Events from outside. Order of calls is order of offsets. */
  append(events: readonly StoreEvent[]): Promise<readonly Place[]>;
  /** A step of the engine: outputs and cursor in one transaction of the `keep` family. `causes[i]` made `outputs[i]`. */
  step(step: {
    cursor: number;
    outputs: readonly StoreEvent[];
    causes: readonly number[];
  }): Promise<readonly Place[]>;
  /** Durable named positions: uplink acknowledgements, consumer offsets. Never goes into a segment that may be dropped. */
  mark(name: string, value: string): Promise<void>;
  marks(): ReadonlyMap<string, string>;
  /** Engine cursor as of the last durable step. */
  cursor(): number;
  /** Called after commit, in offset order, in the main thread. Returns the way to stop. */
  onCommitted(listener: (events: readonly JournalledEvent[]) => void): () => void;
  /** The loop has handled all up to this offset: newer events are at hand in memory for it, within bounds. */
  handled(offset: number): void;
  /** Throws RefusalError (Busy) while a damaged segment in the way is being repaired; the same call works then. */
  read(options: ReadOptions): readonly JournalledEvent[];
  readOffset(offset: number): JournalledEvent | undefined;
  /** By event id, newest first; for `explain` and idempotency. */
  readId(id: string): JournalledEvent | undefined;
  readLane(lane: Lane, afterSequence: number, limit: number, bytesMax: number): readonly LaneRecord[];
  /** Replace a record that HQ refuses by a placeholder with its sequence; the original moves to quarantine. */
  bury(lane: Lane, sequence: number, reason: string): Promise<void>;
  /** Tell the journal how far HQ has a lane, so that retention may drop what was sent. */
  sent(lane: Lane, sequence: number): void;
  /** Two generations are kept; a segment may go only when both cover it. */
  saveCheckpoint(checkpoint: { offset: number; state: string }): Promise<void>;
  /** The same, and no older state is left, nor an event in memory: what was sealed away since is then nowhere. */
  renewCheckpoint(checkpoint: { offset: number; state: string }): Promise<void>;
  /** Newest that passes its checksum. */
  loadCheckpoint(): { offset: number; state: string } | undefined;
  stats(): JournalStats;
  close(): Promise<void>;
}
