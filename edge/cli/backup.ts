import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { explainSystemError, PlainError } from './plain-error.js';
import { callStore } from './store-client.js';

const JOURNAL = 'journal';
const NOTE = 'backup.json';

interface BackupNote {
  readonly store: string;
  readonly takenAt: string;
  readonly offset: number;
}

/** `endcap backup`: a folder that can be put away, made while the store runs. */
export function addBackup(program: Command): void {
  withStoreOptions(program.command('backup'))
    .description(
      'copy the journal and the configuration of the running store; never keys, tokens or who anybody is',
    )
    .argument('<folder>', 'new folder for the copy')
    .action(async (target: string, options: StoreOptions) => {
      if (existsSync(target)) throw new PlainError(`${target} is there already; name a new folder.`, 2);
      const config = configOf(options);
      const copy = await callStore<{ folder: string; offset: number }>(
        readEndpoint(config.dataDirectory),
        '/v1/backups',
        { method: 'POST' },
      );
      try {
        mkdirSync(target, { recursive: true, mode: 0o700 });
        cpSync(copy.folder, join(target, JOURNAL), { recursive: true });
        rmSync(copy.folder, { recursive: true });
        copyFileSync(config.path, join(target, basename(config.path)));
        const note: BackupNote = {
          store: config.policy.store.id,
          takenAt: new Date().toISOString(),
          offset: copy.offset,
        };
        writeFileSync(join(target, NOTE), `${JSON.stringify(note, null, 2)}\n`);
      } catch (error) {
        throw explainSystemError(error) ?? error;
      }
      process.stdout.write(
        `Copied everything up to event ${copy.offset} to ${resolve(target)}.\nKeys, tokens and the vault are not in it: keep those with the store's own secrets.\n`,
      );
    });
}

/** `endcap restore`: puts a copy where a store will find it. */
export function addRestore(program: Command): void {
  withStoreOptions(program.command('restore'))
    .description('put a backup into the empty data folder of a store')
    .argument('<folder>', 'folder that `endcap backup` made')
    .action((source: string, options: StoreOptions) => {
      const { dataDirectory } = configOf(options);
      if (!existsSync(join(source, NOTE)) || !existsSync(join(source, JOURNAL))) {
        throw new PlainError(`${source} is no backup: it lacks ${NOTE} or ${JOURNAL}/.`, 2);
      }
      const journal = join(dataDirectory, JOURNAL);
      if (existsSync(journal) && readdirSync(journal).length > 0) {
        throw new PlainError(`${dataDirectory} holds a store already. Name an empty folder with --data.`, 2);
      }
      mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
      cpSync(join(source, JOURNAL), journal, { recursive: true });
      process.stdout.write(
        [
          `Restored to ${dataDirectory}. At its next start the store`,
          '  - gets a new journal identity, so that HQ never takes its events for those of the old box;',
          '  - has no keys, tokens and certificates: register devices again and bring staff devices its new root; coupons made before are good by their digits only;',
          '  - knows shoppers by their pseudonym only, until their tags are linked again, unless the vault is put back too.',
          '',
        ].join('\n'),
      );
    });
}
