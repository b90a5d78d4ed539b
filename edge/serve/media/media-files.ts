/**
 * Uploaded pictures and films, each under the SHA-256 of its bytes. A name is looked up in the list of what was found
 * or taken, never joined to a path: there is nothing to break out of. What is on the disk is held against its name at
 * the start and whenever it is given out; what is no longer itself is set aside and shown to nobody.
 */
import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Refusal } from '../../contracts/index.js';
import type { ByteRange } from './byte-range.js';
import { createDamaged, type Damaged, isMediaName } from './damaged-files.js';
import { createFileCheck, READ_PLAIN_FILE, type Sides, sha256Of } from './file-check.js';
import { isMedia, type MediaKind, sniff } from './sniff.js';

export interface MediaFile {
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string;
  readonly width?: number;
  readonly height?: number;
}

export interface MediaFiles {
  list(): readonly MediaFile[];
  /** Names of files that were taken and are no longer themselves, or no longer there. */
  damaged(): readonly string[];
  /** Keeps it under its hash; the same bytes again are the same file. Durable when it resolves. */
  take(body: Buffer): Promise<{ file: MediaFile; known: boolean } | Refusal>;
  /** The file as far as its bytes are still its own; nothing for a name that was never taken. */
  find(name: string): Promise<MediaFile | undefined>;
  /** Bytes of a file that was just found; nothing where it changed since. */
  bytes(name: string, range?: ByteRange): Promise<Readable | undefined>;
  remove(name: string): Promise<boolean>;
  /** Every file that was found at the start has been looked at. */
  readonly checked: Promise<void>;
}

export interface MediaOptions {
  readonly folderBytesMax?: number;
  /** Told each time the list of damaged files changes. */
  readonly onDamaged?: (names: readonly string[]) => void;
}

export const MEDIA_BYTES_MAX = 32 * 1024 * 1024;
const FOLDER_BYTES_MAX = 2 * 1024 ** 3;
/** Bodies are held in memory while they are looked at. */
const TAKEN_AT_ONCE_MAX = 2;
/** What an upload leaves that ended with the power. */
const DRAFT = /^\.[0-9a-f]{64}\..*\.draft$/;
const CHUNK_BYTES = 256 * 1024;
const TYPES: Readonly<Record<MediaKind, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  mp4: 'video/mp4',
  webm: 'video/webm',
};

export function openMediaFiles(folder: string, options: MediaOptions = {}): MediaFiles {
  const files = foundIn(folder);
  const damaged = createDamaged(folder, files, options.onDamaged);
  const file = createFileCheck(MEDIA_BYTES_MAX);
  const pathOf = (name: string): string => join(folder, name);
  const find = async (name: string): Promise<MediaFile | undefined> => {
    if (!files.has(name)) return undefined;
    const seen = await file.check(pathOf(name), hashOf(name));
    const known = files.get(name);
    if (known === undefined) return undefined;
    if (seen.good) {
      const whole = { ...known, ...seen.size };
      files.set(name, whole);
      return whole;
    }
    files.delete(name);
    await damaged.setAside(name);
    return undefined;
  };
  const checkAll = async (): Promise<void> => {
    // One that cannot be looked at now is looked at before it is given out.
    for (const name of [...files.keys()]) await find(name).catch(() => undefined);
  };
  return {
    list: () => [...files.values()],
    damaged: damaged.names,
    take: createTaking({
      folder,
      files,
      find,
      damaged,
      folderBytesMax: options.folderBytesMax ?? FOLDER_BYTES_MAX,
    }),
    find,
    async bytes(name, range) {
      const handle = await open(pathOf(name), READ_PLAIN_FILE).catch(() => undefined);
      if (handle === undefined) return undefined;
      if (files.has(name) && (await file.isGood(pathOf(name), handle))) {
        return handle.createReadStream({ ...range, highWaterMark: CHUNK_BYTES });
      }
      await handle.close();
      return undefined;
    },
    async remove(name) {
      const wasDamaged = await damaged.remove(name);
      if (!files.delete(name)) return wasDamaged;
      file.forget(pathOf(name));
      await rm(pathOf(name), { force: true });
      return true;
    },
    checked: checkAll(),
  };
}

/** What earlier runs left: whole files by their names, and drafts, which go. */
function foundIn(folder: string): Map<string, MediaFile> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = new Map<string, MediaFile>();
  for (const name of readdirSync(folder)) {
    if (DRAFT.test(name)) rmSync(join(folder, name), { force: true });
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (isMediaName(name) && stats?.isFile() === true) files.set(name, fileOf(name, stats.size));
  }
  return files;
}

interface Taking {
  readonly folder: string;
  readonly files: Map<string, MediaFile>;
  readonly find: MediaFiles['find'];
  readonly damaged: Damaged;
  readonly folderBytesMax: number;
}

/** The same bytes twice at once are one upload; room is counted from the moment it is promised. */
function createTaking({ folder, files, find, damaged, folderBytesMax }: Taking): MediaFiles['take'] {
  const writing = new Map<string, Promise<MediaFile>>();
  let taking = 0;
  let promisedBytes = 0;
  const write = async (name: string, body: Buffer, sides: Sides): Promise<MediaFile> => {
    promisedBytes += body.length;
    try {
      await writeDurably(folder, name, body);
      const file = { ...fileOf(name, body.length), ...sides };
      files.set(name, file);
      await damaged.remove(name);
      return file;
    } finally {
      promisedBytes -= body.length;
      writing.delete(name);
    }
  };
  const keep: MediaFiles['take'] = async (body) => {
    const found = sniff(body);
    if (!isMedia(found)) return { reason: 'UnsupportedFormat', detail: found.why };
    const name = `${await sha256Of(body)}.${found.kind}`;
    // One that changed on the disk is mended by being uploaded again.
    await find(name);
    await damaged.settled();
    const running = writing.get(name);
    const known = files.get(name) ?? (running && (await running));
    if (known !== undefined) return { file: known, known: true };
    const held = [...files.values()].reduce((sum, { bytes }) => sum + bytes, promisedBytes);
    if (held + body.length > folderBytesMax) {
      const detail = `pictures and films may take ${folderBytesMax} bytes; remove some first`;
      return { reason: 'QuotaReached', detail };
    }
    const { width, height } = found;
    const sides = width === undefined || height === undefined ? {} : { width, height };
    const mine = write(name, body, sides);
    writing.set(name, mine);
    return { file: await mine, known: false };
  };
  return async (body) => {
    if (taking >= TAKEN_AT_ONCE_MAX) return { reason: 'Busy', detail: 'other files are being taken in' };
    taking += 1;
    try {
      return await keep(body);
    } catch (error) {
      return refusalOf(error);
    } finally {
      taking -= 1;
    }
  };
}

function refusalOf(error: unknown): Refusal {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return full
    ? { reason: 'DiskFull', detail: 'there is no room left for this file' }
    : { reason: 'DiskFailed', detail: `the file could not be written: ${code}` };
}

const hashOf = (name: string): string => name.split('.')[0] ?? '';

function fileOf(name: string, bytes: number): MediaFile {
  return { name, bytes, contentType: TYPES[name.split('.')[1] as MediaKind] };
}

/** Whole or not at all, also when the power goes. */
async function writeDurably(folder: string, name: string, body: Buffer): Promise<void> {
  const draft = join(folder, `.${name}.draft`);
  try {
    await writeFile(draft, body, { mode: 0o600, flush: true });
    await rename(draft, join(folder, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
