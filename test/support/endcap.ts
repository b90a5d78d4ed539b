import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

export const PROGRAM = resolve('dist/edge/main.js');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Another user, where the test runs as root and root may do everything. */
  readonly uid?: number;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What has not ended by then runs a store that should not have started. */
const TIMEOUT_MS = 90_000;

/** The built program with these parameters, to its end. */
export function endcap(parameters: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { environment, ...rest } = options;
  const env = { ...process.env, ...environment };
  return new Promise((done) => {
    execFile(
      process.execPath,
      [PROGRAM, ...parameters],
      { ...rest, env, timeout: TIMEOUT_MS },
      (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}
