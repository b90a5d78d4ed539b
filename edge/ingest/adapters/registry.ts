import { createMemo, topicLevels } from '../../contracts/index.js';
import { espresense } from './espresense/adapter.js';
import { nativePos } from './native-pos/adapter.js';
import { nativeShelf } from './native-shelf/adapter.js';
import { nativeTraffic } from './native-traffic/adapter.js';
import { topicMatches } from './topic-filter.js';
import type { Adapter } from './types.js';

/** Every format the store understands, in the order in which their topics are tried. A new format is one line here. */
export const ADAPTERS: readonly Adapter[] = [
  espresense, // beacons and phones
  nativeShelf, // scales and counters
  nativeTraffic, // people counters
  nativePos, // tills
];

const FILTERS = ADAPTERS.flatMap((adapter) =>
  adapter.topics.map((filter) => ({ adapter, levels: filter.split('/') })),
);

const TOPICS_REMEMBERED_MAX = 4_096;

/** The adapter that listens on a topic. */
export const adapterFor: (topic: string) => Adapter | undefined = createMemo(
  TOPICS_REMEMBERED_MAX,
  (topic) => FILTERS.find((filter) => topicMatches(filter.levels, topicLevels(topic)))?.adapter,
);

/** The format with this name, for a record that is read again. */
export function adapterNamed(name: string | undefined): Adapter | undefined {
  return ADAPTERS.find((adapter) => adapter.name === name);
}

/** True when the last message of this topic is kept for new subscribers. */
export function isRetained(topic: string): boolean {
  const levels = topic.split('/');
  return ADAPTERS.some((adapter) =>
    adapter.retained?.some((filter) => topicMatches(filter.split('/'), levels)),
  );
}
