import type { Lane, TopicName } from '../edge/contracts/index.js';
import type { KafkaPort, TopicSpec, TopicState } from './kafka.js';

/** Types that the gate fans out, each to a topic of its own. Another one is one more line here. */
export const CLEAN_TYPES: readonly TopicName[] = ['pos.transaction'];

/** Transport of a lane: one topic a class, whatever the type of its records. */
export const RAW_TOPIC: Readonly<Record<Lane, string>> = {
  P0: 'raw.p0',
  P1: 'raw.p1',
  P2: 'raw.p2',
  P3: 'raw.p3',
};
export const cleanTopic = (type: TopicName): string => `clean.${type}`;

/** Records that the gate refuses: an old epoch, or a second journal that claims the same lane. */
export const GATE_QUARANTINE_TOPIC = 'out.gate-quarantine';
/** One record for each hole that nobody declared. */
export const GATE_HOLE_TOPIC = 'out.gate-hole';

const DAY_MS = 86_400_000;
/** Shorter than this and a weekend without the gate would lose what stores were told HQ has. */
const RETENTION_MIN_MS = 7 * DAY_MS;

/** Kafka refuses a record time more than an hour ahead, so the broker stamps; the event's own time is a header. */
const BASE_CONFIG = { 'message.timestamp.type': 'LogAppendTime', 'cleanup.policy': 'delete' } as const;
const RAW_CONFIG = { ...BASE_CONFIG, 'retention.ms': String(RETENTION_MIN_MS) };
const CLEAN_CONFIG = { ...BASE_CONFIG, 'retention.ms': String(30 * DAY_MS) };

/** Every topic of the thin bridge. */
export function bridgeTopics(partitions: number): readonly TopicSpec[] {
  const raw = Object.values(RAW_TOPIC).map((name) => ({ name, partitions, config: RAW_CONFIG }));
  const clean = [...CLEAN_TYPES.map(cleanTopic), GATE_QUARANTINE_TOPIC, GATE_HOLE_TOPIC];
  return [...raw, ...clean.map((name) => ({ name, partitions, config: CLEAN_CONFIG }))];
}

export interface TopicProblem {
  readonly topic: string;
  readonly code: 'TopicMissing' | 'TopicUnsafe';
  readonly detail: string;
}

/** What is wrong with the raw topics for a store that sends to `partition`; empty when all is well. */
export async function checkRawTopics(
  client: Pick<KafkaPort, 'describeTopics'>,
  lanes: readonly Lane[],
  partition: number,
): Promise<readonly TopicProblem[]> {
  const names = lanes.map((lane) => RAW_TOPIC[lane]);
  const states = await client.describeTopics(names);
  return names.flatMap((name) => {
    const state = states.find((candidate) => candidate.name === name);
    if (state === undefined)
      return [{ topic: name, code: 'TopicMissing' as const, detail: `${name} does not exist` }];
    return problemsOf(state, partition);
  });
}

function problemsOf(state: TopicState, partition: number): TopicProblem[] {
  const unsafe = (detail: string): TopicProblem => ({ topic: state.name, code: 'TopicUnsafe', detail });
  const problems: TopicProblem[] = [];
  if (partition >= state.partitions) {
    const detail = `${state.name} has ${state.partitions} partitions, the store's is ${partition}`;
    problems.push({ topic: state.name, code: 'TopicMissing', detail });
  }
  if (state.config['message.timestamp.type'] !== 'LogAppendTime') {
    problems.push(unsafe(`${state.name}: message.timestamp.type must be LogAppendTime`));
  }
  if (state.config['cleanup.policy'] !== 'delete') {
    problems.push(unsafe(`${state.name}: cleanup.policy must be delete`));
  }
  const retention = Number(state.config['retention.ms']);
  if (retention >= 0 && retention < RETENTION_MIN_MS) {
    problems.push(unsafe(`${state.name}: retention.ms must be at least ${RETENTION_MIN_MS} (7 days)`));
  }
  return problems;
}
