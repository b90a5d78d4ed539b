import kafkajs, { type Admin, type Producer } from 'kafkajs';
import {
  KafkaFailure,
  type KafkaFailureCode,
  type KafkaPort,
  type RawBatch,
  type TopicSpec,
} from './kafka.js';

// kafkajs is CommonJS: not all of its names can be imported one by one.
const { ConfigResourceTypes, Kafka, logLevel, Partitioners } = kafkajs;

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Longest time one call may take, whatever the library does meanwhile. */
const CALL_TIMEOUT_MS = 15_000;
/** Whoever stops does not wait long for a broker that does not answer. */
const CLOSE_TIMEOUT_MS = 2_000;
const ACKS_ALL = -1;

export interface KafkajsOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Milliseconds after which a call is given up; default 15,000. */
  readonly callTimeoutMs?: number;
}

/**
 * The Kafka port on kafkajs. One idempotent producer a topic, no stubborn retries: trying again, and when, is
 * the business of the caller.
 */
export function createKafkajsClient(options: KafkajsOptions): KafkaPort {
  const kafka = new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const producers = new Map<string, Promise<Producer>>();
  const call = <T>(work: () => Promise<T>) => limited(work, options.callTimeoutMs ?? CALL_TIMEOUT_MS);

  const producerOf = (topic: string): Promise<Producer> => {
    const before = producers.get(topic);
    if (before !== undefined) return before;
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      // The library insists on one; the record sequence makes that repeat harmless.
      retry: { retries: 1, initialRetryTime: 100 },
    });
    const connected = producer.connect().then(() => producer);
    producers.set(topic, connected);
    return connected;
  };

  const drop = async (topic: string) => {
    const producer = producers.get(topic);
    producers.delete(topic);
    // Nobody waits for a connection that may be dead; what it still says is of no interest.
    producer?.then((connected) => connected.disconnect()).catch(() => undefined);
  };

  const withAdmin = <T>(work: (admin: Admin) => Promise<T>): Promise<T> =>
    call(async () => {
      const admin = kafka.admin({ retry: { retries: 0 } });
      try {
        await admin.connect();
        return await work(admin);
      } finally {
        admin.disconnect().catch(() => undefined);
      }
    });

  return {
    send: (batch) => call(async () => sendBatch(await producerOf(batch.topic), batch)),
    drop,
    createTopics: (specs, replicas) => withAdmin((admin) => createMissing(admin, specs, replicas)),
    describeTopics: (names) => withAdmin((admin) => describe(admin, names)),
    endOffsets: (topic) =>
      withAdmin(async (admin) => {
        const offsets = await admin.fetchTopicOffsets(topic);
        return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
      }),
    async close() {
      const all = [...producers.values()];
      producers.clear();
      const disconnect = async (producer: Promise<Producer>) => (await producer).disconnect();
      await Promise.allSettled(all.map((producer) => limited(() => disconnect(producer), CLOSE_TIMEOUT_MS)));
    },
  };
}

async function sendBatch(producer: Producer, { topic, partition, records }: RawBatch): Promise<void> {
  const messages = records.map(({ key, value, headers }) => ({
    key,
    value,
    headers: { ...headers },
    partition,
  }));
  const answers = await producer.send({ topic, acks: ACKS_ALL, timeout: REQUEST_TIMEOUT_MS, messages });
  const taken = answers.length === 1 && answers[0]?.partition === partition && answers[0].errorCode === 0;
  if (!taken) throw new KafkaFailure('Failed', `the broker did not confirm ${topic}/${partition}`);
}

async function createMissing(admin: Admin, specs: readonly TopicSpec[], replicas: number): Promise<void> {
  const known = new Set(await admin.listTopics());
  const missing = specs.filter((spec) => !known.has(spec.name));
  if (missing.length === 0) return;
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map((spec) => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      replicationFactor: replicas,
      configEntries: Object.entries(spec.config).map(([name, value]) => ({ name, value })),
    })),
  });
}

async function describe(admin: Admin, names: readonly string[]) {
  const known = new Set(await admin.listTopics());
  const present = names.filter((name) => known.has(name));
  if (present.length === 0) return [];
  const { topics } = await admin.fetchTopicMetadata({ topics: present });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: present.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  return topics.map((topic) => {
    const entries = resources.find((resource) => resource.resourceName === topic.name)?.configEntries ?? [];
    return {
      name: topic.name,
      partitions: topic.partitions.length,
      replicas: Math.min(...topic.partitions.map((partition) => partition.replicas.length)),
      config: Object.fromEntries(entries.map((entry) => [entry.configName, entry.configValue])),
    };
  });
}

async function limited<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new KafkaFailure('NoAnswer', `no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What the broker says about a record that it will not take however often it is sent. */
const RECORD_REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);
const TOPIC_PROBLEMS = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION']);
const SYSTEM_CODES: Readonly<Record<string, KafkaFailureCode>> = {
  ENOTFOUND: 'NameUnknown',
  EAI_AGAIN: 'NameUnknown',
  CERT_HAS_EXPIRED: 'CertificateRefused',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'CertificateRefused',
  SELF_SIGNED_CERT_IN_CHAIN: 'CertificateRefused',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'CertificateRefused',
  ERR_TLS_CERT_ALTNAME_INVALID: 'CertificateRefused',
};

/** kafkajs wraps errors in errors; the innermost one that we know names the failure. */
function failureOf(error: unknown): KafkaFailure {
  if (error instanceof KafkaFailure) return error;
  let code: KafkaFailureCode = 'Failed';
  let detail = String(error);
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    detail = at.message;
    code = codeOf(at) ?? code;
  }
  return new KafkaFailure(code, detail, { cause: error });
}

function codeOf(error: Error): KafkaFailureCode | undefined {
  const type = 'type' in error ? String(error.type) : '';
  if (RECORD_REFUSALS.has(type)) return 'RecordRefused';
  if (TOPIC_PROBLEMS.has(type)) return 'TopicMissing';
  if (type.includes('AUTHORIZATION_FAILED') || error.name === 'KafkaJSSASLAuthenticationError')
    return 'NotAllowed';
  const system = SYSTEM_CODES['code' in error ? String(error.code) : ''];
  if (system !== undefined) return system;
  if (error.name === 'KafkaJSConnectionError' || error.name === 'KafkaJSBrokerNotFound') return 'Unreachable';
  if (error.name === 'KafkaJSRequestTimeoutError') return 'NoAnswer';
  return undefined;
}
