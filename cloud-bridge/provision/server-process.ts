import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './command.js';

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
  /** Settles when the process is gone, however that came about. */
  readonly gone: Promise<void>;
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
    // Ctrl-C in a terminal goes to this program alone, which then stops its servers in the right order.
    detached: true,
  });
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    if (lines.length > TAIL_LINES) lines.shift();
  };
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      onLine(error.message);
      resolve();
    });
  });
  readLines(child, onLine);
  endWithStarter(child);
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
    gone,
  };
}

/**
 * A server must not outlive a starter that was killed: the guard reads from a pipe that ends with the starter,
 * however that ends, and then ends the server.
 */
function endWithStarter(server: ChildProcess): void {
  if (server.pid === undefined) return;
  const guard = spawn('sh', ['-c', `cat > /dev/null; kill -9 ${server.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without a shell there is no guard; the next start ends what was left over.
  guard.once('error', () => undefined);
  guard.stdin?.once('error', () => undefined);
  server.once('exit', () => guard.kill('SIGKILL'));
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

const LEFTOVER_POLL_MS = 50;

/** Note which server works in a folder, and who started it. */
export function noteServer(pidFile: string, server: ServerProcess): void {
  writeFileSync(pidFile, `${server.pid} ${process.pid}`);
}

/**
 * A server whose starter was killed may still be there and hold its files. It is ended, if the process of that id
 * is really the one that works in `directory`. Throws when its starter is alive: then the folder is in use.
 */
export async function endLeftover(pidFile: string, directory: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const [pid = 0, starter = 0] = readFileSync(pidFile, 'utf8').split(' ').map(Number);
  const isOurs = () => pid > 0 && commandLineOf(pid).includes(directory);
  if (isOurs()) {
    if (starter !== process.pid && isAlive(starter))
      throw new Error(`${directory} is in use by process ${starter}`);
    process.kill(pid, 'SIGKILL');
    while (isOurs()) await delay(LEFTOVER_POLL_MS);
  }
  rmSync(pidFile, { force: true });
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
