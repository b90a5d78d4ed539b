import { KafkaFailure, type KafkaPort, type RawBatch, type RawRecord } from '../../../cloud-bridge/kafka.js';
import { bridgeTopics } from '../../../cloud-bridge/topics.js';
import type { Clock } from '../../../edge/ports.js';

const START_MS = Date.parse('2026-11-23T08:00:00Z');

/** Time that moves only when somebody lets it: timers fire in order, as fast as the machine can. */
export function createSimulatedTime() {
  let now = 0;
  let count = 0;
  let timers: { at: number; id: number; work: () => void }[] = [];
  const after = (ms: number, work: () => void) => {
    count += 1;
    const id = count;
    timers.push({ at: now + ms, id, work });
    return () => {
      timers = timers.filter((timer) => timer.id !== id);
    };
  };
  const clock: Clock = {
    nowMs: () => START_MS + Math.floor(now),
    monotonicMs: () => now,
    untrusted: () => undefined,
  };
  return {
    clock,
    after,
    sleep: (ms: number) => new Promise<void>((done) => void after(ms, done)),
    /** Let everything that is due by then happen. */
    async runFor(ms: number): Promise<void> {
      const until = now + ms;
      for (;;) {
        await new Promise((done) => setImmediate(done));
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.id - b.id)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.at);
        next.work();
      }
      now = until;
    },
  };
}
export type SimulatedTime = ReturnType<typeof createSimulatedTime>;

export interface SimulatedFaults {
  /** Chance that a batch is stored and the sender hears of an error. */
  readonly ambiguous: number;
  /** Chance that a batch never arrives. */
  readonly lost: number;
  /** Chance that an answer takes longer than the sender waits; the batch is stored later, behind others. */
  readonly late: number;
  /** Control: say yes without storing, with this chance. An uplink cannot make up for that. */
  readonly lying: number;
}

/** A broker that stores in the order of arrival and is unkind by chance. */
export function createSimulatedHq(time: SimulatedTime, random: () => number, faults: SimulatedFaults) {
  const stored: (RawRecord & { topic: string })[] = [];
  const store = ({ topic, records }: RawBatch) =>
    void stored.push(...records.map((record) => ({ ...record, topic })));
  let up = true;

  const send = async (batch: RawBatch): Promise<void> => {
    await time.sleep(1 + random() * 20);
    if (!up || random() < faults.lost) throw new KafkaFailure('Unreachable', 'simulated');
    if (random() < faults.lying) return;
    if (random() < faults.late) {
      void time.sleep(random() * 400).then(() => store(batch));
      await time.sleep(100);
      throw new KafkaFailure('NoAnswer', 'simulated');
    }
    store(batch);
    await time.sleep(1 + random() * 20);
    if (random() < faults.ambiguous) throw new KafkaFailure('NoAnswer', 'simulated');
  };
  const client = (): KafkaPort => ({
    send,
    drop: async () => undefined,
    createTopics: async () => undefined,
    async describeTopics(names) {
      await time.sleep(1);
      if (!up) throw new KafkaFailure('Unreachable', 'simulated');
      return bridgeTopics(1)
        .filter(({ name }) => names.includes(name))
        .map((spec) => ({ ...spec, replicas: 1 }));
    },
    endOffsets: async () => new Map(),
    close: async () => undefined,
  });
  return {
    stored,
    client,
    setUp(next: boolean) {
      up = next;
    },
  };
}
