import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaPort } from '../kafka.js';
import { checkpointsOf, type FlinkJob, lastCheckpoint, startFlinkJob } from '../provision/flink-job.js';
import type { JavaProgram } from '../provision/jars.js';
import { CLEAN_TYPES, cleanTopic } from '../topics.js';
import { type GateSqlOptions, gateSql } from './sql.js';

/** The gate has forgotten what it let through: going on would let everything through a second time. */
export class GateStateMissing extends Error {
  override readonly name = 'GateStateMissing';
}

/** Lies beside the checkpoints from the first start on, so that a first start is told from a loss. */
const STARTED = 'started';

export interface GateOptions extends GateSqlOptions {
  readonly program: JavaProgram;
  /** Holds the job's settings and checkpoints. */
  readonly directory: string;
  readonly client: Pick<KafkaPort, 'endOffsets'>;
}

/**
 * Start the gate, or go on from its last complete checkpoint. Nothing is committed to a clean topic before a first
 * checkpoint is complete, so a gate that was started here and has none yet may begin anew.
 * Rejects with GateStateMissing when clean topics have records and no state of theirs is found.
 */
export async function startGate(options: GateOptions): Promise<FlinkJob> {
  const started = join(checkpointsOf(options.directory), STARTED);
  if (lastCheckpoint(options.directory) === undefined && !existsSync(started)) {
    await refuseIfUsed(options);
    mkdirSync(checkpointsOf(options.directory), { recursive: true });
    writeFileSync(started, '');
  }
  return startFlinkJob({
    program: options.program,
    directory: options.directory,
    sql: gateSql(options),
  });
}

async function refuseIfUsed({ client, directory }: GateOptions): Promise<void> {
  for (const topic of CLEAN_TYPES.map(cleanTopic)) {
    const ends = await client.endOffsets(topic);
    if ([...ends.values()].every((end) => end === 0n)) continue;
    throw new GateStateMissing(
      `${topic} has records, but ${directory} has no checkpoint: bring the checkpoint back, or empty the clean topics`,
    );
  }
}
