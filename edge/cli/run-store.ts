import { join } from 'node:path';
import { FolderInUseError } from '../app/data-folder.js';
import { type App, type AppOptions, createApp } from '../app.js';
import type { Config } from '../config/load.js';
import { VaultKeyError } from '../ingest/vault-key.js';
import { screenLink, staffLink } from '../serve/auth/links.js';
import { UnusableFileError } from '../serve/tls/key-files.js';
import { MisconfiguredError } from '../store/schema.js';
import { claimWords } from './claim.js';
import { type Endpoint, removeEndpoint, writeEndpoint } from './endpoint.js';
import { inTheClear, warningOf } from './in-the-clear.js';
import { createLocalHq } from './local-hq.js';
import { nativeModule } from './native-module.js';
import { configOf, demoConfigPath, type StoreOptions } from './options.js';
import { outliveReader } from './output.js';
import { explainSystemError, PlainError } from './plain-error.js';
import { inCurrencyOf, planReplay, runReplay } from './replay-file.js';
import { spawnSimulator } from './simulate.js';
import { programVersion } from './version.js';

export interface StartOptions extends StoreOptions {
  readonly demo?: boolean;
  readonly simulate?: boolean;
  readonly replay?: string;
  /** Of a replay, and of nothing else. */
  readonly speed?: string;
  readonly hq?: boolean;
  readonly check?: boolean;
  readonly logLevel: string;
}

/** Runs until a signal; throws ConfigError and PlainError. */
export async function runStore(options: StartOptions): Promise<void> {
  if (options.speed !== undefined && options.replay === undefined)
    throw new PlainError('--speed says how fast a file is replayed: name one with --replay.', 2);
  outliveReader();
  const named = await configFor(options);
  if (options.check) {
    process.stdout.write(
      `${named.path} is fine: ${named.policy.zones.length} zones, ${named.products.length} products, ${named.campaigns.length} campaigns.\n`,
    );
    return;
  }
  const plan =
    options.replay === undefined
      ? undefined
      : await planReplay(options.replay, {
          speed: options.speed ?? '1',
          directory: named.dataDirectory,
          nowMs: Date.now(),
        });
  const config = plan === undefined ? named : inCurrencyOf(named, plan);
  const hq = options.hq ? createLocalHq(config, (line) => process.stderr.write(`${line}\n`)) : undefined;
  const simulate = plan === undefined && (options.simulate === true || isDemo(options));
  const app = await open(
    config,
    { ...options, simulate },
    {
      ...(plan === undefined ? {} : { replayFromMs: plan.fromMs }),
      ...(hq === undefined ? {} : { hqStarting: hq.brokers }),
    },
  );
  const endpoint = await endpointOf(app, config);
  const abort = new AbortController();
  let simulator: ReturnType<typeof spawnSimulator> | undefined;
  // Before anybody is told that the store is ready, and may stop it.
  stopOnSignal(async () => {
    abort.abort();
    removeEndpoint(config.dataDirectory);
    simulator?.kill('SIGTERM');
    await app.close();
    await hq?.stop();
  });
  writeEndpoint(config.dataDirectory, endpoint);
  greet(app, config, { demo: simulate || config.path === demoConfigPath() });
  hq?.begin();
  process.stderr.write(warningOf(inTheClear(config)));
  for (const { what, seen, cure } of nativeModule()) process.stderr.write(`${what}: ${seen}. ${cure}\n`);
  simulator = simulate ? spawnSimulator(config) : undefined;
  if (plan !== undefined) process.stdout.write(`${await runReplay(app, config, plan, abort.signal)}\n`);
}

/** For the commands of this machine. */
async function endpointOf(app: App, config: Config): Promise<Endpoint> {
  // The token of a process that was killed is good for nothing any more.
  app.auth.endStaff('local-commands');
  return {
    url: app.url,
    mqttUrl: app.mqttUrl,
    token: app.auth.issue({ role: 'admin', subject: 'local-commands' }),
    ...((config.http.tls ?? config.mqtt.tls) ? { ca: (await app.trust.authority()).root } : {}),
    pid: process.pid,
  };
}

const isDemo = (options: StartOptions): boolean => options.demo === true && options.config === undefined;

async function configFor(options: StartOptions): Promise<Config> {
  const named = isDemo(options) ? { ...options, config: demoConfigPath() } : options;
  if (options.replay === undefined || options.data !== undefined) return configOf(named);
  // A replayed past gets a folder of its own unless one is named, where the stores of this machine are.
  return configOf({ ...named, data: join(process.env['ENDCAP_DATA'] ?? 'data', 'replay') });
}

async function open(
  config: Config,
  options: StartOptions,
  extra: Pick<AppOptions, 'replayFromMs' | 'hqStarting'>,
): Promise<App> {
  try {
    return await createApp({
      config,
      logLevel: options.logLevel,
      version: programVersion(),
      simulated: options.simulate === true,
      ...extra,
      onFailure: (error) => {
        process.stderr.write(
          `The store stops because of an error that it cannot mend: ${error.stack ?? error.message}\n`,
        );
        process.exit(70);
      },
    });
  } catch (error) {
    if (error instanceof FolderInUseError) {
      throw new PlainError(
        `Another store (process ${error.pid}) works on ${error.root}. Stop it, or name another folder with --data.`,
      );
    }
    if (error instanceof UnusableFileError || error instanceof VaultKeyError)
      throw new PlainError(error.message);
    // Starting again changes nothing, so that a service must not try.
    if (error instanceof MisconfiguredError) throw new PlainError(error.message, 2);
    throw explainSystemError(error) ?? error;
  }
}

function greet(app: App, config: Config, { demo }: { demo: boolean }): void {
  const lines = [
    `Endcap ${programVersion()}, ${config.policy.store.name ?? config.policy.store.id}`,
    '',
    `  Staff page  ${demo ? staffLink(app.auth, app.url) : app.url}`,
    ...(demo ? ['              (opens logged in, once, within 10 minutes)'] : claimLines(app)),
    ...(demo || process.stdout.isTTY ? screenLines(app, config) : []),
    `  MQTT        ${app.mqttUrl}`,
    ...(app.plainMqttUrl === undefined ? [] : [`              ${app.plainMqttUrl} (without TLS)`]),
    ...(config.http.tls === undefined
      ? []
      : [`  Trust       ${app.url}/trust (once for each staff device; compare with \`endcap cert list\`)`]),
    ...(app.redirectPort === undefined
      ? []
      : [`              port ${app.redirectPort} sends browsers on to https`]),
    '',
    'Press Ctrl-C to stop.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Links that are logged in are for somebody who reads them now: what a service prints is kept in a log. */
function screenLines(app: App, { policy }: Config): readonly string[] {
  return policy.screens.map(
    (screen) => `  ${(screen.name ?? screen.id).padEnd(10)}  ${screenLink(app.auth, app.url, screen.id)}`,
  );
}

/** A store that is nobody's yet says how to make it one's own; the code is shown here and nowhere else. */
function claimLines(app: App): readonly string[] {
  const made = app.auth.mode === 'open' ? undefined : app.claims.newCode();
  return made === undefined || 'reason' in made ? [] : [`  ${claimWords(app.url, made.code)}`];
}

function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    // A second Ctrl-C means now: everything acknowledged is on disk already.
    if (stopping) process.exit(1);
    stopping = true;
    await close();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
}
