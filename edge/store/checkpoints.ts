import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StateSeal } from './types.js';

/** Generations kept; a segment may go only when all of them cover it. */
const GENERATIONS = 2;
const FORMAT = 1;
const NAME = /^checkpoint-(\d{16})\.json$/;

export interface Checkpoint {
  readonly offset: number;
  readonly state: string;
}

interface Header {
  readonly format: typeof FORMAT;
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

/** How many checkpoints there were, and how many of them passed their checksum. */
export interface CopiedStates {
  readonly found: number;
  readonly usable: number;
}

/** Checkpoints of the engine's state, as files: a header line with length and CRC, then the state. */
export interface Checkpoints {
  /** Temporary file, fsync, rename, fsync of the folder; then generations beyond the last two are deleted. */
  save(checkpoint: Checkpoint): Promise<void>;
  /** The same, and nothing older is left: both generations hold this state. */
  renew(checkpoint: Checkpoint): Promise<void>;
  /** Newest that passes its checksum; one that does not is renamed and counts no more, and `onBad` hears of it. */
  load(onBad: (path: string) => void): Checkpoint | undefined;
  /** Copy what passes its checksum below a directory, between two saves, never beside one; as it lies on the disk. */
  copyTo(directory: string): Promise<CopiedStates>;
  /** Offset that every kept generation covers; 0 until there are two. */
  covered(): number;
}

/** With a seal nothing that ties the state to a person reaches the disk in the clear. */
export function createCheckpoints(directory: string, seal?: StateSeal): Checkpoints {
  const folder = folderOf(directory);
  let busy: Promise<unknown> = Promise.resolve();
  /** The last that was read: a start and a failing disk ask again and again. */
  let loaded: Checkpoint | undefined;
  const sealed = async (state: string): Promise<readonly Buffer[]> => {
    const parts = seal === undefined ? [state] : await seal.seal(state);
    return parts.map((part) => Buffer.from(part));
  };
  const save = async ({ offset, state }: Checkpoint): Promise<void> => {
    await write(folder, offset, await sealed(state));
    for (const old of offsetsIn(await readdir(folder)).slice(0, -GENERATIONS))
      await rm(join(folder, old.name));
  };
  const renew = async ({ offset, state }: Checkpoint): Promise<void> => {
    const body = await sealed(state);
    // The second copy says that it is one event older than it is; the core passes over a step it has made.
    const kept = [await write(folder, offset, body), await write(folder, Math.max(0, offset - 1), body)];
    // Damaged ones and those that a crash left half written hold what they held.
    for (const name of await readdir(folder)) if (!kept.includes(name)) await rm(join(folder, name));
    await syncFolder(folder);
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = busy.then(work);
    // A failed save is told to its own caller; the next one starts afresh.
    busy = next.catch(() => undefined);
    return next;
  };
  const forgetLoaded = (): void => {
    loaded = undefined;
  };
  return {
    save: (checkpoint) => inTurn(() => save(checkpoint).finally(forgetLoaded)),
    renew: (checkpoint) => inTurn(() => renew(checkpoint).finally(forgetLoaded)),
    load(onBad) {
      if (loaded !== undefined) return loaded;
      for (const { name, offset } of offsetsIn(listed(folder)).reverse()) {
        const found = read(join(folder, name), offset);
        if (found !== undefined) {
          const text = found.body.toString('utf8');
          loaded = { offset: found.offset, state: seal === undefined ? text : seal.open(text) };
          return loaded;
        }
        renameSync(join(folder, name), join(folder, `${name}.damaged`));
        onBad(join(folder, `${name}.damaged`));
      }
      return undefined;
    },
    copyTo: (target) => inTurn(() => copy(folder, folderOf(target))),
    covered() {
      const kept = offsetsIn(listed(folder)).slice(-GENERATIONS);
      return kept.length < GENERATIONS ? 0 : (kept[0]?.offset ?? 0);
    },
  };
}

const folderOf = (directory: string): string => join(directory, 'checkpoints');

/** Offset of the newest checkpoint, from its name alone; 0 when there is none. */
export function newestCheckpointOffset(directory: string): number {
  return offsetsIn(listed(folderOf(directory))).at(-1)?.offset ?? 0;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No folder yet: there is no checkpoint.
    return [];
  }
}

function offsetsIn(names: readonly string[]): { name: string; offset: number }[] {
  return names
    .map((name) => ({ name, offset: Number(NAME.exec(name)?.[1] ?? Number.NaN) }))
    .filter((one) => !Number.isNaN(one.offset))
    .sort((a, b) => a.offset - b.offset);
}

async function copy(from: string, to: string): Promise<CopiedStates> {
  const found = offsetsIn(listed(from));
  let usable = 0;
  for (const { name, offset } of found) {
    const checkpoint = read(join(from, name), offset);
    if (checkpoint === undefined) continue;
    await write(to, checkpoint.offset, [checkpoint.body]);
    usable += 1;
  }
  return { found: found.length, usable };
}

/** Answers the name of the file. */
async function write(folder: string, offset: number, parts: readonly Buffer[]): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const crc = parts.reduce((sum, part) => crc32(part, sum), 0);
  const header: Header = { format: FORMAT, offset, bytes, crc };
  const name = `checkpoint-${String(offset).padStart(16, '0')}.json`;
  const path = join(folder, name);
  const file = await open(`${path}.part`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(header)}\n`);
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
  await syncFolder(folder);
  return name;
}

/** The checksum is that of the body. What the header says besides is held against the name and what can be read. */
function read(path: string, named: number): { readonly offset: number; readonly body: Buffer } | undefined {
  const content = readFileSync(path);
  const end = content.indexOf(10);
  if (end < 0) return undefined;
  try {
    const header = JSON.parse(content.toString('utf8', 0, end)) as Header;
    const body = content.subarray(end + 1);
    if (header.format !== FORMAT || header.offset !== named) return undefined;
    if (header.bytes !== body.length || header.crc !== crc32(body)) return undefined;
    return { offset: named, body };
  } catch {
    // A header that is no JSON is a damaged checkpoint like any other.
    return undefined;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
