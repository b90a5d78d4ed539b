/** Every certificate that was given to a device, and whether it was taken back: a table beside the tokens. */
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Role } from '../../ports.js';

export interface CertificateRow {
  /** Upper-case hex, as in the certificate. */
  readonly serial: string;
  readonly subject: string;
  readonly role: Role;
  readonly issuedMs: number;
  readonly notAfterMs: number;
  readonly revokedMs: number | null;
}

export interface CertificateLedger {
  find(serial: string): CertificateRow | undefined;
  add(row: Omit<CertificateRow, 'revokedMs'>): void;
  /** How many of a subject are good at that time. */
  good(subject: string, nowMs: number): number;
  /** True when it was good until now. */
  revoke(serial: string, nowMs: number): boolean;
  revokeSubject(subject: string, nowMs: number): void;
  /** Newest first. */
  list(): readonly CertificateRow[];
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS certificates (
    serial TEXT PRIMARY KEY, subject TEXT NOT NULL, role TEXT NOT NULL, issued_ms INTEGER NOT NULL,
    not_after_ms INTEGER NOT NULL, revoked_ms INTEGER) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS certificates_subject ON certificates (subject);
`;
const COLUMNS =
  'serial, subject, role, issued_ms AS issuedMs, not_after_ms AS notAfterMs, revoked_ms AS revokedMs';
const LISTED_MAX = 20_000;
/** A certificate that ended so long ago is nothing that anybody asks about: 400 days. */
const FORGOTTEN_MS = 400 * 86_400_000;

/** Opens or creates the file (mode 0600); other parts keep tables of their own in it. Forgets what ended long before `nowMs`. */
export function openLedger(file: string, nowMs = 0): CertificateLedger {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('busy_timeout = 2000');
  db.exec(SCHEMA);
  db.prepare('DELETE FROM certificates WHERE not_after_ms < ?').run(nowMs - FORGOTTEN_MS);
  const good = db
    .prepare<[string, number], number>(
      'SELECT count(*) FROM certificates WHERE subject = ? AND revoked_ms IS NULL AND not_after_ms > ?',
    )
    .pluck();
  const find = db.prepare<[string], CertificateRow>(`SELECT ${COLUMNS} FROM certificates WHERE serial = ?`);
  const add = db.prepare('INSERT INTO certificates VALUES (?, ?, ?, ?, ?, NULL)');
  const revoke = db.prepare('UPDATE certificates SET revoked_ms = ? WHERE serial = ? AND revoked_ms IS NULL');
  const revokeSubject = db.prepare(
    'UPDATE certificates SET revoked_ms = ? WHERE subject = ? AND revoked_ms IS NULL',
  );
  const list = db.prepare<[number], CertificateRow>(
    `SELECT ${COLUMNS} FROM certificates ORDER BY issued_ms DESC, serial LIMIT ?`,
  );
  return {
    find: (serial) => find.get(serial),
    add: ({ serial, subject, role, issuedMs, notAfterMs }) => {
      add.run(serial, subject, role, issuedMs, notAfterMs);
    },
    good: (subject, nowMs) => good.get(subject, nowMs) ?? 0,
    revoke: (serial, nowMs) => revoke.run(nowMs, serial).changes === 1,
    revokeSubject: (subject, nowMs) => {
      revokeSubject.run(nowMs, subject);
    },
    list: () => list.all(LISTED_MAX),
    close: () => {
      db.close();
    },
  };
}

/** Reads the ledger of a store that may be running or not; empty where there is none yet. */
export function readLedger(file: string): readonly CertificateRow[] {
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true });
  try {
    const made = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'certificates'").get();
    if (made === undefined) return [];
    return db
      .prepare<[], CertificateRow>(`SELECT ${COLUMNS} FROM certificates ORDER BY issued_ms DESC`)
      .all();
  } finally {
    db.close();
  }
}
