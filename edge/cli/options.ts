import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config/load.js';
import { PlainError } from './plain-error.js';

export interface StoreOptions {
  readonly config?: string;
  readonly data?: string;
}

/** Adds the options that every command on a store shares. */
export function withStoreOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'store.yaml of the store (default: ./store.yaml, else the demo store)')
    .option('-d, --data <folder>', 'data folder, instead of the one in the configuration');
}

/** Throws ConfigError. */
export function configOf(options: StoreOptions): Config {
  const path = options.config ?? (existsSync('store.yaml') ? 'store.yaml' : demoConfigPath());
  const data = options.data ?? process.env['ENDCAP_DATA'];
  return loadConfig(path, { ENDCAP_DATA: data, KAFKA_BROKERS: process.env['KAFKA_BROKERS'] });
}

/** The demo store ships beside the program, as source and as compiled code. */
export function demoConfigPath(): string {
  for (const up of ['../../deploy', '../../../deploy']) {
    const path = fileURLToPath(new URL(`${up}/demo/store.yaml`, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new PlainError('The demo store is not installed with this program. Name a store with --config.', 2);
}
