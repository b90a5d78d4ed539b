import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupNow } from '../contracts/index.js';
import type { Clock } from '../ports.js';
import type { StoreJournal } from '../store/journal.js';
import type { DataFolder } from './data-folder.js';

const LISTED = 20;
/** `2026-11-23T20-07-41-123Z`, as `backupOf` names them. */
const NAME = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z$/;

type Folder = Pick<DataFolder, 'root'>;

export interface BackupDeps {
  readonly journal: Pick<StoreJournal, 'backup'>;
  readonly folder: Folder;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** One folder a copy, named by its time; `endcap backup` moves it to where it is wanted. */
export async function backupOf({ journal, folder, clock }: BackupDeps): Promise<{
  folder: string;
  offset: number;
}> {
  const name = new Date(clock.nowMs()).toISOString().replaceAll(/[:.]/g, '-');
  const target = join(folder.root, 'backups', name);
  const { offset } = await journal.backup(target);
  return { folder: target, offset };
}

/** What a crash left of a copy that was being made takes room and is good for nothing. Called before any is made. */
export function removeHalfCopies({ root }: Folder): void {
  const backups = join(root, 'backups');
  for (const name of namesIn(backups))
    if (name.endsWith('.part')) rmSync(join(backups, name), { recursive: true });
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
