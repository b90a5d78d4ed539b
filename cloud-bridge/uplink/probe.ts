import type { Lane } from '../../edge/contracts/index.js';
import type { Clock } from '../../edge/ports.js';
import { asFailure, KafkaFailure, type KafkaPort } from '../kafka.js';
import { checkRawTopics } from '../topics.js';
import { createBackOff } from './back-off.js';
import type { UplinkLog } from './lane-sender.js';

/** An idle link is asked this often whether HQ is still there. */
const PROBE_AFTER_MS = 10_000;

export interface ProbeDeps {
  readonly client: Pick<KafkaPort, 'describeTopics'>;
  readonly lanes: readonly Lane[];
  readonly partition: number;
  readonly allowUnsafe: boolean;
  readonly clock: Clock;
  readonly log: UplinkLog;
  readonly random: () => number;
}

/** Asks HQ whether its topics are there and fit: before the first batch, and when the link has been idle. */
export interface Probe {
  /** True once HQ has answered and its topics fit. */
  reached(): boolean;
  failure(): KafkaFailure | undefined;
  retryAtMs(): number;
  /** HQ was heard through a batch: no need to ask. */
  heard(): void;
  mayTry(): boolean;
  isDue(): boolean;
  /** Do this, and rest for a while if it fails. Never rejects. */
  attempt(work: () => Promise<void>): Promise<void>;
  ask(): Promise<void>;
}

export function createProbe(deps: ProbeDeps): Probe {
  const { client, clock, lanes, log } = deps;
  const backOff = createBackOff(deps.random);
  let reached = false;
  let busy = false;
  let heardMs = 0;
  let failure: KafkaFailure | undefined;

  const mayTry = () => !busy && clock.monotonicMs() >= backOff.retryAtMs();
  const heard = () => {
    heardMs = clock.monotonicMs();
    failure = undefined;
  };
  return {
    reached: () => reached,
    failure: () => failure,
    retryAtMs: backOff.retryAtMs,
    heard,
    mayTry,
    isDue: () =>
      mayTry() && (!reached || failure !== undefined || clock.monotonicMs() - heardMs > PROBE_AFTER_MS),
    async attempt(work: () => Promise<void>): Promise<void> {
      busy = true;
      try {
        await work();
        backOff.succeeded();
      } catch (error) {
        const reason = asFailure(error);
        if (failure?.code !== reason.code)
          log.warn({ code: reason.code, detail: reason.message }, 'HQ cannot be used');
        failure = reason;
        backOff.failed(clock.monotonicMs());
      } finally {
        busy = false;
      }
    },
    async ask(): Promise<void> {
      const problems = await checkRawTopics(client, lanes, deps.partition);
      const serious = problems.filter(({ code }) => code === 'TopicMissing' || !deps.allowUnsafe);
      const [first] = serious;
      if (first !== undefined)
        throw new KafkaFailure(first.code, serious.map(({ detail }) => detail).join('; '));
      if (!reached) log.info({ lanes, partition: deps.partition }, 'HQ is reached');
      reached = true;
      heard();
    },
  };
}
