import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import type { Config } from '../config/load.js';
import { syncFolder } from '../ops/durable-file.js';
import { copyFolder } from './copy-folder.js';
import { readEndpoint } from './endpoint.js';
import { type Copy, lentCopy } from './lent-copy.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { explainSystemError, PlainError } from './plain-error.js';
import { type ReasonOptions, withReason } from './reason.js';

const JOURNAL = 'journal';
/** What no backup holds, and why it matters. Each lies in the data folder. */
const BY_HAND = [
  ['vault/', 'who anybody is; without it a restored store knows nobody, and what is sealed stays sealed'],
  [
    'keys/',
    'accounts, tokens, registered devices, certificates, the audit log, keys of coupons and messages',
  ],
  [
    'media/, screens.json',
    'uploaded pictures and films, and what the screens were given from the staff page',
  ],
] as const;
const NOTE = 'backup.json';

interface BackupNote {
  readonly store: string;
  readonly takenAt: string;
  readonly offset: number;
}

/** `endcap backup`: a folder that can be put away, made while the store runs. */
export function addBackup(program: Command): void {
  withReason(withStoreOptions(program.command('backup')))
    .description(
      'copy the journal and the configuration of the running store; never accounts, keys or who anybody is',
    )
    .addHelpText('after', () => `\nNot in a backup:\n${byHand((name) => name)}`)
    .argument('<folder>', 'new folder for the copy')
    .action(async (target: string, options: StoreOptions & ReasonOptions) => {
      if (existsSync(target)) throw new PlainError(`${target} is there already; name a new folder.`, 2);
      const config = configOf(options);
      const endpoint = readEndpoint(config.dataDirectory);
      const offset = await lentCopy(endpoint, (copy) => keep(copy, { config, target }), options);
      process.stdout.write(
        `Copied everything up to event ${offset} to ${resolve(target)}.\nNot in it:\n${byHand((name) => join(config.dataDirectory, name))}`,
      );
    });
}

/** Puts a copy where it is wanted, whole or not at all. */
async function keep(copy: Copy, { config, target }: { config: Config; target: string }): Promise<void> {
  try {
    mkdirSync(target, { recursive: true, mode: 0o700 });
    await copyFolder(copy.folder, join(target, JOURNAL), 'Writing');
    copyConfiguration(config.path, target);
    const note: BackupNote = {
      store: config.policy.store.id,
      takenAt: new Date().toISOString(),
      offset: copy.offset,
    };
    writeFileSync(join(target, NOTE), `${JSON.stringify(note, null, 2)}\n`);
    // The store's own copy goes when this one is on its disk, which is often one that is pulled out next.
    syncFolder(target);
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    throw explainSystemError(error) ?? error;
  }
}

/** What to copy by hand, and how to keep it. */
function byHand(placeOf: (name: string) => string): string {
  return [
    ...BY_HAND.map(([names, why]) => `  ${names.split(', ').map(placeOf).join(', ')}\n      ${why}`),
    'Copy those by hand while the store is stopped. Keep them encrypted and apart from the backup: with both one knows who',
    'bought what, and keys/ signs for the store. Whoever was erased since is still in an older copy of vault/: make a new',
    'one after an erasure, and delete the old.',
    '',
  ].join('\n');
}

/** store.yaml and the files that it names, under their own names. */
function copyConfiguration(path: string, target: string): void {
  copyFileSync(path, join(target, basename(path)));
  const { products, campaigns } = parse(readFileSync(path, 'utf8')) as Record<string, string | string[]>;
  for (const name of [products ?? [], campaigns ?? []].flat()) {
    const from = resolve(dirname(path), name);
    const inside = relative(dirname(path), from);
    // A file that lies elsewhere is put beside store.yaml.
    const to = join(target, inside.startsWith('..') ? basename(from) : inside);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}

/** Half a journal would be taken for a damaged one: it gets its name once it is whole. */
async function copyWhole(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  rmSync(part, { recursive: true, force: true });
  try {
    await copyFolder(from, part, 'Restoring');
    syncFolder(part);
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
}

/** Throws PlainError for what is none, and the system's error for what cannot be read. */
function mustBeBackup(source: string): void {
  try {
    for (const name of [NOTE, JOURNAL]) accessSync(join(source, name), constants.R_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new PlainError(`${source} is no backup: it lacks ${NOTE} or ${JOURNAL}/.`, 2);
  }
}

/** `endcap restore`: puts a copy where a store will find it. */
export function addRestore(program: Command): void {
  withStoreOptions(program.command('restore'))
    .description('put a backup into the empty data folder of a store')
    .argument('<folder>', 'folder that `endcap backup` made')
    .action(async (source: string, options: StoreOptions) => {
      const { dataDirectory } = configOf(options);
      mustBeBackup(source);
      const journal = join(dataDirectory, JOURNAL);
      if (existsSync(journal) && readdirSync(journal).length > 0) {
        throw new PlainError(`${dataDirectory} holds a store already. Name an empty folder with --data.`, 2);
      }
      mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
      await copyWhole(join(source, JOURNAL), journal);
      process.stdout.write(
        [
          `Restored to ${dataDirectory}. At its next start the store`,
          '  - gets a new journal identity, so that HQ never takes its events for those of the old box;',
          '  - has no accounts, tokens and certificates, unless a copy of keys/ is put there now: make the first account with the claim code, register devices again and bring staff devices its new root; coupons made before are good by their digits only;',
          '  - knows nobody, unless a copy of vault/ is put there now: shoppers enrol and agree anew, and what was sealed stays sealed. Whoever is erased in that copy stays erased;',
          '  - shows what store.yaml says, unless copies of media/ and screens.json are put there now.',
          '',
        ].join('\n'),
      );
    });
}
