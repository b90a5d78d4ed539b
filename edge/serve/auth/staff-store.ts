/** Accounts of the staff and their sessions on disk, beside the tokens in `auth.db`. Passwords only as scrypt. */
import Database from 'better-sqlite3';
import type { Role } from '../../ports.js';

export interface AccountRow {
  /** In lower case; what one logs in with. */
  readonly name: string;
  readonly role: Role;
  /** `scrypt$…`; `null` until the person has set one. */
  readonly password: string | null;
  readonly createdMs: number;
  readonly disabledMs: number | null;
}

/** What a session adds to its token. */
export interface SessionRow {
  /** Names the session in lists; tells nothing about its token. */
  readonly id: string;
  readonly createdMs: number;
  readonly seenMs: number;
  /** What the browser calls itself, cut. */
  readonly agent: string;
}

export interface StaffStore {
  account(name: string): AccountRow | undefined;
  accounts(): readonly AccountRow[];
  /** False when the name is taken. */
  add(row: AccountRow): boolean;
  setRole(name: string, role: Role): void;
  setPassword(name: string, password: string): void;
  setDisabled(name: string, disabledMs: number | null): void;
  session(hash: Buffer): SessionRow | undefined;
  addSession(hash: Buffer, row: SessionRow): void;
  seen(hash: Buffer, nowMs: number): void;
  sessionsOf(subject: string): readonly SessionRow[];
  /** Ends a session of this person by its id; false when there is none. */
  endSession(subject: string, id: string): boolean;
  /** Sessions whose token is gone. */
  sweep(): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS staff (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT, created_ms INTEGER NOT NULL,
    disabled_ms INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sessions (
    hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL,
    agent TEXT NOT NULL) WITHOUT ROWID;
`;
const ACCOUNT = 'name, role, password, created_ms AS createdMs, disabled_ms AS disabledMs FROM staff';
const SESSION =
  's.id, s.created_ms AS createdMs, s.seen_ms AS seenMs, s.agent FROM sessions s JOIN tokens t ON t.hash = s.hash';

/** `file` is `auth.db`, which the token store has made. */
export function openStaffStore(file: string): StaffStore {
  const db = new Database(file, { fileMustExist: true });
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  db.pragma('busy_timeout = 2000');
  db.exec(SCHEMA);
  const account = db.prepare<[string], AccountRow>(`SELECT ${ACCOUNT} WHERE name = ?`);
  const accounts = db.prepare<[], AccountRow>(`SELECT ${ACCOUNT} ORDER BY name`);
  const add = db.prepare('INSERT OR IGNORE INTO staff VALUES (?, ?, ?, ?, ?)');
  const setRole = db.prepare('UPDATE staff SET role = ? WHERE name = ?');
  const setPassword = db.prepare('UPDATE staff SET password = ? WHERE name = ?');
  const setDisabled = db.prepare('UPDATE staff SET disabled_ms = ? WHERE name = ?');
  return {
    account: (name) => account.get(name),
    accounts: () => accounts.all(),
    add: ({ name, role, password, createdMs, disabledMs }) =>
      add.run(name, role, password, createdMs, disabledMs).changes === 1,
    setRole: (name, role) => {
      setRole.run(role, name);
    },
    setPassword: (name, password) => {
      setPassword.run(password, name);
    },
    setDisabled: (name, disabledMs) => {
      setDisabled.run(disabledMs, name);
    },
    ...sessionCalls(db),
    close: () => {
      db.close();
    },
  };
}

function sessionCalls(db: Database.Database) {
  const session = db.prepare<[Buffer], SessionRow>(`SELECT ${SESSION} WHERE s.hash = ?`);
  const addSession = db.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)');
  const seen = db.prepare('UPDATE sessions SET seen_ms = ? WHERE hash = ?');
  const sessionsOf = db.prepare<[string], SessionRow>(
    `SELECT ${SESSION} WHERE t.subject = ? AND t.use = 'session' ORDER BY s.seen_ms DESC`,
  );
  const endSession = db.prepare(
    `DELETE FROM tokens WHERE subject = ? AND use = 'session' AND hash = (SELECT hash FROM sessions WHERE id = ?)`,
  );
  const sweep = db.prepare('DELETE FROM sessions WHERE hash NOT IN (SELECT hash FROM tokens)');
  return {
    session: (hash: Buffer) => session.get(hash),
    addSession: (hash: Buffer, { id, createdMs, seenMs, agent }: SessionRow) => {
      addSession.run(hash, id, createdMs, seenMs, agent);
    },
    seen: (hash: Buffer, nowMs: number) => {
      seen.run(nowMs, hash);
    },
    sessionsOf: (subject: string) => sessionsOf.all(subject),
    endSession: (subject: string, id: string) => endSession.run(subject, id).changes > 0,
    sweep: () => {
      sweep.run();
    },
  };
}
