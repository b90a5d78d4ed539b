import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { type SegmentFile, syncDirectory } from './catalogue.js';
import type { Head } from './plan.js';
import { COLUMNS, checkedRow, type RawRow, typeNames } from './row-access.js';
import type { Row } from './rows.js';
import { fromPages } from './salvage-pages.js';
import { dropFiles, openSegment, type Segment, type SegmentSettings, sealFile } from './segment.js';

const CHUNK = 512;

export interface Salvage {
  readonly rows: number;
  /** Where the damaged original lies now. */
  readonly setAside: string;
}

export interface SalvageWish {
  /** Highest offset the segment can hold, where that is known. */
  readonly lastOffset?: number;
  /** Heads of the lanes where the segment ends, for lanes of which nothing was saved. */
  readonly endHeads: readonly Head[];
  wanted(row: Row): boolean;
  /** Called once the files have been copied. */
  release?(): void;
}

/**
 * Rewrite a damaged segment from everything that can still be read and whose checksum fits: through the tree, by
 * point reads around dead pages, and then page by page from the file and from its log. The original is set aside.
 */
export function salvageSegment(file: SegmentFile, options: SegmentSettings & SalvageWish): Salvage {
  const directory = dirname(file.path);
  const setAside = copyAside(file.path);
  options.release?.();
  const part = `${file.path}.part`;
  dropFiles(part);
  const target = openSegment({ ...file, path: part }, options);
  let rows = 0;
  const seen = new Set<number>();
  const take = (row: Row | undefined): void => {
    if (row === undefined || seen.has(row.offset) || !options.wanted(row)) return;
    seen.add(row.offset);
    target.insert(row);
    rows += 1;
  };
  target.begin();
  fromTree(`${setAside}.work`, target, { first: file.first, lastOffset: options.lastOffset, take });
  fromPages(setAside, take);
  mendStart(target, options.endHeads);
  target.commit();
  sealFile(target.db);
  target.close();
  dropFiles(`${setAside}.work`);
  pruneAside(dirname(setAside), 2 * options.segmentBytesMax);
  renameSync(part, `${file.path}.repair`);
  finishRepair(file.path);
  syncDirectory(directory);
  return { rows, setAside };
}

/** Two copies in `damaged/`: one stays as evidence, SQLite works on the other. */
function copyAside(path: string): string {
  const folder = join(dirname(path), 'damaged');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let number = 1;
  while (existsSync(join(folder, `${basename(path)}.${number}`))) number += 1;
  const setAside = join(folder, `${basename(path)}.${number}`);
  for (const end of ['', '-wal']) {
    if (!existsSync(path + end)) continue;
    copyFileSync(path + end, setAside + end);
    copyFileSync(path + end, `${setAside}.work${end}`);
  }
  return setAside;
}

/** Evidence must not fill the disk: the oldest goes when there is more than `bytesMax` of it. */
function pruneAside(folder: string, bytesMax: number): void {
  const files = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), ...pick(statSync(join(folder, name))) }))
    .sort((a, b) => b.changedMs - a.changedMs);
  let bytes = 0;
  for (const file of files) {
    bytes += file.size;
    if (bytes > bytesMax) rmSync(file.path);
  }
}

const pick = ({ size, mtimeMs }: { size: number; mtimeMs: number }) => ({ size, changedMs: mtimeMs });

/** The rewritten copy takes the place of the original. The old log must go first: it belongs to the old file. */
function finishRepair(path: string): void {
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
  renameSync(`${path}.repair`, path);
}

/** At start: finish or forget what a crash interrupted. */
export function finishRepairs(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.endsWith('.db.repair')) finishRepair(join(directory, name.slice(0, -'.repair'.length)));
    if (/\.db\.part(-wal|-shm)?$/.test(name)) rmSync(join(directory, name));
  }
}

interface TreeWalk {
  readonly first: number;
  readonly lastOffset: number | undefined;
  take(row: Row | undefined): void;
}

function fromTree(path: string, target: Segment, walk: TreeWalk): void {
  const db = openOrNot(path);
  if (db === undefined) return;
  try {
    copyTexts(db, target);
    const nameOf = typeNames(db);
    const range = db.prepare<[number, number], RawRow>(
      `SELECT ${COLUMNS} FROM event WHERE offset >= ? AND offset < ? ORDER BY offset`,
    );
    const visit = (from: number, to: number): void => {
      try {
        for (const raw of range.all(from, to)) walk.take(checkedRow(raw, nameOf(raw.type)));
      } catch (error) {
        if (!isSqlite(error)) throw error;
        if (to - from <= 1) return;
        const middle = Math.floor((from + to) / 2);
        visit(from, middle);
        visit(middle, to);
      }
    };
    const last =
      walk.lastOffset ?? db.prepare<[], number>('SELECT max(offset) FROM event').pluck().get() ?? 0;
    for (let from = walk.first; from <= last; from += CHUNK) visit(from, Math.min(from + CHUNK, last + 1));
  } catch (error) {
    // A file that cannot even be queried still has its pages, which are read next.
    if (!isSqlite(error)) throw error;
  } finally {
    db.close();
  }
}

function openOrNot(path: string): Database.Database | undefined {
  try {
    return new Database(path, { fileMustExist: true });
  } catch (error) {
    if (!isSqlite(error)) throw error;
    return undefined;
  }
}

const isSqlite = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_');

/** Meta values and marks carry their own checksum, so they are copied as they are and judged when they are read. */
function copyTexts(db: Database.Database, target: Segment): void {
  for (const table of ['meta', 'mark']) {
    try {
      const rows = db.prepare<[], { name: string; value: string }>(`SELECT name, value FROM ${table}`).all();
      const insert = target.db.prepare(`INSERT OR REPLACE INTO ${table} (name, value) VALUES (?, ?)`);
      for (const row of rows) insert.run(row.name, row.value);
    } catch (error) {
      if (!isSqlite(error)) throw error;
    }
  }
}

/** Where the lanes stood when the segment began tells readers where to look; recomputed when it is gone. */
function mendStart(target: Segment, endHeads: readonly Head[]): void {
  try {
    if (target.meta('start') !== undefined) return;
  } catch (error) {
    if (!isSqlite(error)) throw error;
  }
  const lowest = target.db
    .prepare<[number], number | null>('SELECT min(seq) FROM event WHERE lane = ?')
    .pluck();
  const start = endHeads.map((end, lane) => {
    const seq = lowest.get(lane);
    return seq === null || seq === undefined ? end : { seq: seq - 1, crc: 0 };
  });
  target.setMeta('start', start);
}
