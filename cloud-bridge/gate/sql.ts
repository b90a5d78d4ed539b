import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ORD_EPOCH_SPAN } from '../ord.js';
import { CLEAN_TYPES, cleanTopic, GATE_HOLE_TOPIC, GATE_QUARANTINE_TOPIC, RAW_TOPIC } from '../topics.js';

export interface GateSqlOptions {
  readonly brokers: readonly string[];
  /** `at-least-once` exists for the control of the fault suite only. */
  readonly delivery?: 'exactly-once' | 'at-least-once';
  /** Fixed for the life of the job: it finds the open transactions of its predecessor by it. */
  readonly transactionalPrefix?: string;
}

/** The gate's statements with this site's brokers and topics filled in. */
export function gateSql(options: GateSqlOptions): string {
  const values: Readonly<Record<string, string>> = {
    BROKERS: options.brokers.join(','),
    RAW_TOPICS: RAW_TOPIC.P0,
    CLEAN_TOPICS: CLEAN_TYPES.map(cleanTopic).join(';'),
    CLEAN_TYPES: CLEAN_TYPES.map((type) => `'${type}'`).join(', '),
    QUARANTINE_TOPIC: GATE_QUARANTINE_TOPIC,
    HOLE_TOPIC: GATE_HOLE_TOPIC,
    DELIVERY: options.delivery ?? 'exactly-once',
    PREFIX: options.transactionalPrefix ?? 'endcap-gate',
    EPOCH_SPAN: String(ORD_EPOCH_SPAN),
  };
  return readFileSync(sqlFile('gate.sql'), 'utf8').replace(/\$\{([A-Z_]+)\}/g, (_all, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`gate.sql names \${${name}}, which nobody fills in`);
    return value;
  });
}

/** SQL files are not compiled: from the built program they lie beside `dist`, at their place in the sources. */
function sqlFile(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'cloud-bridge', 'flink', name);
    if (existsSync(file)) return file;
    if (folder === dirname(folder))
      throw new Error(`cloud-bridge/flink/${name} is not part of this installation`);
  }
}
