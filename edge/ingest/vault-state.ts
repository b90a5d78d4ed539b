import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Offer } from '../contracts/index.js';
import type { StateSeal } from '../store/types.js';
import { openOffer } from './decision-seal.js';
import type { OpenVault } from './vault.js';
import { createJoiner, piecesOf, type Row, rewrite } from './vault-rows.js';

const NONCE_BYTES = 16;
/** As long as those of a sid, so that a name fits wherever a sid does. */
const NAME_BYTES = 12;
const TAG_BYTES = 16;
/** Characters of state between two turns of the loop: some milliseconds on a small box. */
const SLICE = 200_000;
/** What a box costs beside its text, in characters. */
const BOX_COSTS = 500;

const SID = /(?<![A-Za-z0-9])s_[\w-]{16}(?!\w)/g;
const MEMBER = /"sid":"(s_[\w-]{16})"/;
/** First line of a sealed state; one that was never sealed begins with its version. */
const HEADER = /^\{"sealed":1,"nonce":"([\w-]+)","boxes":(\d+)\}\n/;
const SHOPPERS = '"shoppers":[["';
const BOXED = '{"sealed":["';

/** Tables that say only that a sid exists or is gone, as the proofs in the journal do: they stay as they are. */
const OPEN_TABLES: ReadonlySet<string> = new Set(['shoppers', 'erased']);
/** Tables whose rows stay open under the name: what was sold is the store's, whose it was is not. */
const NAMED_TABLES: ReadonlySet<string> = new Set(['counted']);

export interface StateSealDeps {
  readonly vault: Pick<OpenVault, 'keyOf' | 'knows' | 'sids' | 'erasureOf'>;
  readonly random?: (bytes: number) => Buffer;
  /** Told how many persons of a state the vault neither knows nor erased. */
  readonly onStrangers?: (persons: number) => void;
}

/**
 * The core's state between memory and disk. What stands under one person is encrypted with the key of that person;
 * anywhere else their sid becomes a name that is made for this one sealing. Without the key nothing leads from there
 * to the person, and they are nobody in the state: as in events. A table that the core gains is sealed by itself.
 */
export function createStateSeal(deps: StateSealDeps): StateSeal {
  const random = deps.random ?? randomBytes;
  return {
    async seal(given) {
      const state = withoutStrangers(given, deps, random);
      const sealing = createSealing(deps.vault, random);
      const joiner = createJoiner();
      const slices = createSlices();
      const body: string[] = [];
      for (const piece of piecesOf(state)) {
        const text = piece.row === undefined ? sealing.named(piece.text) : sealing.row(piece.row);
        joiner.add(piece, text);
        if (!slices.full(text?.length ?? 0)) continue;
        body.push(joiner.take());
        await nextTurn();
      }
      return [await sealing.head(slices), ...body, joiner.take()];
    },
    open: (text) => withoutStrangers(HEADER.test(text) ? unseal(text, deps.vault) : text, deps, random),
  };
}

