import { join } from 'node:path';
import { type Hq, startHq } from '../../cloud-bridge/hq.js';
import type { Config } from '../config/load.js';

/** An HQ on this machine for `--hq`. It starts when the store is there: the store waits for nobody. */
export interface LocalHq {
  /** Resolves once HQ takes records; rejects with ComponentMissing, which says what is in the way. */
  readonly brokers: Promise<readonly string[]>;
  /** Kafka and the gate take half a minute, or more when they have to be fetched first. */
  begin(): void;
  /** One that is still starting is not waited for: its processes end with this one. */
  stop(): Promise<void>;
}

export function createLocalHq(config: Pick<Config, 'dataDirectory'>, say: (line: string) => void): LocalHq {
  let begin: () => void = () => undefined;
  let running: Hq | undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const brokers = begun
    // Beside its own journal: another journal of the same store in the same epoch would be set aside by the gate.
    .then(() => startHq({ directory: join(config.dataDirectory, 'hq'), onProgress: say }))
    .then((hq) => {
      running = hq;
      return hq.brokers;
    });
  brokers.catch((error: Error) =>
    say(`--hq cannot start: ${error.message}\nThe store goes on without HQ and keeps what HQ has to get.`),
  );
  return { brokers, begin: () => begin(), stop: async () => running?.stop() };
}
