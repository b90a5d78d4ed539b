import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startGate } from './gate/start.js';
import { createKafkajsClient } from './kafkajs-client.js';
import { ComponentMissing, type OnProgress } from './provision/component.js';
import { provisionFlink, provisionKafka } from './provision/jars.js';
import { startKafka } from './provision/kafka-server.js';
import { bridgeTopics } from './topics.js';

const RESTART_PAUSE_MS = 1_000;
const SINGLE_COPY = 1;

export interface HqOptions {
  /** Holds Kafka's log and the gate's checkpoints; what is there is continued. */
  readonly directory: string;
  readonly port?: number;
  readonly partitions?: number;
  readonly onProgress?: OnProgress;
}

/** A headquarters on this machine: one Kafka node, the topics, and the gate on Flink. */
export interface Hq {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** Provision and start everything. Rejects with ComponentMissing, which says in one sentence what is in the way. */
export async function startHq(options: HqOptions): Promise<Hq> {
  try {
    return await start(options);
  } catch (error) {
    if (error instanceof ComponentMissing) throw error;
    throw new ComponentMissing('hq', 'StartFailed', error instanceof Error ? error.message : String(error));
  }
}

async function start(options: HqOptions): Promise<Hq> {
  const say = options.onProgress ?? (() => undefined);
  const kafkaProgram = await provisionKafka({ onProgress: say });
  const flinkProgram = await provisionFlink({ onProgress: say });
  say('kafka: starting');
  const kafka = await startKafka({
    program: kafkaProgram,
    directory: join(options.directory, 'kafka'),
    port: options.port ?? 9092,
  });
  const client = createKafkajsClient({ brokers: kafka.brokers, clientId: 'endcap-hq' });
  try {
    await client.createTopics(bridgeTopics(options.partitions ?? 1), SINGLE_COPY);
    say(`kafka: ready on ${kafka.brokers.join(', ')}`);
    say('gate: starting (about 10 s)');
    const gate = await startGate({
      program: flinkProgram,
      directory: join(options.directory, 'gate'),
      brokers: kafka.brokers,
      client,
    });
    say('gate: running');
    const watch = [keepRunning('kafka', kafka, say), keepRunning('gate', gate, say)];
    return {
      brokers: kafka.brokers,
      async stop() {
        await Promise.all(watch.map((stopWatching) => stopWatching()));
        await gate.stop();
        await kafka.stop();
      },
    };
  } catch (error) {
    await kafka.stop();
    throw error;
  } finally {
    await client.close();
  }
}

/** Start it again whenever it ends by itself. The answer stops watching, once no restart is under way. */
function keepRunning(
  name: string,
  server: { gone(): Promise<void>; restart(): Promise<void> },
  say: OnProgress,
): () => Promise<void> {
  const stopped = new AbortController();
  let restarting: Promise<void> = Promise.resolve();
  const watch = async () => {
    for (;;) {
      await server.gone();
      if (stopped.signal.aborted) return;
      say(`${name}: ended, starting it again`);
      await delay(RESTART_PAUSE_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) return;
      restarting = server.restart().catch((error: unknown) => say(`${name}: ${String(error)}`));
      await restarting;
    }
  };
  void watch();
  return async () => {
    stopped.abort();
    await restarting;
  };
}