function createSlices() {
  let done = 0;
  return {
    full(characters: number): boolean {
      done += characters;
      if (done < SLICE) return false;
      done = 0;
      return true;
    },
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Secrets {
  readonly name: string;
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** All that one sealing needs of a person: good for one box, and linked to no other sealing. */
function secretsOf(key: Buffer, nonce: Buffer): Secrets {
  const digest = createHmac('sha512', key).update('state\0').update(nonce).digest();
  return {
    name: nameFrom(digest.subarray(0, NAME_BYTES)),
    key: digest.subarray(12, 44),
    iv: digest.subarray(44, 56),
  };
}

const nameFrom = (bytes: Buffer): string => `s_${bytes.toString('base64url')}`;

/** Whose row it is: the person of its key, or the one that its value names as `sid`. */
function ownerOf({ pair }: Row): string | undefined {
  if (pair === undefined) return undefined;
  const key = pair.key.startsWith('s:') ? pair.key.slice(2) : pair.key;
  return /^s_[\w-]{16}$/.test(key) ? key : MEMBER.exec(pair.value)?.[1];
}

/** What is left of a person's row when nobody holds their key; `undefined` when nothing is. */
function guestOf({ field, pair }: Row): string | undefined {
  if (pair === undefined || field !== 'live') return undefined;
  // A coupon that was given out stays good by its digits. Why it was is personal.
  const coupon = JSON.parse(pair.value) as { offer?: Offer | null } | null;
  const offer = coupon?.offer ?? undefined;
  return typeof offer === 'object' ? JSON.stringify({ ...coupon, offer: openOffer(offer) }) : undefined;
}

function createSealing(vault: StateSealDeps['vault'], random: (bytes: number) => Buffer) {
  const nonce = random(NONCE_BYTES);
  const names = new Map<string, string | undefined>();
  const values = new Map<string, string[]>();
  const nameOf = (sid: string): string | undefined => {
    if (names.has(sid)) return names.get(sid);
    const key = vault.keyOf(sid);
    // Erased a moment ago and not yet forgotten by the core: a name that leads to nobody.
    const gone = vault.erasureOf(sid) === undefined ? undefined : nameFrom(random(NAME_BYTES));
    const name = key === undefined ? gone : secretsOf(key, nonce).name;
    names.set(sid, name);
    return name;
  };
  const named = (text: string): string =>
    text.includes('s_') ? text.replace(SID, (sid) => nameOf(sid) ?? sid) : text;
  const row = (one: Row): string | undefined => {
    if (OPEN_TABLES.has(one.field) || !one.raw.includes('s_')) return one.raw;
    const owner = NAMED_TABLES.has(one.field) ? undefined : ownerOf(one);
    const name = owner === undefined ? undefined : nameOf(owner);
    if (owner === undefined || name === undefined || one.pair === undefined) return named(one.raw);
    const guest = guestOf(one);
    const key = named(`"${one.pair.key}"`);
    if (!vault.knows(owner)) return guest === undefined ? undefined : named(`[${key},${guest}]`);
    const held = values.get(owner) ?? [];
    values.set(owner, held);
    held.push(named(one.pair.value));
    const open = guest === undefined ? '' : `,"guest":${named(guest)}`;
    return `[${key},${BOXED}${name}",${held.length - 1}]${open}}]`;
  };
  const head = async (slices: ReturnType<typeof createSlices>): Promise<string> => {
    const boxes: string[] = [];
    for (const [sid, held] of values) {
      // Asked for anew: who was erased meanwhile gets no box.
      const key = vault.keyOf(sid);
      if (key === undefined) continue;
      const plain = held.join('\n');
      boxes.push(`${encrypt(plain, secretsOf(key, nonce))}\n`);
      if (slices.full(plain.length + BOX_COSTS)) await nextTurn();
    }
    return `{"sealed":1,"nonce":"${nonce.toString('base64url')}","boxes":${boxes.length}}\n${boxes.join('')}`;
  };
  return { named, row, head };
}

function encrypt(plain: string, { name, key, iv }: Secrets): string {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
  const box = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${name} ${box.toString('base64url')}`;
}

/** `undefined` when the box is damaged or another person's. */
function decrypt(sealed: string, { name, key, iv }: Secrets): string | undefined {
  const box = Buffer.from(sealed, 'base64url');
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, iv)
      .setAAD(Buffer.from(name))
      .setAuthTag(box.subarray(-TAG_BYTES));
    return Buffer.concat([cipher.update(box.subarray(0, -TAG_BYTES)), cipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

type Persons = ReadonlyMap<string, Secrets & { readonly sid: string }>;

/** The state as it was for everybody whose key exists. */
function unseal(text: string, vault: StateSealDeps['vault']): string {
  const [line = '', nonce = '', boxes = '0'] = HEADER.exec(text) ?? [];
  const persons = personsBy(Buffer.from(nonce, 'base64url'), vault);
  const values = new Map<string, readonly string[]>();
  let at = line.length;
  for (let count = Number(boxes); count > 0; count -= 1) {
    const end = text.indexOf('\n', at);
    const [name = '', box = ''] = text.slice(at, end).split(' ');
    const secrets = persons.get(name);
    const plain = secrets === undefined ? undefined : decrypt(box, secrets);
    if (plain !== undefined) values.set(name, plain.split('\n'));
    at = end + 1;
  }
  const between = (piece: string): string =>
    piece.includes('s_') ? piece.replace(SID, (name) => persons.get(name)?.sid ?? name) : piece;
  const row = (sealed: Row): string | undefined => openRow(sealed, values, between);
  return rewrite(text.slice(at), { between, row });
}

/** Everybody whose key exists, by the name that they had in one sealing. */
function personsBy(nonce: Buffer, vault: StateSealDeps['vault']): Persons {
  const persons = new Map<string, Secrets & { sid: string }>();
  for (const sid of vault.sids()) {
    const key = vault.keyOf(sid);
    if (key === undefined) continue;
    const secrets = secretsOf(key, nonce);
    persons.set(secrets.name, { ...secrets, sid });
  }
  return persons;
}

function openRow(
  { raw, pair }: Row,
  values: ReadonlyMap<string, readonly string[]>,
  sids: (text: string) => string,
): string | undefined {
  if (pair === undefined || !pair.value.startsWith(BOXED)) return sids(raw);
  const { sealed, guest } = JSON.parse(pair.value) as { sealed: [string, number]; guest?: unknown };
  const value =
    values.get(sealed[0])?.[sealed[1]] ?? (guest === undefined ? undefined : JSON.stringify(guest));
  return value === undefined ? undefined : `["${sids(pair.key)}",${sids(value)}]`;
}

/** Shoppers of the state whom the vault neither knows nor erased: it was lost, or is an older one. */
function strangersIn(state: string, vault: StateSealDeps['vault']): ReadonlySet<string> {
  const strangers = new Set<string>();
  const shoppers = state.indexOf(SHOPPERS);
  let tables = 0;
  for (const { row } of shoppers < 0 ? [] : piecesOf(state.slice(shoppers))) {
    if (row === undefined) tables += 1;
    if (tables > 1) break;
    const sid = row?.pair?.key;
    if (sid !== undefined && !vault.knows(sid) && vault.erasureOf(sid) === undefined) strangers.add(sid);
  }
  return strangers;
}

/** The state without them: what is the store's stays, under names that lead to nobody. */
function withoutStrangers(
  state: string,
  { vault, onStrangers }: StateSealDeps,
  random: (bytes: number) => Buffer,
): string {
  const strangers = strangersIn(state, vault);
  if (strangers.size === 0) return state;
  onStrangers?.(strangers.size);
  const names = new Map([...strangers].map((sid) => [sid, nameFrom(random(NAME_BYTES))]));
  const between = (text: string): string => text.replace(SID, (sid) => names.get(sid) ?? sid);
  const row = (one: Row): string | undefined => {
    const owner = one.field === 'erased' || NAMED_TABLES.has(one.field) ? undefined : ownerOf(one);
    if (owner === undefined || !strangers.has(owner)) return between(one.raw);
    const guest = guestOf(one);
    return guest === undefined ? undefined : between(`["${one.pair?.key}",${guest}]`);
  };
  return rewrite(state, { between, row });
}
