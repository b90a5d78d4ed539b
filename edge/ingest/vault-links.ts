import type Database from 'better-sqlite3';

export type LinkKind = 'tag' | 'loyalty';

/** Which key links are made with; `isNew` when there was none until now. */
export interface LinkMark {
  readonly mark: string;
  readonly isNew: boolean;
}

/** True when anything was ever linked. */
export function isLinked(db: Database.Database): boolean {
  return db.prepare<[], number>('SELECT 1 FROM link LIMIT 1').pluck().get() !== undefined;
}

/** Tags and loyalty ids of shoppers, by keyed hash. Held in memory too, because every sighting asks. */
export function openLinks(db: Database.Database, { mark, isNew }: LinkMark) {
  noteKeys(db, { mark, isNew });
  const links = new Map(
    db
      .prepare<[], { hash: string; sid: string }>('SELECT hash, sid FROM link')
      .all()
      .map((row) => [row.hash, row.sid]),
  );
  const insert = db.prepare('INSERT INTO link (hash, sid, kind, made_with) VALUES (?, ?, ?, ?)');
  const dropDead = db.prepare('DELETE FROM link WHERE sid = ? AND kind = ? AND made_with IS NOT ?');
  const remove = db.prepare('DELETE FROM link WHERE sid = ?');
  const dead = db.prepare<[string], number>('SELECT count(*) FROM link WHERE made_with IS NOT ?').pluck();
  const kinds = db
    .prepare<[string, LinkKind, string], number>(
      'SELECT count(*) FROM link WHERE sid = ? AND kind = ? AND made_with = ?',
    )
    .pluck();
  const add = db.transaction((hash: string, sid: string, kind: LinkKind) => {
    // Who is linked anew needs what was linked with a key that is gone no more.
    dropDead.run(sid, kind, mark);
    insert.run(hash, sid, kind, mark);
  });
  return {
    held: links as ReadonlyMap<string, string>,
    add(hash: string, sid: string, kind: LinkKind): void {
      add(hash, sid, kind);
      links.set(hash, sid);
    },
    /** Links that were made with a key that is no longer there: they lead to nobody. */
    dead: () => dead.get(mark) ?? 0,
    of: (sid: string) => ({
      tags: kinds.get(sid, 'tag', mark) ?? 0,
      loyaltyIds: kinds.get(sid, 'loyalty', mark) ?? 0,
    }),
    /** Within a transaction; `forget` follows once that is durable. */
    remove: (sid: string) => void remove.run(sid),
    forget(sid: string): void {
      for (const [hash, owner] of links) if (owner === sid) links.delete(hash);
    },
  };
}

/** Each link notes its key. Those of before belong to the key that is there, unless that was made just now. */
function noteKeys(db: Database.Database, { mark, isNew }: LinkMark): void {
  const columns = db.pragma('table_info(link)') as readonly { name: string }[];
  if (columns.some(({ name }) => name === 'made_with')) return;
  db.transaction(() => {
    db.exec('ALTER TABLE link ADD COLUMN made_with TEXT');
    if (!isNew) db.prepare('UPDATE link SET made_with = ?').run(mark);
  })();
}
