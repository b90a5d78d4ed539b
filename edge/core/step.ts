import { dataschemaOf, type StoreEvent, TOPICS, type TopicData, type TopicName } from '../contracts/index.js';
import type { Derived } from './derived.js';
import type { CoreState } from './state.js';
import type { CoreSecrets } from './types.js';

/** One event being handled: what modules may look at, and how they speak. */
export interface Step {
  readonly state: CoreState;
  readonly derived: Derived;
  readonly secrets: CoreSecrets;
  /** Time of the core in epoch ms: the highest `recordedtime` seen. */
  readonly nowMs: number;
  readonly event: StoreEvent;
  readonly stale: StaleScreens;
  readonly outputs: StoreEvent[];
  /** Id that the next output will get: `<offset>.<n>`. */
  nextId(): string;
  emit<T extends TopicName>(type: T, data: TopicData<T>): string;
}

/** Which screens must be looked at again before the step ends. */
export interface StaleScreens {
  /** All of them, because time has passed. */
  all: boolean;
  /** All of them, and what shows need not be read to its end: rules, stock or a stop changed. */
  urgent: boolean;
  /** Those of the zones in which people came or went. */
  readonly zones: Set<string>;
}

/** A step that is made anew for every event, in place: at ten thousand sightings a second each object counts. */
export interface Stepper extends Step {
  begin(cause: { nowMs: number; offset: number; event: StoreEvent }): void;
}

export function createStepper(state: CoreState, derived: Derived, secrets: CoreSecrets): Stepper {
  let offset = 0;
  const nextId = () => `${offset}.${stepper.outputs.length + 1}`;
  const stepper: Writable<Stepper> = {
    state,
    derived,
    secrets,
    nowMs: 0,
    event: NO_EVENT,
    stale: { all: false, urgent: false, zones: new Set() },
    outputs: [],
    nextId,
    begin(cause) {
      offset = cause.offset;
      stepper.nowMs = cause.nowMs;
      stepper.event = cause.event;
      stepper.stale.all = false;
      stepper.stale.urgent = false;
      if (stepper.stale.zones.size > 0) stepper.stale.zones.clear();
      // The caller keeps what an earlier step put out.
      if (stepper.outputs.length > 0) stepper.outputs = [];
    },
    emit(type, data) {
      const id = nextId();
      stepper.outputs.push({
        specversion: '1.0',
        id,
        source: `/store/${state.setup.policy?.store.id ?? 'unnamed'}/core`,
        type,
        recordedtime: stepper.event.recordedtime,
        partitionkey: String((data as Record<string, unknown>)[TOPICS[type].key]),
        dataschema: dataschemaOf(type),
        data,
      });
      return id;
    },
  };
  return stepper;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NO_EVENT: StoreEvent<'tick'> = {
  specversion: '1.0',
  id: '',
  source: '',
  type: 'tick',
  recordedtime: '',
  partitionkey: '',
  dataschema: '',
  data: { at: '' },
};
