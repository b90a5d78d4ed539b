import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Family } from '../contracts/index.js';
import { type SegmentFile, segmentPath, syncDirectory } from './catalogue.js';
import type { Row } from './rows.js';
import { migrate } from './schema.js';
import { idBlocks, typeTable } from './segment-tables.js';
import { damagedText, openText, sealText } from './texts.js';
import { type WriteAhead, type WriteAheadSettings, writeAheadOf } from './write-ahead.js';

/** A segment as the writer holds it: one connection, statements prepared once. */
export interface Segment {
  readonly file: SegmentFile;
  readonly db: Database.Database;
  readonly log: WriteAhead;
  insert(row: Row): void;
  setMeta(name: string, value: unknown): void;
  /** Throws like a damaged page when the checksum does not fit. */
  meta<T>(name: string): T | undefined;
  setMark(name: string, value: string): void;
  /** Marks whose checksum fits, and the names of the others. */
  marks(): { whole: Map<string, string>; damaged: string[] };
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Bytes on disk, write-ahead log included. */
  bytes(): number;
  /** Bytes of pages in use or to be reused: what counts for rolling. The log is folded in again and again. */
  pageBytes(): number;
  /** Fold the write-ahead log into the file and close. */
  close(): void;
}

/**
 * Pages in memory, KiB. Readings are only ever written behind one another; ids of what is kept stand in an index in no
 * order, and each would ask the system for its page.
 */
const CACHE_KIB: Readonly<Record<Family, number>> = { keep: 8_000, bulk: 2_000 };

export interface SegmentSettings extends WriteAheadSettings {
  /** Leave a sealed segment in its journal mode; see `sealFile`. */
  readonly sealed?: boolean;
}

export function createSegment(
  directory: string,
  family: Family,
  options: SegmentSettings & { first: number; createdMs: number },
): Segment {
  const path = segmentPath(directory, family, options);
  // SQLite gives its log and shared-memory files the mode of the database.
  closeSync(openSync(path, 'a', 0o600));
  const segment = openSegment(
    { family, first: options.first, createdMs: options.createdMs, path, edition: 0 },
    options,
  );
  // The schema goes into the main file at once, so that its version can be read from the header.
  segment.db.pragma('wal_checkpoint(TRUNCATE)');
  syncDirectory(directory);
  return segment;
}

export function openSegment(file: SegmentFile, settings: SegmentSettings): Segment {
  const db = new Database(file.path, { timeout: 5_000 });
  try {
    db.pragma('page_size = 4096');
    db.pragma('auto_vacuum = INCREMENTAL');
    if (!settings.sealed) db.pragma('journal_mode = WAL');
    db.pragma(`cache_size = -${CACHE_KIB[file.family]}`);
    const log = writeAheadOf(db, file.family, settings);
    migrate(db, file.family);
    return withStatements(file, db, log);
  } catch (error) {
    db.close();
    throw error;
  }
}

function withStatements(file: SegmentFile, db: Database.Database, log: WriteAhead): Segment {
  const insertEvent = db.prepare(
    `INSERT INTO event (offset, lane, seq, kind, gap_to, type, recorded, key, id, cause, prev_crc, lane_crc, crc, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setMeta = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  const getMeta = db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  const setMark = db.prepare('INSERT OR REPLACE INTO mark (name, value) VALUES (?, ?)');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const pageCount = db.prepare<[], number>('PRAGMA page_count').pluck();
  const typeId = typeTable(db);
  const remember = file.family === 'bulk' ? idBlocks(db) : undefined;
  return {
    file,
    db,
    log,
    insert(row) {
      insertEvent.run(
        row.offset,
        row.lane,
        row.seq,
        row.kind,
        row.gapTo,
        typeId(row.type),
        row.recorded,
        row.key,
        row.id,
        row.cause,
        row.prevCrc,
        row.laneCrc,
        row.crc,
        row.payload,
      );
      remember?.add(row);
    },
    setMeta: (name, value) => void setMeta.run(name, sealText(name, JSON.stringify(value))),
    meta<T>(name: string) {
      const stored = getMeta.get(name);
      if (stored === undefined) return undefined;
      const text = openText(name, stored);
      if (text === undefined) throw damagedText(name);
      return JSON.parse(text) as T;
    },
    setMark: (name, value) => void setMark.run(name, sealText(name, value)),
    marks: () => readMarks(db),
    begin: () => void begin.run(),
    commit: () => void commit.run(),
    rollback() {
      if (db.inTransaction) rollback.run();
      typeId.forget();
      remember?.reload();
    },
    bytes: () => sizeOf(file.path) + sizeOf(`${file.path}-wal`),
    pageBytes: () => Number(pageCount.get()) * 4_096,
    close() {
      log.close();
      db.close();
    },
  };
}

export function inTransaction(segment: Segment, work: () => void): void {
  segment.begin();
  try {
    work();
    segment.commit();
  } catch (error) {
    segment.rollback();
    throw error;
  }
}

/**
 * A sealed segment leaves write-ahead mode: its file then stands alone, and is read without creating others, also
 * on a full disk. False while a reader still holds it open; it is tried again later.
 */
export function sealFile(db: Database.Database): boolean {
  try {
    db.pragma('busy_timeout = 0');
    return db.pragma('journal_mode = DELETE', { simple: true }) === 'delete';
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return false;
  }
}

export function dropFiles(path: string): void {
  for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) rmSync(path + end);
}

function readMarks(db: Database.Database): { whole: Map<string, string>; damaged: string[] } {
  const rows = db.prepare<[], { name: string; value: string }>('SELECT name, value FROM mark').all();
  const whole = new Map<string, string>();
  const damaged: string[] = [];
  for (const row of rows) {
    const value = openText(row.name, row.value);
    if (value === undefined) damaged.push(row.name);
    else whole.set(row.name, value);
  }
  return { whole, damaged };
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
