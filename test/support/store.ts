import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from './until.js';

/** The built program, running a copy of the demo store on ports of its own. */
export interface RunningStore {
  readonly url: string;
  readonly mqttUrl: string;
  /** Admin token of this run. */
  readonly token: string;
  readonly directory: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Graceful; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9; resolves once it is gone. */
  kill(): Promise<void>;
  /** Start again on the same data after `stop` or `kill`. */
  restart(): Promise<RunningStore>;
  /** Stop and delete everything. */
  remove(): Promise<void>;
}

export interface StoreSetup {
  readonly simulate?: boolean;
  readonly parameters?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Another program with the same parameters, for negative controls (default: the built one). */
  readonly program?: string;
  /** Change store.yaml before the start. */
  readonly change?: (yaml: string) => string;
  /** Change campaigns.yaml before the start. */
  readonly changeCampaigns?: (yaml: string) => string;
}

/** As `npm start` runs it. */
const NODE_FLAGS = ['--max-semi-space-size=4'];
const READY_WITHIN_MS = 60_000;

export async function startStore(setup: StoreSetup = {}): Promise<RunningStore> {
  return startStoreIn(prepareStore(setup), setup);
}

/** A copy of the demo store on ports of its own, in a folder that it is started in later. */
export function prepareStore(setup: StoreSetup = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'endcap-store-'));
  cpSync(resolve('deploy/demo'), directory, { recursive: true });
  const path = join(directory, 'store.yaml');
  const yaml = readFileSync(path, 'utf8').replace('port: 8080', 'port: 0').replace('port: 1883', 'port: 0');
  writeFileSync(path, setup.change?.(yaml) ?? yaml);
  const campaigns = join(directory, 'campaigns.yaml');
  if (setup.changeCampaigns !== undefined)
    writeFileSync(campaigns, setup.changeCampaigns(readFileSync(campaigns, 'utf8')));
  return directory;
}

/** The same in a folder that has its `store.yaml` already, and perhaps `data`. */
export async function startStoreIn(directory: string, setup: StoreSetup): Promise<RunningStore> {
  const data = join(directory, 'data');
  const parameters = [
    'start',
    '--config',
    join(directory, 'store.yaml'),
    '--data',
    data,
    ...(setup.simulate ? ['--simulate'] : []),
    ...(setup.parameters ?? []),
  ];
  const program = resolve(setup.program ?? 'dist/edge/main.js');
  const child = spawn(process.execPath, [...NODE_FLAGS, program, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...setup.environment },
  });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const endpoint = await until(() => readEndpoint(data, child.pid!), {
    withinMs: READY_WITHIN_MS,
    what: 'the store to be ready',
    giveUp: () =>
      child.exitCode === null && child.signalCode === null
        ? undefined
        : `the store ended with ${child.exitCode ?? child.signalCode}:\n${output}`,
  }).catch((error: unknown) => {
    // Nobody would stop it: the caller never gets to know it.
    child.kill('SIGKILL');
    throw error;
  });
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended;
  };
  return {
    ...endpoint,
    directory,
    data,
    process: child,
    output: () => output,
    call: (path, init = {}) =>
      fetch(new URL(path, endpoint.url), {
        ...init,
        headers: {
          authorization: `Bearer ${endpoint.token}`,
          'content-type': 'application/json',
          ...init.headers,
        },
      }),
    stop,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    restart: () => startStoreIn(directory, setup),
    async remove() {
      if (child.exitCode === null && child.signalCode === null) await stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Written by the store once it is ready; an old one of a killed process does not count. */
function readEndpoint(
  data: string,
  pid: number,
): { url: string; mqttUrl: string; token: string } | undefined {
  try {
    const endpoint = JSON.parse(readFileSync(join(data, 'endpoint.json'), 'utf8')) as {
      url: string;
      mqttUrl: string;
      token: string;
      pid: number;
    };
    return endpoint.pid === pid ? endpoint : undefined;
  } catch {
    return undefined;
  }
}
