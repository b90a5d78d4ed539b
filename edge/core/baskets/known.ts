import { addDays } from '../time.js';

/**
 * Which transactions were seen, for 400 business days. The latest are a table; older ones are one text a day,
 * because a checkpoint of 400,000 small strings would hold the whole store up for a third of a second.
 */
export interface KnownTransactions {
  /** Natural key → content hash. */
  recent: Map<string, string>;
  /** Business day → key, hash, key, hash …, each between two marks. */
  archive: Map<string, string>;
}

/** DEL: no key holds one, and JSON writes it as it is, which keeps a checkpoint of 25 MB quick. */
const MARK = '\u007f';
const RECENT_DAYS = 2;
const KNOWN_DAYS = 400;

/** Content hash of a known transaction. */
export function knownHash(known: KnownTransactions, key: string): string | undefined {
  const recent = known.recent.get(key);
  if (recent !== undefined) return recent;
  const archived = known.archive.get(businessDayOf(key));
  if (archived === undefined) return undefined;
  const line = `${MARK}${key}${MARK}`;
  const at = archived.indexOf(line);
  if (at < 0) return undefined;
  const from = at + line.length;
  return archived.slice(from, archived.indexOf(MARK, from));
}

/** Put away what is older than yesterday and forget what no till can still repeat. Called once a day. */
export function archiveKnown(known: KnownTransactions, today: string): void {
  const recentFrom = addDays(today, -RECENT_DAYS);
  const added = new Map<string, string[]>();
  for (const [key, hash] of known.recent) {
    const day = businessDayOf(key);
    if (day >= recentFrom) continue;
    const lines = added.get(day) ?? [];
    lines.push(`${key}${MARK}${hash}${MARK}`);
    added.set(day, lines);
    known.recent.delete(key);
  }
  for (const [day, lines] of added) {
    known.archive.set(day, (known.archive.get(day) ?? MARK) + lines.join(''));
  }
  const oldest = addDays(today, -KNOWN_DAYS);
  for (const day of known.archive.keys()) if (day < oldest) known.archive.delete(day);
}

/** A till's name may hold a bar; the day never does. */
function businessDayOf(key: string): string {
  const sequenceAt = key.lastIndexOf('|');
  return key.slice(key.lastIndexOf('|', sequenceAt - 1) + 1, sequenceAt);
}
