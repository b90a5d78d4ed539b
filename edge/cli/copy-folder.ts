import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { createByteProgress } from './progress.js';

/** Copies what is below a folder into another, with a bar where somebody looks. Rejects with the system's error. */
export async function copyFolder(from: string, to: string, doing: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  const progress = createByteProgress(doing);
  progress.total(sizes.reduce((sum, bytes) => sum + bytes, 0));
  try {
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const [index, path] of files.entries()) {
      const target = join(to, relative(from, path));
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await copyFile(path, target);
      progress.advance(sizes[index] ?? 0);
    }
  } finally {
    progress.done();
  }
}
