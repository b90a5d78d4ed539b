import { chmodSync, closeSync, fsyncSync, openSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Only the store's own user reads and writes. */
const PRIVATE = 0o600;

/**
 * There whole, or as it was before, whenever the power goes: temporary file, fsync, rename, fsync of the folder. Durable
 * when it returns. Throws system errors. For small files that are written rarely: the thread waits for the disk.
 */
export function writeDurably(path: string, content: string | Buffer, mode = PRIVATE): void {
  const part = `${path}.part`;
  writeFileSync(part, content, { mode, flush: true });
  // The mode of a file that a crash left behind is not the one of a new file.
  chmodSync(part, mode);
  renameSync(part, path);
  sync(dirname(path));
}

/** Everything in a folder, and the folder, is on the disk when it returns. Throws system errors. */
export function syncFolder(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncFolder(path);
    else sync(path);
  }
  sync(folder);
}

function sync(path: string): void {
  const opened = openSync(path, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
