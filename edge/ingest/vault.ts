import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createMemo, plainId, type Refusal } from '../contracts/index.js';
import type { Clock, Vault } from '../ports.js';
import { canonicalTag } from './tags.js';
import { type Erasure, openVaultFile, VAULT_FILE } from './vault-file.js';
import { KEY_BYTES, KEY_FILE, openVaultKey } from './vault-key.js';
import type { LinkKind } from './vault-links.js';

const DAY_MS = 86_400_000;
/** A tag is heard every second by several nodes, and hashed once; as many are kept as a busy shop hears in some minutes. */
const TAGS_REMEMBERED_MAX = 4_096;

export interface VaultDeps {
  /** Folder of the vault; made with mode 0700 when absent. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Cryptographic chance; an argument so that a simulation can be repeated. */
  readonly random?: (bytes: number) => Buffer;
}

export interface OpenVault extends Vault {
  /** Key of message fingerprints; kept, so that a repetition is recognised after a restart. */
  readonly messageKey: Buffer;
  /** Key of a shopper's sealed fields; `undefined` for nobody, and for whoever was erased. */
  keyOf(sid: string): Buffer | undefined;
  /** Tags and loyalty ids that lead to nobody, because the key they were linked with is gone. */
  deadLinks(): number;
  linksOf(sid: string): { readonly tags: number; readonly loyaltyIds: number };
  /** Everybody who has a key. */
  sids(): Iterable<string>;
  /** Called with a shopper who was made. */
  onCreated(listener: (sid: string) => void): void;
  /** Remove key and links of a person and note in the same transaction that the rest is due; pages are overwritten. */
  erase(erasure: Omit<Erasure, 'open'>): void;
  /** The erasure of a sid, open or done. */
  erasureOf(sid: string): Erasure | undefined;
  erasures(): readonly Erasure[];
  /** Nothing of the person is left anywhere. */
  settleErasure(sid: string): void;
  close(): void;
}

/**
 * Who a tag or a loyalty id belongs to and the key of each shopper's sealed fields, in a file of its own that no
 * backup takes. Raw values are never stored: rows hold a keyed hash, and the key lies beside the file. Throws
 * VaultKeyError.
 */
export function createVault(deps: VaultDeps): OpenVault {
  const random = deps.random ?? randomBytes;
  mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  const store = openVaultFile(join(deps.folder, VAULT_FILE), {
    newKey: () => random(KEY_BYTES),
    keyFor: (linked) => openVaultKey(join(deps.folder, KEY_FILE), { random, linked }),
  });
  const { key } = store.key;
  const listeners = new Set<(sid: string) => void>();
  const nameless = createNameless(deps.clock, random);
  const tagDigests = createMemo(TAGS_REMEMBERED_MAX, (tag) => digest('tag', canonicalTag(tag)));
  const digest = (kind: LinkKind, value: string): string =>
    createHmac('sha256', key).update(kind).update('\0').update(value).digest('base64url');

  const link = (kind: LinkKind, sid: string, value: string): Refusal | undefined => {
    if (!store.keys.has(sid)) return { reason: 'UnknownShopper', detail: `no shopper ${sid}` };
    const hash = digest(kind, value);
    const owner = store.links.held.get(hash);
    if (owner === undefined) store.links.add(hash, sid, kind);
    else if (owner !== sid) return { reason: 'TagTaken', detail: `this ${kind} belongs to another shopper` };
    return undefined;
  };

  return {
    messageKey: createHmac('sha256', key).update('message').digest(),
    createShopper() {
      const sid = plainId(() => `s_${random(12).toString('base64url')}`);
      store.add(sid, deps.clock.nowMs(), random(KEY_BYTES));
      for (const listener of listeners) listener(sid);
      return sid;
    },
    knows: (sid) => store.keys.has(sid),
    linkTag: (sid, tag) => link('tag', sid, canonicalTag(tag)),
    linkLoyalty: (sid, loyaltyId) => link('loyalty', sid, loyaltyId.trim()),
    sidOfTag: (tag) => (store.links.held.size === 0 ? undefined : store.links.held.get(tagDigests(tag))),
    sidOfLoyalty: (loyaltyId) => store.links.held.get(digest('loyalty', loyaltyId.trim())),
    anonymous: nameless,
    keyOf: (sid) => store.keys.get(sid),
    deadLinks: store.links.dead,
    linksOf: store.links.of,
    sids: () => store.keys.keys(),
    onCreated: (listener) => void listeners.add(listener),
    erase: (erasure) => store.erase({ ...erasure, open: true }),
    erasureOf: (sid) => store.erasures.get(sid),
    erasures: () => [...store.erasures.values()],
    settleErasure: store.settle,
    close: store.close,
  };
}

/** Keyed hash of the day for everybody who is not enrolled. The key lives in memory, so nobody can link two days. */
function createNameless(
  clock: Pick<Clock, 'nowMs'>,
  random: (bytes: number) => Buffer,
): (tag: string) => string {
  const ofToday = (): ((tag: string) => string) => {
    const key = random(KEY_BYTES);
    return createMemo(TAGS_REMEMBERED_MAX, (tag) => {
      const digest = createHmac('sha256', key).update(canonicalTag(tag)).digest('base64url');
      return `a:${digest.slice(0, 16)}`;
    });
  };
  let day = Number.NaN;
  let name = ofToday();
  return (tag) => {
    const today = Math.floor(clock.nowMs() / DAY_MS);
    if (today !== day) {
      if (!Number.isNaN(day)) name = ofToday();
      day = today;
    }
    return name(tag);
  };
}
