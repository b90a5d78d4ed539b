/**
 * Which phone a person's messages go to: kept with the vault and in no backup, never in the journal. Deleted pages are
 * overwritten, and a second session on one phone takes its subscription over.
 */
import { createECDH, createHash } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../../ports.js';

const PRIVATE = 0o600;
/** Phones of one person; the newest is tried first. */
const PER_PERSON_MAX = 3;
const TOTAL_MAX = 100_000;

export interface Subscription {
  /** First half of the SHA-256 of the endpoint: says which one without saying it. */
  readonly id: string;
  readonly sid: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  /** BCP 47, of the page that subscribed. */
  readonly locale: string;
}

export interface Subscriptions {
  /** Newest first. */
  of(sid: string): readonly Subscription[];
  people(): Iterable<string>;
  count(): number;
  /** `undefined` when no more fit. */
  keep(subscription: Omit<Subscription, 'id'>): { id: string } | undefined;
  remove(sid: string, id: string): void;
  /** Everything of one person; nothing happens for an unknown one. */
  forget(sid: string): void;
  close(): void;
}

export const subscriptionId = (endpoint: string): string =>
  createHash('sha256').update(endpoint).digest().subarray(0, 16).toString('base64url');

/** The keys of RFC 8291: a point on P-256 and sixteen secret bytes. `undefined` when they are that. */
export function keyProblem(keys: { p256dh: string; auth: string }): 'p256dh' | 'auth' | undefined {
  const point = Buffer.from(keys.p256dh, 'base64url');
  if (point.length !== 65 || point[0] !== 4 || !isOnCurve(point)) return 'p256dh';
  return Buffer.from(keys.auth, 'base64url').length === 16 ? undefined : 'auth';
}

function isOnCurve(point: Buffer): boolean {
  const own = createECDH('prime256v1');
  own.generateKeys();
  try {
    own.computeSecret(point);
    return true;
  } catch {
    return false;
  }
}

/** `folder`: that of the vault; made when absent. */
export function openSubscriptions(deps: { folder: string; clock: Pick<Clock, 'nowMs'> }): Subscriptions {
  const db = openFile(deps.folder);
  const insert = db.prepare(
    'INSERT OR REPLACE INTO subscription (id, sid, endpoint, p256dh, auth, locale, made_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const deleteOne = db.prepare('DELETE FROM subscription WHERE id = ? AND sid = ?');
  const deleteAll = db.prepare('DELETE FROM subscription WHERE sid = ?');
  const rows = db.prepare<[], Subscription>(
    'SELECT id, sid, endpoint, p256dh, auth, locale FROM subscription ORDER BY made_ms DESC, id',
  );
  const index = createIndex(rows.all());
  return {
    of: index.of,
    people: index.people,
    count: index.count,
    keep(subscription) {
      const { sid, endpoint, p256dh, auth, locale } = subscription;
      const id = subscriptionId(endpoint);
      // A page tells it each time that it opens: what is known already costs no write.
      if (index.of(sid).some((held) => held.id === id && isSame(held, subscription))) return { id };
      if (index.count() >= TOTAL_MAX) return undefined;
      const older = index.of(sid).filter((other) => other.id !== id);
      const tooMany = older.slice(PER_PERSON_MAX - 1);
      db.transaction(() => {
        insert.run(id, sid, endpoint, p256dh, auth, locale, deps.clock.nowMs());
        for (const old of tooMany) deleteOne.run(old.id, sid);
      })();
      for (const old of tooMany) index.drop(old.id);
      index.put({ id, sid, endpoint, p256dh, auth, locale });
      return { id };
    },
    remove(sid, id) {
      if (deleteOne.run(id, sid).changes > 0) index.drop(id);
    },
    forget(sid) {
      deleteAll.run(sid);
      for (const { id } of index.of(sid)) index.drop(id);
    },
    close: () => {
      db.close();
    },
  };
}

const isSame = (held: Subscription, told: Omit<Subscription, 'id'>): boolean =>
  held.p256dh === told.p256dh && held.auth === told.auth && held.locale === told.locale;

/** All of it in memory, newest first a person: every personal offer asks. `rows`: newest first. */
function createIndex(rows: readonly Subscription[]) {
  const bySid = new Map<string, readonly Subscription[]>();
  const ownerOf = new Map<string, string>();
  const drop = (id: string): void => {
    const sid = ownerOf.get(id);
    if (sid === undefined) return;
    ownerOf.delete(id);
    const left = (bySid.get(sid) ?? []).filter((held) => held.id !== id);
    if (left.length === 0) bySid.delete(sid);
    else bySid.set(sid, left);
  };
  const put = (row: Subscription): void => {
    drop(row.id);
    ownerOf.set(row.id, row.sid);
    bySid.set(row.sid, [row, ...(bySid.get(row.sid) ?? [])]);
  };
  for (const row of [...rows].reverse()) put(row);
  return {
    of: (sid: string): readonly Subscription[] => bySid.get(sid) ?? [],
    people: () => bySid.keys(),
    count: () => ownerOf.size,
    put,
    drop,
  };
}

function openFile(folder: string): Database.Database {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'push.sqlite');
  if (!existsSync(file)) closeSync(openSync(file, 'wx', PRIVATE));
  chmodSync(file, PRIVATE);
  const db = new Database(file);
  // As in the vault: who is forgotten must not live on in a log beside the file.
  db.pragma('journal_mode = TRUNCATE');
  db.pragma('secure_delete = ON');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE IF NOT EXISTS subscription (id TEXT PRIMARY KEY, sid TEXT NOT NULL, endpoint TEXT NOT NULL,
    p256dh TEXT NOT NULL, auth TEXT NOT NULL, locale TEXT NOT NULL, made_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS subscription_of ON subscription (sid);`);
  return db;
}
