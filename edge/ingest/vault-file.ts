import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { isLinked, type LinkMark, openLinks } from './vault-links.js';

export const VAULT_FILE = 'vault.sqlite';
/** Only the owner reads and writes. */
const PRIVATE = 0o600;

/** One erasure: open from the moment the key is gone until nothing else of the person is left. */
export interface Erasure {
  readonly receiptId: string;
  readonly sid: string;
  readonly asked: 'shopper' | 'desk';
  readonly atMs: number;
  readonly open: boolean;
}

interface ErasureRow {
  readonly receipt: string;
  readonly sid: string;
  readonly asked: 'shopper' | 'desk';
  readonly at_ms: number;
  readonly open: number;
}

/**
 * The file of the vault. Rows are few and held in memory too, because every sighting asks for one. `keyFor` is asked
 * once, with whether anything was ever linked; `newKey` makes the key of a shopper's sealed fields.
 */
export function openVaultFile<K extends LinkMark>(
  path: string,
  { newKey, keyFor }: { newKey: () => Buffer; keyFor: (linked: boolean) => K },
) {
  const db = openDatabase(path);
  const key = keyOrClose(db, keyFor);
  const links = openLinks(db, key);
  giveKeys(db, newKey);
  const keys = new Map(
    db
      .prepare<[], { sid: string; key: Buffer }>('SELECT sid, key FROM person')
      .all()
      .map((row) => [row.sid, row.key]),
  );
  const erasures = new Map(
    db
      .prepare<[], ErasureRow>('SELECT receipt, sid, asked, at_ms, open FROM erasure')
      .all()
      .map((row) => [row.sid, erasureOf(row)]),
  );
  const insertPerson = db.prepare('INSERT INTO person (sid, created_ms, key) VALUES (?, ?, ?)');
  const insertErasure = db.prepare(
    'INSERT OR REPLACE INTO erasure (receipt, sid, asked, at_ms, open) VALUES (?, ?, ?, ?, 1)',
  );
  const closeErasure = db.prepare('UPDATE erasure SET open = 0 WHERE sid = ?');
  // One transaction: after a crash either all is as before, or the person is gone and the rest is known to be due.
  const erase = db.transaction(({ receiptId, sid, asked, atMs }: Erasure) => {
    links.remove(sid);
    db.prepare('DELETE FROM person WHERE sid = ?').run(sid);
    insertErasure.run(receiptId, sid, asked, atMs);
  });
  return {
    key,
    keys,
    links,
    erasures,
    add(sid: string, createdMs: number, personal: Buffer): void {
      insertPerson.run(sid, createdMs, personal);
      keys.set(sid, personal);
    },
    erase(erasure: Erasure): void {
      erase(erasure);
      erasures.set(erasure.sid, erasure);
      keys.get(erasure.sid)?.fill(0);
      keys.delete(erasure.sid);
      links.forget(erasure.sid);
    },
    settle(sid: string): void {
      closeErasure.run(sid);
      const known = erasures.get(sid);
      if (known !== undefined) erasures.set(sid, { ...known, open: false });
    },
    close: () => void db.close(),
  };
}

function keyOrClose<K>(db: Database.Database, keyFor: (linked: boolean) => K): K {
  try {
    return keyFor(isLinked(db));
  } catch (error) {
    db.close();
    throw error;
  }
}

const erasureOf = (row: ErasureRow): Erasure => ({
  receiptId: row.receipt,
  sid: row.sid,
  asked: row.asked,
  atMs: row.at_ms,
  open: row.open === 1,
});

function openDatabase(path: string): Database.Database {
  if (!existsSync(path)) closeSync(openSync(path, 'wx', PRIVATE));
  chmodSync(path, PRIVATE);
  const db = new Database(path);
  // TRUNCATE and not WAL: a forgotten person must not live on in a log beside the file.
  db.pragma('journal_mode = TRUNCATE');
  db.pragma('secure_delete = ON');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE IF NOT EXISTS person (sid TEXT PRIMARY KEY, created_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS link (hash TEXT PRIMARY KEY, sid TEXT NOT NULL, kind TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS link_of ON link (sid);
    CREATE TABLE IF NOT EXISTS erasure (receipt TEXT NOT NULL, sid TEXT PRIMARY KEY, asked TEXT NOT NULL,
      at_ms INTEGER NOT NULL, open INTEGER NOT NULL) WITHOUT ROWID;`);
  return db;
}

/** Shoppers of a vault that was made before events were sealed get their key now. */
function giveKeys(db: Database.Database, newKey: () => Buffer): void {
  const columns = db.pragma('table_info(person)') as readonly { name: string }[];
  if (!columns.some(({ name }) => name === 'key')) db.exec('ALTER TABLE person ADD COLUMN key BLOB');
  const give = db.prepare('UPDATE person SET key = ? WHERE sid = ?');
  const without = db.prepare<[], string>('SELECT sid FROM person WHERE key IS NULL').pluck();
  db.transaction(() => {
    for (const sid of without.all()) give.run(newKey(), sid);
  })();
}
