import { dataschemaOf, type StoreEvent, TOPICS, type TopicData, type TopicName } from '../contracts/index.js';
import type { Derived } from './derived.js';
import type { CoreState } from './state.js';

/** One event being handled: what modules may look at, and how they speak. */
export interface Step {
  readonly state: CoreState;
  readonly derived: Derived;
  /** Time of the core in epoch ms: the highest `recordedtime` seen. */
  readonly nowMs: number;
  readonly event: StoreEvent;
  /** Zones whose screens must be looked at again before the step ends; `all` for every screen. */
  readonly stale: { all: boolean; readonly zones: Set<string> };
  readonly outputs: StoreEvent[];
  /** Id that the next output will get: `<offset>.<n>`. */
  nextId(): string;
  emit<T extends TopicName>(type: T, data: TopicData<T>): string;
}

export interface StepCause {
  readonly state: CoreState;
  readonly derived: Derived;
  readonly nowMs: number;
  readonly offset: number;
  readonly event: StoreEvent;
}

export function createStep(cause: StepCause): Step {
  const outputs: StoreEvent[] = [];
  const nextId = () => `${cause.offset}.${outputs.length + 1}`;
  return {
    state: cause.state,
    derived: cause.derived,
    nowMs: cause.nowMs,
    event: cause.event,
    stale: { all: false, zones: new Set() },
    outputs,
    nextId,
    emit(type, data) {
      const id = nextId();
      outputs.push({
        specversion: '1.0',
        id,
        source: `/store/${cause.state.setup.policy?.store.id ?? 'unnamed'}/core`,
        type,
        recordedtime: cause.event.recordedtime,
        partitionkey: String((data as Record<string, unknown>)[TOPICS[type].key]),
        dataschema: dataschemaOf(type),
        data,
      });
      return id;
    },
  };
}
