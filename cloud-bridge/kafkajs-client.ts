import kafkajs, { type Admin, type Producer } from 'kafkajs';
import { KafkaFailure, type KafkaPort, type RawBatch, type TopicSpec } from './kafka.js';
import { failureOf } from './kafkajs-failure.js';

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
  /** Speak TLS, and only with who can prove its name. `ca` is PEM; absent: the authorities that the machine knows. */
  readonly tls?: { readonly ca?: string };
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
    ...(options.tls === undefined ? {} : { ssl: { ...options.tls, minVersion: 'TLSv1.2' } }),
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
