import { type ChildProcess, spawn } from 'node:child_process';
import type { LinkNow } from '../../../../edge/contracts/index.js';
import { until } from '../../../support/until.js';

/** The edge of one store, over all the lives of its process. */
export interface Edge {
  /** Ids that the journal has answered, in order, over all lives. */
  readonly acknowledged: string[];
  link(): LinkNow | undefined;
  start(eventsPerSecond: number): Promise<void>;
  kill(): Promise<void>;
  output(): string;
}

export function createEdge(settings: {
  directory: string;
  brokers: readonly string[];
  store: string;
  partition: number;
  /** What `compileEdge` answered. */
  script: string;
}): Edge {
  const acknowledged: string[] = [];
  const lines: string[] = [];
  let child: ChildProcess | undefined;
  let gone: Promise<void> = Promise.resolve();
  let link: LinkNow | undefined;
  let ready = false;
  let life = 0;

  const onLine = (line: string) => {
    if (line.startsWith('ack ')) acknowledged.push(line.slice(4));
    else if (line.startsWith('link ')) link = JSON.parse(line.slice(5)) as LinkNow;
    else if (line === 'ready') ready = true;
    else lines.push(line);
  };
  return {
    acknowledged,
    link: () => link,
    output: () => lines.slice(-30).join('\n'),
    async start(eventsPerSecond) {
      life += 1;
      ready = false;
      link = undefined;
      const given = JSON.stringify({ ...settings, life, eventsPerSecond });
      const started = spawn(process.execPath, [settings.script, given], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      gone = new Promise((done) => started.once('close', () => done()));
      for (const stream of [started.stdout, started.stderr]) byLine(stream, onLine);
      await until(() => ready, {
        withinMs: 60_000,
        what: `life ${life} of the edge`,
        giveUp: () => (started.exitCode === null ? undefined : lines.join('\n')),
      });
    },
    async kill() {
      child?.kill('SIGKILL');
      await gone;
    },
  };
}

function byLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
  });
}
