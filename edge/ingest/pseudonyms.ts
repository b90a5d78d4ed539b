import { createHmac } from 'node:crypto';
import type { OpenVault } from './vault.js';

/** Where a shopper is called by a pseudonym of the day. One for each, so that an erased person's walk and purchases stay apart. */
export const PSEUDONYM_USES = ['floor', 'till', 'offer'] as const;
export type PseudonymUse = (typeof PSEUDONYM_USES)[number];

const PSEUDONYM_BYTES = 16;
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
 * cost no cryptography.
 */
export function createPseudonyms(
  vault: Pick<OpenVault, 'keyOf' | 'knows' | 'sids' | 'onCreated'>,
): Pseudonyms {
  const tables = new Map<string, Map<string, string>>();
  const names = new Map<string, Names>();

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
  const enter = (table: Map<string, string>, sid: string, day: string): void => {
    for (const name of Object.values(namesOf(sid, day) ?? {})) table.set(name, sid);
  };
  const tableOf = (day: string): ReadonlyMap<string, string> => {
    const held = tables.get(day);
    if (held !== undefined) return held;
    const table = new Map<string, string>();
    for (const sid of vault.sids()) enter(table, sid, day);
    tables.set(day, table);
    if (tables.size > DAYS_HELD) tables.delete(tables.keys().next().value ?? '');
    return table;
  };
  vault.onCreated((sid) => {
    for (const [day, table] of tables) enter(table, sid, day);
  });

  return {
    of: (sid, use, day) => namesOf(sid, day)?.[use],
    whoIs(pseudonym, day) {
      const sid = tableOf(day).get(pseudonym);
      return sid !== undefined && vault.knows(sid) ? sid : undefined;
    },
  };
}

function namesBy(key: Buffer, day: string): Names {
  const digest = createHmac('sha512', key).update(`pseudonym\0${day}`).digest();
  const part = (index: number): string =>
    digest.subarray(index * PSEUDONYM_BYTES, (index + 1) * PSEUDONYM_BYTES).toString('base64url');
  return { floor: part(0), till: part(1), offer: part(2) };
}
