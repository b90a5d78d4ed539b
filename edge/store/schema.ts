import type Database from 'better-sqlite3';
import type { Family } from '../contracts/index.js';
import { sealText } from './texts.js';

/**
 * Raised when a journal cannot be used as it is: written by a newer version, or in use by another process.
 * The store says it in plain words and exits; it never guesses.
 */
export class MisconfiguredError extends Error {
  override readonly name = 'MisconfiguredError';
}

interface Migration {
  readonly version: number;
  up(db: Database.Database, family: Family): void;
}

/**
 * Forward only, in order, each in its own transaction; `user_version` tells how far a segment is.
 * Offsets ascend, so every index below grows at its end and costs one page a commit, except `event_id`: that is why
 * `bulk` has blocks of id hashes instead (measured need: a random index page per row wears the flash).
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    up(db, family) {
      db.exec(`
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE type (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE event (
          offset INTEGER PRIMARY KEY,
          lane INTEGER NOT NULL,
          seq INTEGER,
          kind INTEGER NOT NULL,
          gap_to INTEGER,
          type INTEGER NOT NULL,
          recorded INTEGER NOT NULL,
          key TEXT NOT NULL,
          id TEXT NOT NULL,
          cause INTEGER,
          prev_crc INTEGER NOT NULL,
          lane_crc INTEGER,
          crc INTEGER NOT NULL,
          payload TEXT NOT NULL
        );
        CREATE UNIQUE INDEX event_lane ON event (lane, seq) WHERE seq IS NOT NULL;
        CREATE INDEX event_type ON event (type);
      `);
      if (family === 'keep') db.exec('CREATE INDEX event_id ON event (id)');
      else
        db.exec(
          'CREATE TABLE id_block (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, hashes BLOB NOT NULL)',
        );
    },
  },
  {
    version: 2,
    // Files of the first program have these texts bare; those that were made since have a checksum before them.
    up(db) {
      for (const table of ['meta', 'mark']) {
        const rows = db
          .prepare<[], { name: string; value: string }>(`SELECT name, value FROM ${table}`)
          .all();
        const set = db.prepare(`UPDATE ${table} SET value = ? WHERE name = ?`);
        for (const { name, value } of rows) if (!CHECKSUM.test(value)) set.run(sealText(name, value), name);
      }
    },
  },
];

/** No bare value begins so: they are JSON, numbers and names of places in a lane. */
const CHECKSUM = /^[0-9a-f]{8}:/;

export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

export function migrate(db: Database.Database, family: Family): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  refuseNewer(db.name, version);
  for (const migration of MIGRATIONS) {
    if (migration.version <= version) continue;
    db.transaction(() => {
      migration.up(db, family);
      db.pragma(`user_version = ${migration.version}`);
    }).immediate();
  }
}

export function refuseNewer(file: string, version: number): void {
  if (version <= SCHEMA_VERSION) return;
  throw new MisconfiguredError(
    `${file} has journal schema ${version}, this version of Endcap knows up to ${SCHEMA_VERSION}: install the newer version again or restore a backup`,
  );
}
