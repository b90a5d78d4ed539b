import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Generations kept; a segment may go only when all of them cover it. */
const GENERATIONS = 2;
const NAME = /^checkpoint-(\d{16})\.json$/;

export interface Checkpoint {
  readonly offset: number;
  readonly state: string;
}

interface Header {
  readonly format: 1;
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

/** Checkpoints of the engine's state, as files: a header line with length and CRC, then the state. */
export interface Checkpoints {
  /** Temporary file, fsync, rename, fsync of the folder; then generations beyond the last two are deleted. */
  save(checkpoint: Checkpoint): Promise<void>;
  /** The same, and nothing older is left: both generations hold this state. */
  renew(checkpoint: Checkpoint): Promise<void>;
  /** Newest that passes its checksum; one that does not is renamed and counts no more, and `onBad` hears of it. */
  load(onBad: (path: string) => void): Checkpoint | undefined;
  /** Offset that every kept generation covers; 0 until there are two. */
  covered(): number;
}

export function createCheckpoints(directory: string): Checkpoints {
  const folder = folderOf(directory);
  let saving: Promise<void> = Promise.resolve();
  const write = async (checkpoint: Checkpoint): Promise<string> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const body = Buffer.from(checkpoint.state);
    const header: Header = { format: 1, offset: checkpoint.offset, bytes: body.length, crc: crc32(body) };
    const name = `checkpoint-${String(checkpoint.offset).padStart(16, '0')}.json`;
    const path = join(folder, name);
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      await file.writeFile(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    await syncFolder(folder);
    return name;
  };
  const save = async (checkpoint: Checkpoint): Promise<void> => {
    await write(checkpoint);
    for (const old of offsetsIn(await readdir(folder)).slice(0, -GENERATIONS))
      await rm(join(folder, old.name));
  };
  const renew = async ({ offset, state }: Checkpoint): Promise<void> => {
    // The second copy says that it is one event older than it is; the core passes over a step it has made.
    const kept = [await write({ offset, state }), await write({ offset: Math.max(0, offset - 1), state })];
    // Damaged ones and those that a crash left half written hold what they held.
    for (const name of await readdir(folder)) if (!kept.includes(name)) await rm(join(folder, name));
    await syncFolder(folder);
  };
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const next = saving.then(work);
    // A failed save is told to its own caller; the next one starts afresh.
    saving = next.catch(() => undefined);
    return next;
  };
  return {
    save: (checkpoint) => inTurn(() => save(checkpoint)),
    renew: (checkpoint) => inTurn(() => renew(checkpoint)),
    load(onBad) {
      for (const { name } of offsetsIn(listed(folder)).reverse()) {
        const found = readCheckpoint(join(folder, name));
        if (found !== undefined) return found;
        renameSync(join(folder, name), join(folder, `${name}.damaged`));
        onBad(join(folder, `${name}.damaged`));
      }
      return undefined;
    },
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

function readCheckpoint(path: string): Checkpoint | undefined {
  const content = readFileSync(path);
  const end = content.indexOf(10);
  if (end < 0) return undefined;
  try {
    const header = JSON.parse(content.toString('utf8', 0, end)) as Header;
    const body = content.subarray(end + 1);
    if (header.bytes !== body.length || header.crc !== crc32(body)) return undefined;
    return { offset: header.offset, state: body.toString('utf8') };
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
