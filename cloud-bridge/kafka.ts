/**
 * Kafka as the bridge needs it: the smallest port, so that the client library can be swapped. Nothing that is
 * promised rests on the library: a rejected send means "nobody knows", and what was sent twice is removed at HQ.
 */

/** One record for a raw topic. */
export interface RawRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RawBatch {
  readonly topic: string;
  readonly partition: number;
  /** Sent in this order; not empty. */
  readonly records: readonly RawRecord[];
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicState extends TopicSpec {
  readonly replicas: number;
}

export interface KafkaPort {
  /** Resolves once all in-sync replicas have the batch. Rejects with KafkaFailure; then the outcome is unknown. */
  send(batch: RawBatch): Promise<void>;
  /** Forget the producer of this topic; the next send makes a new one. Never rejects. */
  drop(topic: string): Promise<void>;
  /** Create those that are missing; what exists is left as it is. */
  createTopics(specs: readonly TopicSpec[], replicas: number): Promise<void>;
  /** Only those that exist. */
  describeTopics(names: readonly string[]): Promise<readonly TopicState[]>;
  /** Next offset by partition. */
  endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>>;
  close(): Promise<void>;
}

export type KafkaFailureCode =
  | 'Unreachable'
  | 'NameUnknown'
  | 'CertificateRefused'
  | 'NoAnswer'
  | 'NotAllowed'
  | 'TopicMissing'
  | 'TopicUnsafe'
  | 'RecordRefused'
  | 'Failed';

/** Why HQ could not be reached or said no. `RecordRefused` means that these very records will never be taken. */
export class KafkaFailure extends Error {
  override readonly name = 'KafkaFailure';
  constructor(
    readonly code: KafkaFailureCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** What a driver did not name is a plain failure: try again. */
export function asFailure(error: unknown): KafkaFailure {
  if (error instanceof KafkaFailure) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new KafkaFailure('Failed', detail, { cause: error });
}
