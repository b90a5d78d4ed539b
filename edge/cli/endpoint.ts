import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from './plain-error.js';

/** How the commands on this machine reach the running store: a file only its own user can read. */
export interface Endpoint {
  readonly url: string;
  readonly mqttUrl: string;
  readonly token: string;
  /** PEM of the authority to check the store by; absent without TLS. */
  readonly ca?: string;
  readonly pid: number;
}

const fileOf = (dataDirectory: string): string => join(dataDirectory, 'endpoint.json');

/** Written at start, mode 0600; the token in it dies with the process. */
export function writeEndpoint(dataDirectory: string, endpoint: Endpoint): void {
  const temporary = `${fileOf(dataDirectory)}.new`;
  writeFileSync(temporary, JSON.stringify(endpoint), { mode: 0o600 });
  renameSync(temporary, fileOf(dataDirectory));
}

export function removeEndpoint(dataDirectory: string): void {
  rmSync(fileOf(dataDirectory), { force: true });
}

/** Throws PlainError when no store is running on the data folder. */
export function readEndpoint(dataDirectory: string): Endpoint {
  const endpoint = readIfThere(fileOf(dataDirectory));
  if (endpoint === undefined || !isAlive(endpoint.pid)) {
    throw new PlainError(
      `No store is running on ${dataDirectory}. Start one with \`endcap start\`, or name its folder with --data.`,
    );
  }
  return endpoint;
}

/** What a store wrote that runs, or crashed: whoever asks has to find out which. */
export const endpointLeft = (dataDirectory: string): Endpoint | undefined =>
  readIfThere(fileOf(dataDirectory));

function readIfThere(path: string): Endpoint | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Endpoint;
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
