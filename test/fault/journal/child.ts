import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { JournalOptions } from '../../../edge/store/options.js';

const APPENDER = fileURLToPath(new URL('./appender.ts', import.meta.url));

export interface Appender {
  readonly process: ChildProcess;
  /** Everything acknowledged so far, as printed. */
  readonly acknowledged: string[];
  /** Resolves once at least `count` appends were acknowledged. */
  reached(count: number): Promise<void>;
  /** Resolves when all that a stopped process printed has been read. */
  drained(): Promise<void>;
  /** Ends the process as a power cut would end it, and resolves when all it printed was read. */
  kill(): Promise<void>;
}

export function startAppender(
  directory: string,
  options: Partial<JournalOptions> & { run?: number },
): Appender {
  const child = spawn(process.execPath, ['--import', 'tsx', APPENDER, directory, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  const waiting: { count: number; resolve(): void; reject(error: Error): void }[] = [];
  const lines = createInterface({ input: child.stdout });
  const ended = new Promise<void>((resolve) => lines.once('close', resolve));
  lines.on('line', (line) => {
    if (line === 'ready') return;
    acknowledged.push(line.split(' ')[0] as string);
    for (const one of waiting) if (acknowledged.length >= one.count) one.resolve();
  });
  void ended.then(() => {
    for (const one of waiting)
      one.reject(new Error(`the appender ended after ${acknowledged.length} appends`));
  });
  return {
    process: child,
    acknowledged,
    reached: (count) =>
      acknowledged.length >= count
        ? Promise.resolve()
        : new Promise((resolve, reject) => waiting.push({ count, resolve, reject })),
    async drained() {
      // The pipe of a stopped process gets no new bytes: two empty turns of the loop in a row mean it is empty.
      for (let quiet = 0, seen = -1; quiet < 3; quiet += 1) {
        if (seen !== acknowledged.length) quiet = 0;
        seen = acknowledged.length;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
