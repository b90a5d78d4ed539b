import { createHmac, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Refusal } from '../contracts/index.js';
import type { Clock, Vault } from '../ports.js';
import { canonicalTag } from './tags.js';

const KEY_BYTES = 32;
const DAY_MS = 86_400_000;
/** Tags whose hashes are kept at hand: as many as a busy shop hears in some minutes. */
const TAGS_REMEMBERED_MAX = 4_096;
/** Only the owner reads and writes. */
const PRIVATE = 0o600;

export interface VaultDeps {
  /** Folder of the vault; made with mode 0700 when absent. */
  readonly folder: string;
  readonly clock: Clock;
  /** Cryptographic chance; an argument so that a simulation can be repeated. */
  readonly random?: (bytes: number) => Buffer;
}

export interface OpenVault extends Vault {
  /** Key of message fingerprints; kept, so that a repetition is recognised after a restart. */
  readonly messageKey: Buffer;
  /** Remove a person and everything linked to them; the pages are overwritten. */
  forget(sid: string): void;
  close(): void;
}

type Kind = 'tag' | 'loyalty';

/**
 * Who a tag or a loyalty id belongs to, in a file of its own that no backup takes. Raw values are never stored:
 * rows hold a keyed hash, and the key lies beside the file. The links are few and held in memory too, because
 * every sighting asks for one.
 */
export function createVault(deps: VaultDeps): OpenVault {
  const random = deps.random ?? randomBytes;
  mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  const key = readKey(join(deps.folder, 'vault.key'), random);
  const store = openStore(join(deps.folder, 'vault.sqlite'));
  const nameless = createNameless(deps.clock, random);
  const tagDigests = createMemo(TAGS_REMEMBERED_MAX, (tag) => digest('tag', canonicalTag(tag)));
  const digest = (kind: Kind, value: string): string =>
    createHmac('sha256', key).update(kind).update('\0').update(value).digest('base64url');

  const link = (kind: Kind, sid: string, value: string): Refusal | undefined => {
    if (!store.persons.has(sid)) return { reason: 'UnknownShopper', detail: `no shopper ${sid}` };
    const hash = digest(kind, value);
    const owner = store.links.get(hash);
    if (owner === undefined) store.link(hash, sid, kind);
    else if (owner !== sid) return { reason: 'TagTaken', detail: `this ${kind} belongs to another shopper` };
    return undefined;
  };

  return {
    messageKey: createHmac('sha256', key).update('message').digest(),
    createShopper() {
      const sid = `s_${random(12).toString('base64url')}`;
      store.add(sid, deps.clock.nowMs());
      return sid;
    },
    knows: (sid) => store.persons.has(sid),
    linkTag: (sid, tag) => link('tag', sid, canonicalTag(tag)),
    linkLoyalty: (sid, loyaltyId) => link('loyalty', sid, loyaltyId.trim()),
    sidOfTag: (tag) => (store.links.size === 0 ? undefined : store.links.get(tagDigests(tag))),
    sidOfLoyalty: (loyaltyId) => store.links.get(digest('loyalty', loyaltyId.trim())),
    anonymous: nameless,
    forget: store.forget,
    close: store.close,
  };
}

/** A tag is heard every second by several nodes; its hashes are worked out once. In memory only, oldest forgotten first. */
function createMemo(entriesMax: number, make: (tag: string) => string): (tag: string) => string {
  const made = new Map<string, string>();
  return (tag) => {
    let value = made.get(tag);
    if (value === undefined) {
      value = make(tag);
      made.set(tag, value);
      if (made.size > entriesMax) made.delete(made.keys().next().value ?? tag);
    }
    return value;
  };
}

/** Keyed hash of the day for everybody who is not enrolled. The key lives in memory, so nobody can link two days. */
function createNameless(clock: Clock, random: (bytes: number) => Buffer): (tag: string) => string {
  const ofToday = (): ((tag: string) => string) => {
    const key = random(KEY_BYTES);
    return createMemo(TAGS_REMEMBERED_MAX, (tag) => {
      const digest = createHmac('sha256', key).update(canonicalTag(tag)).digest('base64url');
      return `a:${digest.slice(0, 16)}`;
    });
  };
  let day = Number.NaN;
  let name = ofToday();
  return (tag) => {
    const today = Math.floor(clock.nowMs() / DAY_MS);
    if (today !== day) {
      if (!Number.isNaN(day)) name = ofToday();
      day = today;
    }
    return name(tag);
  };
}

function openStore(file: string) {
  const fresh = !existsSync(file);
  if (fresh) closeSync(openSync(file, 'wx', PRIVATE));
  chmodSync(file, PRIVATE);
  const db = new Database(file);
  // TRUNCATE and not WAL: a forgotten person must not live on in a log beside the file.
  db.pragma('journal_mode = TRUNCATE');
  db.pragma('secure_delete = ON');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE IF NOT EXISTS person (sid TEXT PRIMARY KEY, created_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS link (hash TEXT PRIMARY KEY, sid TEXT NOT NULL, kind TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS link_of ON link (sid);`);
  const persons = new Set(db.prepare<[], string>('SELECT sid FROM person').pluck().all());
  const links = new Map(
    db
      .prepare<[], { hash: string; sid: string }>('SELECT hash, sid FROM link')
      .all()
      .map((row) => [row.hash, row.sid]),
  );
  const insertPerson = db.prepare('INSERT INTO person (sid, created_ms) VALUES (?, ?)');
  const insertLink = db.prepare('INSERT INTO link (hash, sid, kind) VALUES (?, ?, ?)');
  const erase = db.transaction((sid: string) => {
    db.prepare('DELETE FROM link WHERE sid = ?').run(sid);
    db.prepare('DELETE FROM person WHERE sid = ?').run(sid);
  });
  return {
    persons,
    links,
    add(sid: string, createdMs: number) {
      insertPerson.run(sid, createdMs);
      persons.add(sid);
    },
    link(hash: string, sid: string, kind: Kind) {
      insertLink.run(hash, sid, kind);
      links.set(hash, sid);
    },
    forget(sid: string) {
      erase(sid);
      persons.delete(sid);
      for (const [hash, owner] of links) if (owner === sid) links.delete(hash);
    },
    close: () => {
      db.close();
    },
  };
}

/** The key is made once, with mode 0600, and durable before anything is hashed with it. */
function readKey(file: string, random: (bytes: number) => Buffer): Buffer {
  if (!existsSync(file)) {
    const handle = openSync(file, 'wx', PRIVATE);
    writeSync(handle, random(KEY_BYTES));
    fsyncSync(handle);
    closeSync(handle);
  }
  chmodSync(file, PRIVATE);
  const key = readFileSync(file);
  if (key.length !== KEY_BYTES)
    throw new Error(`${file} is damaged: ${key.length} bytes, expected ${KEY_BYTES}`);
  return key;
}
