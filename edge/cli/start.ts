import { type Command, Option } from 'commander';
import { withStoreOptions } from './options.js';
import type { StartOptions } from './run-store.js';

/** `endcap start`: run a store until it is told to stop. */
export function addStart(program: Command): void {
  withStoreOptions(program.command('start'))
    .description('run a store')
    .option('--demo', 'run the demo store with a simulated day')
    .option('--simulate', 'run the simulator beside this store')
    .option('--replay <file>', 'drive the store with a file of till lines')
    .option('--speed <n>', 'with --replay: how many times as fast as the file, or max (default: 1)')
    .option('--hq', 'start Apache Kafka and the gate on this machine and mirror to them')
    .option('--check', 'check the configuration and stop')
    .addOption(logLevel())
    .action(runStore);
}

/** `endcap replay`: the same as `start --replay`, at full speed unless told otherwise. */
export function addReplay(program: Command): void {
  withStoreOptions(program.command('replay'))
    .description('drive a store with a file of till lines, in a data folder of its own')
    .argument('<file>', 'CSV, plain or gzipped; the kind is told by its header')
    .option('--speed <n>', 'how many times as fast as the file, or max', 'max')
    .option('--hq', 'start Apache Kafka and the gate on this machine and mirror to them')
    .addOption(logLevel())
    .action((file: string, options: Omit<StartOptions, 'replay'>) => runStore({ ...options, replay: file }));
}

const logLevel = (): Option =>
  new Option('--log-level <level>', 'how much to log')
    .choices(['debug', 'info', 'warn', 'error'])
    .default('warn');

/** Loaded on use: commands that only ask a running store stay quick. */
async function runStore(options: StartOptions): Promise<void> {
  const store = await import('./run-store.js');
  await store.runStore(options);
}
