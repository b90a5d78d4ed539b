import { readdirSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupNow } from '../contracts/index.js';
import type { Clock } from '../ports.js';
import type { BackupWatch } from '../store/backup.js';
import type { StoreJournal } from '../store/journal.js';
import type { DataFolder } from './data-folder.js';

const LISTED = 20;
/** `2026-11-23T20-07-41-123Z`, as `backupOf` names them. */
const NAME = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z$/;

const LENT = '.lent';

type Folder = Pick<DataFolder, 'root'>;

export interface BackupDeps {
  readonly journal: Pick<StoreJournal, 'backup'>;
  readonly folder: Folder;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface Copy {
  readonly folder: string;
  readonly offset: number;
}

/** One folder a copy, named by its time. */
export async function backupOf(deps: BackupDeps): Promise<Copy> {
  const folder = placeOf(deps, '');
  return { folder, ...(await deps.journal.backup(folder)) };
}

/** A copy for somebody who takes it elsewhere and then removes it; one that outlives the process is removed at the start. */
export async function lendBackup(
  deps: BackupDeps,
  watch: BackupWatch,
): Promise<Copy & { remove(): Promise<void> }> {
  const folder = placeOf(deps, LENT);
  const { offset } = await deps.journal.backup(folder, watch);
  return { folder, offset, remove: () => rm(folder, { recursive: true, force: true }) };
}

function placeOf({ folder, clock }: BackupDeps, ending: string): string {
  const name = new Date(clock.nowMs()).toISOString().replaceAll(/[:.]/g, '-');
  return join(folder.root, 'backups', `${name}${ending}`);
}

/** What a crash left of a copy takes room and is good for nothing: half made, or lent. Called before any is made. */
export function removeHalfCopies({ root }: Folder): void {
  const backups = join(root, 'backups');
  for (const name of namesIn(backups))
    if (name.endsWith('.part') || name.endsWith(LENT)) rmSync(join(backups, name), { recursive: true });
}

/** Copies that lie beside the data, newest first. */
export function backupsOf({ folder }: { readonly folder: Folder }): readonly BackupNow[] {
  const root = join(folder.root, 'backups');
  return namesIn(root)
    .flatMap((name) => {
      const at = NAME.exec(name);
      if (at === null) return [];
      const [, day, hour, minute, second, milli] = at;
      return [{ name, at: `${day}T${hour}:${minute}:${second}.${milli}Z`, bytes: bytesIn(join(root, name)) }];
    })
    .sort((left, right) => (left.at < right.at ? 1 : -1))
    .slice(0, LISTED);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // Nobody made a copy yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
