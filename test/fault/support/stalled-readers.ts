import { execFileSync, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../../support/until.js';

export interface ReaderGroup {
  readonly many: number;
  /** What each of them sends; none reads. */
  readonly text: string;
}

export const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/**
 * Readers that read nothing, as a process of their own: Node reads from a socket to learn that it was cut, and cannot make
 * its windows small. Resolves when all have asked; `cutMs` is, for each group, how long those that were cut stood.
 */
export async function stalledReaders(port: number, groups: readonly ReaderGroup[]) {
  const child = spawn('python3', [resolve('test/fault/support/stalled-readers.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const cutMs: number[][] = groups.map(() => []);
  let asked = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { asked?: number; cut?: [number, number] };
    if (said.cut !== undefined) cutMs[said.cut[0]]?.push(said.cut[1] * 1_000);
    else asked = true;
  });
  child.stdin.write(`${JSON.stringify({ port, groups })}\n`);
  await until(() => asked, {
    withinMs: 60_000,
    what: 'all to have asked',
    giveUp: () => (child.exitCode === null ? undefined : `the readers ended with ${child.exitCode}`),
  });
  return { cutMs, close: () => void child.kill('SIGKILL') };
}
