/** Is a file still what its name says? Its bytes are read once, and again only when the file system says it changed. */
import { webcrypto } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isMedia, type Sniffed, sniff } from './sniff.js';

export const READ_PLAIN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW;

/** `changed`: the bytes are not those of the name; `gone`: there is no plain file there. */
export type Check =
  | { readonly good: true; readonly size: Sides }
  | { readonly good: false; readonly why: Wrong };
export type Wrong = 'changed' | 'gone';
export type Sides = Pick<Sniffed, 'width' | 'height'>;

/** The work is done beside the event loop: a film may have 32 MiB. */
export async function sha256Of(bytes: Buffer): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

export interface FileCheck {
  /** The file at `path` against its hash. One at a time, so that at most one is held in memory. */
  check(path: string, hash: string): Promise<Check>;
  /** True while the open file is the one that was found good. */
  isGood(path: string, handle: FileHandle): Promise<boolean>;
  forget(path: string): void;
}

export function createFileCheck(bytesMax: number): FileCheck {
  const good = new Map<string, { readonly mark: string; readonly size: Sides }>();
  let queue: Promise<unknown> = Promise.resolve();
  const look = async (path: string, hash: string): Promise<Check> => {
    const handle = await open(path, READ_PLAIN_FILE).catch(only(GONE));
    if (handle === undefined) return { good: false, why: 'gone' };
    try {
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) return { good: false, why: 'gone' };
      const known = good.get(path);
      if (known?.mark === markOf(stats)) return { good: true, size: known.size };
      if (stats.size > bytesMax) return { good: false, why: 'changed' };
      const bytes = await handle.readFile().catch(only(UNREADABLE));
      if (bytes === undefined || (await sha256Of(bytes)) !== hash) return { good: false, why: 'changed' };
      const size = sidesOf(bytes);
      good.set(path, { mark: markOf(stats), size });
      return { good: true, size };
    } finally {
      await handle.close();
    }
  };
  return {
    check(path, hash) {
      const mine = queue.then(() => look(path, hash));
      queue = mine.catch(() => undefined);
      return mine;
    },
    async isGood(path, handle) {
      return good.get(path)?.mark === markOf(await handle.stat({ bigint: true }));
    },
    forget: (path) => void good.delete(path),
  };
}

/** A store that is short of something else, like file handles, must not take a good file for a bad one. */
const GONE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ELOOP', 'EISDIR', 'ENXIO']);
const UNREADABLE: ReadonlySet<string | undefined> = new Set(['EIO']);

const only =
  (codes: ReadonlySet<string | undefined>) =>
  (error: unknown): undefined => {
    if (!codes.has((error as NodeJS.ErrnoException).code)) throw error;
    return undefined;
  };

/** `ctime` cannot be set back: whoever writes into the file leaves a trace here. */
const markOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join('/');

function sidesOf(bytes: Buffer): Sides {
  const found = sniff(bytes);
  if (!isMedia(found)) return {};
  const { width, height } = found;
  return width === undefined || height === undefined ? {} : { width, height };
}
