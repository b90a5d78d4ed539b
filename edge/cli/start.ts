import { type Command, Option } from 'commander';
import { FolderInUseError } from '../app/data-folder.js';
import { type App, createApp } from '../app.js';
import type { Config } from '../config/load.js';
import { screenLink, staffLink } from '../serve/auth/links.js';
import { removeEndpoint, writeEndpoint } from './endpoint.js';
import { configOf, demoConfigPath, type StoreOptions, withStoreOptions } from './options.js';
import { explainSystemError, PlainError } from './plain-error.js';
import { programVersion } from './version.js';

interface StartOptions extends StoreOptions {
  readonly demo?: boolean;
  readonly simulate?: boolean;
  readonly replay?: string;
  readonly speed: string;
  readonly hq?: boolean;
  readonly check?: boolean;
  readonly logLevel: string;
}

/** `endcap start`: run a store until it is told to stop. */
export function addStart(program: Command): void {
  withStoreOptions(program.command('start'))
    .description('run a store')
    .option('--demo', 'run the demo store with a simulated day')
    .option('--simulate', 'run the simulator beside this store')
    .option('--replay <file>', 'drive the store with a file of till lines')
    .option('--speed <n>', 'how many times as fast as the file, or max', '1')
    .option('--hq', 'start Apache Kafka and the gate on this machine and mirror to them')
    .option('--check', 'check the configuration and stop')
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('warn'),
    )
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const demo = options.demo === true && options.config === undefined;
  const config = configOf(demo ? { ...options, config: demoConfigPath() } : options);
  if (options.check) {
    process.stdout.write(
      `${config.path} is fine: ${config.policy.zones.length} zones, ${config.products.length} products, ${config.campaigns.length} campaigns.\n`,
    );
    return;
  }
  const app = await open(config, options);
  writeEndpoint(config.dataDirectory, {
    url: app.url,
    mqttUrl: app.mqttUrl,
    token: app.auth.issue({ role: 'admin', subject: 'local-commands' }),
    pid: process.pid,
  });
  greet(app, config);
  stopOnSignal(app, config);
}

async function open(config: Config, options: StartOptions): Promise<App> {
  try {
    return await createApp({
      config,
      logLevel: options.logLevel,
      version: programVersion(),
      simulated: options.simulate === true,
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
    throw explainSystemError(error) ?? error;
  }
}

function greet(app: App, config: Config): void {
  const lines = [
    `Endcap ${programVersion()}, ${config.policy.store.name ?? config.policy.store.id}`,
    '',
    `  Staff page  ${staffLink(app.auth, app.url)}`,
    '              (opens logged in, once, within 10 minutes)',
    ...config.policy.screens.map(
      (screen) => `  ${(screen.name ?? screen.id).padEnd(10)}  ${screenLink(app.auth, app.url, screen.id)}`,
    ),
    `  MQTT        ${app.mqttUrl}`,
    '',
    'Press Ctrl-C to stop.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function stopOnSignal(app: App, config: Config): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    // A second Ctrl-C means now: everything acknowledged is on disk already.
    if (stopping) process.exit(1);
    stopping = true;
    removeEndpoint(config.dataDirectory);
    await app.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
}
