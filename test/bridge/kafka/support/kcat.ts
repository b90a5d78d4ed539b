import { runCommand } from '../../../../cloud-bridge/provision/command.js';
import { until } from '../../../support/until.js';

/** A record as the independent reader saw it. */
export interface SeenRecord {
  readonly partition: number;
  readonly offset: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

interface KcatLine {
  readonly partition: number;
  readonly offset: number;
  readonly headers?: readonly string[];
  readonly payload: string | null;
}

const READ_WITHIN_MS = 30_000;

/** Everything that is committed in a topic, read by kcat: a client that shares no code with ours. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<SeenRecord[]> {
  let failure = '';
  const output = await until(
    async () => {
      const result = await runCommand(
        'kcat',
        [
          ...['-b', brokers.join(','), '-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-J'],
          ...['-X', 'isolation.level=read_committed', '-X', 'check.crcs=true'],
        ],
        { timeoutMs: READ_WITHIN_MS },
      );
      // A busy broker may be between two leaders for a moment; kcat gives up at once then.
      if (result.code !== 0) failure = result.output.slice(-500);
      return result.code === 0 && result.output;
    },
    { withinMs: READ_WITHIN_MS, what: `kcat to read ${topic}`, everyMs: 500 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${failure}`);
  });
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => seen(JSON.parse(line) as KcatLine));
}

function seen({ partition, offset, headers = [], payload }: KcatLine): SeenRecord {
  const named: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) named[headers[at] as string] = headers[at + 1] as string;
  return { partition, offset, headers: named, payload: payload ?? '' };
}
