import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const STOP_TIMEOUT_MS = 15_000;
const TAIL_LINES = 200;

/** A server that was started as a child process. */
export interface ServerProcess {
  readonly pid: number;
  alive(): boolean;
  /** The last lines it wrote, for an error message. */
  tail(): string;
  /** SIGTERM, then SIGKILL when it has not gone after 15 s. */
  stop(): Promise<void>;
  /** SIGKILL: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): void;
  resume(): void;
  onLine(listener: (line: string) => void): void;
}

export function startServerProcess(options: {
  command: string;
  args: readonly string[];
  cwd: string;
  env?: Readonly<Record<string, string>>;
}): ServerProcess {
  const child = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    if (lines.length > TAIL_LINES) lines.shift();
    for (const listener of listeners) listener(line);
  };
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      onLine(error.message);
      resolve();
    });
  });
  readLines(child, onLine);
  return {
    pid: child.pid ?? -1,
    alive: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    tail: () => lines.slice(-20).join('\n'),
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timeout = new AbortController();
      await Promise.race([
        gone,
        delay(STOP_TIMEOUT_MS, undefined, { signal: timeout.signal }).catch(() => undefined),
      ]);
      timeout.abort();
      child.kill('SIGKILL');
      await gone;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    onLine: (listener) => void listeners.push(listener),
  };
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) onLine(line);
    });
  }
}
