import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Modification time (epoch ms) of the newest file under the folders. */
export function newestSource(folders: readonly string[]): number {
  let newest = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
    }
  }
  return newest;
}
