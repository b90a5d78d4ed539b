/** Tokens and devices on disk: only hashes, in a file of its own that nobody else may read (mode 0600). */
import { chmodSync, closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Role } from '../../ports.js';
import { ACCOUNT_ROLES } from './staff-roles.js';

export interface TokenRow {
  readonly hash: Buffer;
  readonly role: Role;
  readonly subject: string;
  readonly use: 'bearer' | 'single' | 'session' | 'password';
  /** Epoch ms; `null` lasts until it is revoked. */
  readonly expiresMs: number | null;
}

export interface DeviceRow {
  readonly id: string;
  readonly name: string;
  readonly kind: Role;
  /** Further ids that it speaks for: shelves, zones, nodes behind one gateway. */
  readonly speaksFor: readonly string[];
  readonly createdMs: number;
  readonly revokedMs: number | null;
}

/** A token that somebody holds, without what would make it one. */
export interface HeldToken {
  readonly role: Role;
  readonly subject: string;
  readonly createdMs: number;
  readonly expiresMs: number | null;
}

export interface TokenStore {
  find(hash: Buffer): TokenRow | undefined;
  /** Bearer tokens of everybody, by role and name. */
  held(): readonly HeldToken[];
  /** Tokens, links and sessions of exactly this role and name; how many there were. */
  removeHeld(role: Role, subject: string): number;
  add(row: TokenRow, createdMs: number): void;
  /** True when it was there: the one that removes a single-use token is the one that may use it. */
  remove(hash: Buffer): boolean;
  /** Everything that speaks as a device, till, screen or shopper of this name; a member of staff may have the same. */
  removeSubject(subject: string, nowMs: number): void;
  /** Everything that speaks as a member of staff of this name: sessions, tokens, links. */
  removeStaff(name: string): void;
  removeExpired(nowMs: number): void;
  device(id: string): DeviceRow | undefined;
  devices(): readonly DeviceRow[];
  addDevice(row: DeviceRow): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS tokens (
    hash BLOB PRIMARY KEY, role TEXT NOT NULL, subject TEXT NOT NULL, use TEXT NOT NULL,
    expires_ms INTEGER, created_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tokens_subject ON tokens (subject);
  CREATE TABLE IF NOT EXISTS devices (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, speaks_for TEXT NOT NULL,
    created_ms INTEGER NOT NULL, revoked_ms INTEGER) WITHOUT ROWID;
`;
const TOKEN_COLUMNS = 'hash, role, subject, use, expires_ms AS expiresMs';
const DEVICE_COLUMNS =
  'id, name, kind, speaks_for AS speaksFor, created_ms AS createdMs, revoked_ms AS revokedMs';

type StoredDevice = Omit<DeviceRow, 'speaksFor'> & { speaksFor: string };
const toDevice = (row: StoredDevice): DeviceRow => ({
  ...row,
  speaksFor: JSON.parse(row.speaksFor) as string[],
});

/** Opens or creates the file; the mode is set before the first byte is written. */
export function openTokenStore(file: string): TokenStore {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  db.pragma('busy_timeout = 2000');
  db.exec(SCHEMA);
  const find = db.prepare<[Buffer], TokenRow>(`SELECT ${TOKEN_COLUMNS} FROM tokens WHERE hash = ?`);
  const add = db.prepare('INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM tokens WHERE hash = ?');
  const held = db.prepare<[], HeldToken>(
    `SELECT role, subject, created_ms AS createdMs, expires_ms AS expiresMs FROM tokens
     WHERE use = 'bearer' ORDER BY role, subject, created_ms`,
  );
  const removeHeld = db.prepare("DELETE FROM tokens WHERE role = ? AND subject = ? AND use <> 'password'");
  const staffRoles = ACCOUNT_ROLES.map(() => '?').join(', ');
  const removeSubject = db.prepare(`DELETE FROM tokens WHERE subject = ? AND role NOT IN (${staffRoles})`);
  const removeStaff = db.prepare(`DELETE FROM tokens WHERE subject = ? AND role IN (${staffRoles})`);
  const revokeDevice = db.prepare('UPDATE devices SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL');
  const removeExpired = db.prepare('DELETE FROM tokens WHERE expires_ms <= ?');
  const device = db.prepare<[string], StoredDevice>(`SELECT ${DEVICE_COLUMNS} FROM devices WHERE id = ?`);
  const devices = db.prepare<[], StoredDevice>(`SELECT ${DEVICE_COLUMNS} FROM devices ORDER BY id`);
  const addDevice = db.prepare('INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?, ?, ?)');
  return {
    find: (hash) => find.get(hash),
    held: () => held.all(),
    removeHeld: (role, subject) => removeHeld.run(role, subject).changes,
    add: (row, createdMs) => {
      add.run(row.hash, row.role, row.subject, row.use, row.expiresMs, createdMs);
    },
    remove: (hash) => remove.run(hash).changes === 1,
    removeSubject: db.transaction((subject: string, nowMs: number) => {
      removeSubject.run(subject, ...ACCOUNT_ROLES);
      revokeDevice.run(nowMs, subject);
    }),
    removeStaff: (name) => {
      removeStaff.run(name, ...ACCOUNT_ROLES);
    },
    removeExpired: (nowMs) => {
      removeExpired.run(nowMs);
    },
    device: (id) => {
      const row = device.get(id);
      return row === undefined ? undefined : toDevice(row);
    },
    devices: () => devices.all().map(toDevice),
    addDevice: (row) => {
      const { id, name, kind, speaksFor, createdMs, revokedMs } = row;
      addDevice.run(id, name, kind, JSON.stringify(speaksFor), createdMs, revokedMs);
    },
    close: () => {
      db.close();
    },
  };
}
