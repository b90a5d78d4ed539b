import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../contracts/index.js';

/**
 * The list of segments is the list of file names: `keep-<first offset>-<created ms>.db`. A start therefore
 * reads a directory and no more, whatever the backlog.
 */
export interface SegmentFile {
  readonly family: Family;
  /** Every offset in the segment is at or above this, and below the `first` of the next of its family. */
  readonly first: number;
  readonly createdMs: number;
  readonly path: string;
  /** Grows when the file at this path was replaced by a repaired copy. */
  readonly edition: number;
}

const NAME = /^(keep|bulk)-(\d{16})-(\d{14})\.db$/;

export function segmentPath(directory: string, family: Family, place: { first: number; createdMs: number }) {
  const first = String(place.first).padStart(16, '0');
  const created = String(Math.max(0, Math.floor(place.createdMs))).padStart(14, '0');
  return join(directory, `${family}-${first}-${created}.db`);
}

/** Oldest first. */
export function listSegments(directory: string): SegmentFile[] {
  const found: SegmentFile[] = [];
  for (const name of readdirSync(directory)) {
    const match = NAME.exec(name);
    if (match === null) continue;
    found.push({
      family: match[1] as Family,
      first: Number(match[2]),
      createdMs: Number(match[3]),
      path: join(directory, name),
      edition: 0,
    });
  }
  return found.sort((a, b) => a.first - b.first);
}

/** What the file header says, without opening the database; undefined when there is none. */
export function headerOf(path: string): { version: number; writeAhead: boolean } | undefined {
  if (!existsSync(path)) return undefined;
  const header = Buffer.alloc(100);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, header, 0, 100, 0) < 100 || !header.toString('latin1').startsWith('SQLite format 3')) {
      return undefined;
    }
  } finally {
    closeSync(file);
  }
  return { version: header.readUInt32BE(60), writeAhead: header.readUInt8(18) === 2 };
}

/** Make a rename, creation or deletion in the folder durable. */
export function syncDirectory(directory: string): void {
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The last segment of `segments` (oldest first) that can hold `offset`, as an index; -1 when none can. */
export function covering(segments: readonly SegmentFile[], offset: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segments[middle] as SegmentFile).first <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
