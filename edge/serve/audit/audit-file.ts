/**
 * The audit log in a file of its own, apart from the journal, which forgets after its days. The head of the chain
 * is a second file: who cuts off the newest entry must also know of that.
 */
import { chmodSync, closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AuditEntry } from '../../contracts/index.js';
import type { AuditRow, ChainHead } from './chain.js';

export interface AuditQuery {
  readonly by?: string;
  /** The action itself or the part before a dot: `user` finds `user.disable`. */
  readonly action?: string;
  /** A part of the target. */
  readonly target?: string;
  /** A part of the reason. */
  readonly why?: string;
  readonly from?: string;
  readonly to?: string;
  /** Only entries with a smaller number. */
  readonly before?: number;
  readonly limit: number;
}

/** The head as it is kept; `rebuiltAt` says that it was lost once, and how many entries there were then. */
export interface KeptHead extends ChainHead {
  readonly rebuiltAt?: { readonly n: number; readonly at: string };
}

export interface AuditSpan {
  readonly entries: number;
  readonly first: number;
  readonly last: number;
}

export interface AuditFile {
  add(row: AuditRow): void;
  last(): ChainHead | undefined;
  /** Rows by number, after one and up to another, so many at most. */
  rows(range: { readonly after: number; readonly upTo: number; readonly limit: number }): readonly AuditRow[];
  row(n: number): AuditRow | undefined;
  /** Newest first. */
  search(query: AuditQuery): readonly AuditRow[];
  /** How many fit, so many of the newest at most, and between which numbers they lie. */
  span(query: AuditQuery): AuditSpan;
  /** What fits between two numbers, oldest first, so many at most. */
  forward(query: AuditQuery & { readonly after: number }): readonly AuditRow[];
  /** `undefined` when there is none or it cannot be read. */
  head(): KeptHead | undefined;
  /** Durable once it resolves. One call at a time. */
  writeHead(head: KeptHead): Promise<void>;
  close(): void;
}

interface StoredRow {
  readonly n: number;
  readonly id: string;
  readonly at: string;
  readonly prev: string;
  readonly hash: string;
  readonly data: string;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS entries (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL, at TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL, data TEXT NOT NULL)`;
const FITS = `n < @before AND at >= @from AND at < @to
  AND (@by = '' OR json_extract(data, '$.by') = @by)
  AND (@action = '' OR json_extract(data, '$.action') = @action
    OR substr(json_extract(data, '$.action'), 1, length(@action) + 1) = @action || '.')
  AND (@target = '' OR instr(lower(json_extract(data, '$.target')), lower(@target)) > 0)
  AND (@why = '' OR instr(lower(json_extract(data, '$.reason')), lower(@why)) > 0)`;
const SEARCH = `SELECT * FROM entries WHERE ${FITS} ORDER BY n DESC LIMIT @limit`;
const SPAN = `SELECT count(*) AS entries, coalesce(min(n), 0) AS first, coalesce(max(n), 0) AS last
  FROM (SELECT n FROM entries WHERE ${FITS} ORDER BY n DESC LIMIT @limit)`;
const FORWARD = `SELECT * FROM entries WHERE n > @after AND ${FITS} ORDER BY n LIMIT @limit`;
const ALWAYS = '9999';

const toRow = ({ n, id, at, prev, hash, data }: StoredRow): AuditRow => ({
  id,
  at,
  data: JSON.parse(data) as Omit<AuditEntry, 'chain'>,
  link: { n, prev, hash },
});

/** What SQLite says of a file that is not what it was; anything else is a disk or a right that somebody must mend. */
export const isDamage = (error: unknown): error is Error =>
  ['SQLITE_CORRUPT', 'SQLITE_NOTADB'].some((code) =>
    String((error as { code?: unknown }).code).startsWith(code),
  );

function openDatabase(path: string): Database.Database {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new Database(path);
  try {
    db.pragma('journal_mode = WAL');
    // What a power cut takes from here is still in the journal, and is fetched from there at the next start.
    db.pragma('synchronous = NORMAL');
    db.exec(SCHEMA);
    db.prepare('SELECT n FROM entries ORDER BY n DESC LIMIT 1').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The log must not keep a store from starting: the journal has what it needs to go on. */
function openOrSetAside(path: string, setAside: SetAside | undefined): Database.Database {
  try {
    return openDatabase(path);
  } catch (error) {
    if (setAside === undefined || !isDamage(error)) throw error;
    const kept = `${path}.damaged-${new Date(setAside.nowMs).toISOString().replaceAll(/[:.]/g, '-')}`;
    for (const part of ['', '-wal', '-shm']) {
      if (existsSync(path + part)) renameSync(path + part, kept + part);
    }
    setAside.onDamaged(kept, error);
    return openDatabase(path);
  }
}

export interface SetAside {
  readonly nowMs: number;
  /** Told where the damaged file is from here on. */
  readonly onDamaged: (path: string, why: Error) => void;
}

/** Opens or makes `audit.db` and `audit-head.json` in the folder, mode 0600. Without `setAside` a damaged one throws. */
export function openAuditFile(folder: string, setAside?: SetAside): AuditFile {
  const db = openOrSetAside(join(folder, 'audit.db'), setAside);
  const add = db.prepare('INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?)');
  const last = db.prepare<[], ChainHead>('SELECT n, hash FROM entries ORDER BY n DESC LIMIT 1');
  const range = db.prepare<[object], StoredRow>(
    'SELECT * FROM entries WHERE n > @after AND n <= @upTo ORDER BY n LIMIT @limit',
  );
  const one = db.prepare<[number], StoredRow>('SELECT * FROM entries WHERE n = ?');
  const search = db.prepare<[object], StoredRow>(SEARCH);
  const span = db.prepare<[object], AuditSpan>(SPAN);
  const forward = db.prepare<[object], StoredRow>(FORWARD);
  const headFile = join(folder, 'audit-head.json');
  return {
    add: ({ id, at, data, link }) => {
      add.run(link.n, id, at, link.prev, link.hash, JSON.stringify(data));
    },
    last: () => last.get(),
    rows: (wanted) => range.all(wanted).map(toRow),
    row: (n) => {
      const stored = one.get(n);
      return stored === undefined ? undefined : toRow(stored);
    },
    search: (query) => search.all(parametersOf(query)).map(toRow),
    span: (query) => span.get(parametersOf(query)) ?? { entries: 0, first: 0, last: 0 },
    forward: ({ after, ...query }) => forward.all({ ...parametersOf(query), after }).map(toRow),
    head: () => readHead(headFile),
    writeHead: (head) => writeHead(folder, headFile, head),
    close: () => {
      db.close();
    },
  };
}

function parametersOf({ by, action, target, why, from, to, before, limit }: AuditQuery): object {
  return {
    by: by ?? '',
    action: action ?? '',
    target: target ?? '',
    why: why ?? '',
    from: from ?? '',
    to: to ?? ALWAYS,
    before: before ?? Number.MAX_SAFE_INTEGER,
    limit,
  };
}

function readHead(path: string): KeptHead | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const head = JSON.parse(readFileSync(path, 'utf8')) as KeptHead;
    return typeof head.n === 'number' && typeof head.hash === 'string' ? head : undefined;
  } catch {
    return undefined;
  }
}

async function writeHead(folder: string, path: string, head: KeptHead): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(head));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
