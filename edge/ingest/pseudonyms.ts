import { createHmac } from 'node:crypto';
import { createDayNames, type DayNames, NAMES_A_TURN } from './day-names.js';
import type { OpenVault } from './vault.js';

/** Where a shopper is called by a pseudonym of the day. One for each, so that an erased person's walk and purchases stay apart. */
export const PSEUDONYM_USES = ['floor', 'till', 'offer'] as const;
export type PseudonymUse = (typeof PSEUDONYM_USES)[number];

const PSEUDONYM_BYTES = 16;
const DAY_MS = 86_400_000;
/** Days whose table is at hand: what the journal holds of presence, and a few for a reader of older decisions. */
const DAYS_HELD = 8;
/** Names of the day worked out for writing; a busy shop meets some thousands. */
const NAMES_HELD = 20_000;

export interface Pseudonyms {
  /** 22 characters, the same all day (UTC); `undefined` for who has no key. */
  of(sid: string, use: PseudonymUse, day: string): string | undefined;
  /** Who was called so on that day, as long as their key exists. */
  whoIs(pseudonym: string, day: string): string | undefined;
}

type Names = Readonly<Record<PseudonymUse, string>>;

/**
 * Keyed hashes of the day by each shopper's own key. Without the key a name leads to nobody, nor to the name of any
 * other day: exactly like the anonymous visitors. Reading asks a table, so that ten thousand sightings a second
 * cost no cryptography. The table of a new day, and that of the day after it, are made some names at a time, so that
 * nobody waits at midnight; only who reads of an older day waits for its table, once.
 */
export function createPseudonyms(
  vault: Pick<OpenVault, 'keyOf' | 'knows' | 'sids' | 'onCreated'>,
  later: (work: () => void) => void = (work) => void setImmediate(work),
): Pseudonyms {
  const sids = [...vault.sids()];
  const tables = new Map<string, DayNames>();
  const names = new Map<string, Names>();
  let newest = '';

  const namesOf = (sid: string, day: string): Names | undefined => {
    const held = names.get(`${day}${sid}`);
    if (held !== undefined) return vault.knows(sid) ? held : undefined;
    const key = vault.keyOf(sid);
    if (key === undefined) return undefined;
    const made = namesBy(key, day);
    if (names.size >= NAMES_HELD) names.clear();
    names.set(`${day}${sid}`, made);
    return made;
  };
  const tableOf = (day: string): DayNames => {
    const table = tables.get(day) ?? createDayNames();
    if (!tables.has(day)) tables.set(day, table);
    // The day that is and the one to come are the last ones.
    if (tables.size > DAYS_HELD)
      tables.delete([...tables.keys()].filter((one) => one !== day).sort()[0] ?? '');
    return table;
  };
  /** False while there are more shoppers to enter. */
  const enter = (day: string, atMost: number): boolean => {
    const table = tableOf(day);
    const end = Math.min(sids.length, table.entered + atMost);
    for (; table.entered < end; table.entered += 1) {
      const key = vault.keyOf(sids[table.entered] as string);
      const digest = key === undefined ? undefined : digestOf(key, day);
      for (let part = 0; part < PSEUDONYM_USES.length && digest !== undefined; part += 1)
        table.add(digest.readUInt32BE(part * PSEUDONYM_BYTES), table.entered);
    }
    return end === sids.length;
  };
  const enterLater = (days: readonly string[]): void => {
    const [day, ...others] = days;
    if (day !== undefined) later(() => enterLater(enter(day, NAMES_A_TURN) ? others : days));
  };
  const lookAhead = (day: string): void => {
    if (day <= newest || Number.isNaN(Date.parse(day))) return;
    newest = day;
    enterLater([day, dayAfter(day)]);
  };
  // Entered when a table is next asked.
  vault.onCreated((sid) => void sids.push(sid));

  return {
    of(sid, use, day) {
      lookAhead(day);
      return namesOf(sid, day)?.[use];
    },
    whoIs(pseudonym, day) {
      lookAhead(day);
      enter(day, Number.POSITIVE_INFINITY);
      return tableOf(day)
        .find(pseudonym)
        .map((place) => sids[place] as string)
        .find((sid) => Object.values(namesOf(sid, day) ?? {}).includes(pseudonym));
    },
  };
}

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

const digestOf = (key: Buffer, day: string): Buffer =>
  createHmac('sha512', key).update(`pseudonym\0${day}`).digest();

function namesBy(key: Buffer, day: string): Names {
  const digest = digestOf(key, day);
  const part = (index: number): string =>
    digest.subarray(index * PSEUDONYM_BYTES, (index + 1) * PSEUDONYM_BYTES).toString('base64url');
  return { floor: part(0), till: part(1), offer: part(2) };
}
