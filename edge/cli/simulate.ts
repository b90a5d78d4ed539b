import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/load.js';
import { type Endpoint, readEndpoint } from './endpoint.js';
import { fetchWith, readRoot } from './fetch-with.js';
import { aboveZero } from './option-values.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { PlainError } from './plain-error.js';

interface SimulateOptions extends StoreOptions {
  readonly seed?: string;
  readonly speed: number;
  readonly duration?: number;
  readonly shoppers: number;
  readonly screens: boolean;
  readonly url?: string;
  readonly mqttUrl?: string;
  readonly ca?: string;
}

/** `endcap simulate`: a shop full of people beside a running store, in a process of its own. */
export function addSimulate(program: Command): void {
  withStoreOptions(program.command('simulate'))
    .description('fill a running store with simulated shoppers')
    .option('--seed <text>', 'the same seed gives the same people (default: another one each time)')
    .option('--speed <n>', 'run the simulated day this many times as fast', aboveZero, 1)
    .option('--duration <seconds>', 'stop after so long', aboveZero)
    .option('--shoppers <n>', 'people in the shop at a time', aboveZero, 22)
    .option('--no-screens', 'leave all screens to real players')
    .option('--url <url>', 'HTTP address of a store elsewhere (default: the one running here)')
    .option('--mqtt-url <url>', 'MQTT address of that store')
    .option('--ca <file>', 'root certificate of that store, where it speaks TLS by its own authority')
    .addHelpText(
      'after',
      '\nFor a store elsewhere, ENDCAP_TOKEN holds a token of role store-manager or admin.',
    )
    .action(simulate);
}

async function simulate(options: SimulateOptions): Promise<void> {
  const config = configOf(options);
  const { url, mqttUrl, ca } = endpointOf(options, config);
  // Loaded on use: a store that runs without it need not carry its MQTT and socket clients.
  const { runSimulator } = await import('../simulator/run-simulator.js');
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  // Started by a store, it goes when the store goes, however that happened.
  process.once('disconnect', () => controller.abort());
  const report = await runSimulator(
    {
      httpUrl: url,
      mqttUrl,
      ...(ca === undefined ? {} : { ca, fetch: fetchWith(ca) }),
      adminToken: () => endpointOf(options, config).token,
      config: config.path,
      speed: options.speed,
      shoppers: options.shoppers,
      credentialsFile: join(config.dataDirectory, 'simulator.json'),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.duration === undefined ? {} : { durationS: options.duration }),
      ...(options.screens ? {} : { screens: [] }),
    },
    {
      nowMs: Date.now,
      monotonicMs: () => performance.now(),
      write: (line) => process.stderr.write(`${line}\n`),
      signal: controller.signal,
    },
  ).catch((error: unknown) => {
    throw new PlainError(`The simulator cannot start: ${error instanceof Error ? error.message : error}`);
  });
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function endpointOf(
  options: SimulateOptions,
  config: Config,
): Pick<Endpoint, 'url' | 'mqttUrl' | 'token' | 'ca'> {
  if (options.url === undefined) return readEndpoint(config.dataDirectory);
  const token = process.env['ENDCAP_TOKEN'];
  if (token === undefined || options.mqttUrl === undefined) {
    throw new PlainError('With --url, name --mqtt-url too and put a token into ENDCAP_TOKEN.', 2);
  }
  const ca = options.ca === undefined ? {} : { ca: readRoot(options.ca) };
  return { url: options.url, mqttUrl: options.mqttUrl, token, ...ca };
}

/** The simulator in a process of its own; killing it leaves the store as it is. */
export function spawnSimulator(config: Config): ChildProcess {
  const here = ['simulate', '--config', config.path, '--data', config.dataDirectory];
  return spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...here], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
