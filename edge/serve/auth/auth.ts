/** Who is asking and what they may do: tokens, sessions, devices and the MQTT table behind the port `Auth`. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RefusalError } from '../../contracts/index.js';
import type { Auth, Clock, Principal, Role } from '../../ports.js';
import { type AclClient, ID_PATTERN, mayPublish, maySubscribe, RESERVED_IDS } from './acl.js';
import { isLoopback } from './loopback.js';
import { type DeviceRow, openTokenStore, type TokenRow, type TokenStore } from './token-store.js';

export interface AuthDeps {
  /** Folder for secrets; made with mode 0700. The file in it is `auth.db`. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** `open` needs no token and is refused unless every listener is on loopback. */
  readonly mode: 'required' | 'open';
  /** Hosts that anything of the store listens on. */
  readonly listeners: readonly string[];
  /** 32 random bytes; only tests pass something else. */
  readonly random?: () => Buffer;
}

export interface Session {
  readonly token: string;
  readonly principal: Principal;
  readonly maxAgeS: number;
}

/** The port, plus what only the rim needs. */
export interface StoreAuth extends Auth {
  readonly mode: 'required' | 'open';
  registerDevice(device: { name: string; kind: Role; speaksFor?: readonly string[] }): {
    id: string;
    token: string;
  };
  devices(): readonly DeviceRow[];
  /** Trade a link token or a bearer token for a session; a single-use token is gone afterwards. */
  exchange(token: string): Session | undefined;
  endSession(token: string): void;
  /** Told of every device, till and screen that is registered from here on. */
  onRegistered(listener: (device: DeviceRow) => void): () => void;
  /** Told when all tokens of a subject are taken back, so that open connections can be cut. */
  onRevoked(listener: (subject: string) => void): () => void;
  close(): void;
}

/** Who everybody is where the store runs with `auth: open`. */
export const OPEN_PRINCIPAL: Principal = { role: 'admin', subject: 'open' };
const TOKEN_PREFIX = 'ec_';
const TOKEN_CHARACTERS_MAX = 100;
const HOUR_S = 3_600;
const STAFF_SESSION_S = 12 * HOUR_S;
const SESSION_S: Readonly<Partial<Record<Role, number>>> = {
  screen: 400 * 24 * HOUR_S,
  shopper: 30 * 24 * HOUR_S,
};
const NO_SESSION: ReadonlySet<Role> = new Set<Role>(['device', 'till']);
const DEVICES_MAX = 10_000;
/** Every shopper link leaves a token behind; those past their time go now and then. */
const SWEEP_EVERY_TOKENS = 500;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const principalOf = ({ role, subject }: TokenRow): Principal => ({ role, subject });

/** Throws when `open` is asked for on a listener that others can reach. */
export function createAuth(deps: AuthDeps): StoreAuth {
  const exposed = deps.listeners.filter((host) => !isLoopback(host));
  if (deps.mode === 'open' && exposed.length > 0) {
    throw new Error(`auth: open is only for loopback, but the store listens on ${exposed.join(', ')}`);
  }
  mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  const store = openTokenStore(join(deps.folder, 'auth.db'));
  store.removeExpired(deps.clock.nowMs());
  const tokens = createTokens(store, deps);
  const clients = createClients(store, deps.mode);
  const registeredListeners = new Set<(device: DeviceRow) => void>();
  const revokedListeners = new Set<(subject: string) => void>();
  return {
    mode: deps.mode,
    ...tokens,
    verify: (token) => (deps.mode === 'open' && token === '' ? OPEN_PRINCIPAL : tokens.verify(token)),
    revoke: (subject) => {
      store.removeSubject(subject, deps.clock.nowMs());
      clients.forget(subject);
      for (const listener of revokedListeners) listener(subject);
    },
    registerDevice: ({ name, kind, speaksFor }) => {
      const known = store.devices();
      if (known.length >= DEVICES_MAX) {
        throw new RefusalError({
          reason: 'QuotaReached',
          detail: `there are ${DEVICES_MAX} devices already`,
        });
      }
      // A device that was revoked may come back under its name, which stands in its topics and in store.yaml.
      const live = known.filter((row) => row.revokedMs === null || row.kind !== kind);
      const id = freeId(name, new Set(live.map((row) => row.id)));
      const token = tokens.issue({ role: kind, subject: id });
      const createdMs = deps.clock.nowMs();
      const row: DeviceRow = { id, name, kind, speaksFor: speaksFor ?? [], createdMs, revokedMs: null };
      store.addDevice(row);
      clients.forget(id);
      for (const listener of registeredListeners) listener(row);
      return { id, token };
    },
    devices: store.devices,
    mayPublish: (principal, topic) => mayPublish(clients.of(principal), topic),
    maySubscribe: (principal, filter) => maySubscribe(clients.of(principal), filter),
    onRegistered: (listener) => {
      registeredListeners.add(listener);
      return () => registeredListeners.delete(listener);
    },
    onRevoked: (listener) => {
      revokedListeners.add(listener);
      return () => revokedListeners.delete(listener);
    },
    close: store.close,
  };
}

function createTokens(store: TokenStore, deps: Pick<AuthDeps, 'clock' | 'random'>) {
  const random = deps.random ?? (() => randomBytes(32));
  let minted = 0;
  const goodRow = (token: string): TokenRow | undefined => {
    if (!token.startsWith(TOKEN_PREFIX) || token.length > TOKEN_CHARACTERS_MAX) return undefined;
    const row = store.find(hashOf(token));
    if (row === undefined) return undefined;
    return row.expiresMs !== null && row.expiresMs <= deps.clock.nowMs() ? undefined : row;
  };
  const mint = (principal: Principal, use: TokenRow['use'], expiresInS?: number): string => {
    refuseBadSubject(principal.subject);
    const nowMs = deps.clock.nowMs();
    minted += 1;
    if (minted % SWEEP_EVERY_TOKENS === 0) store.removeExpired(nowMs);
    const token = TOKEN_PREFIX + random().toString('base64url');
    const expiresMs = expiresInS === undefined ? null : nowMs + expiresInS * 1_000;
    store.add({ ...principal, hash: hashOf(token), use, expiresMs }, nowMs);
    return token;
  };
  return {
    verify: (token: string): Principal | undefined => {
      const row = goodRow(token);
      return row === undefined || row.use === 'single' ? undefined : principalOf(row);
    },
    issue: (principal: Principal, options?: { expiresInS?: number; singleUse?: boolean }): string =>
      mint(principal, options?.singleUse === true ? 'single' : 'bearer', options?.expiresInS),
    exchange: (token: string): Session | undefined => {
      const row = goodRow(token);
      if (row === undefined || row.use === 'session' || NO_SESSION.has(row.role)) return undefined;
      if (row.use === 'single' && !store.remove(row.hash)) return undefined;
      const maxAgeS = SESSION_S[row.role] ?? STAFF_SESSION_S;
      return { token: mint(principalOf(row), 'session', maxAgeS), principal: principalOf(row), maxAgeS };
    },
    endSession: (token: string): void => {
      if (goodRow(token)?.use === 'session') store.remove(hashOf(token));
    },
  };
}

/** Which ids a principal speaks as over MQTT, remembered: this is asked for every message. */
function createClients(store: TokenStore, mode: AuthDeps['mode']) {
  const known = new Map<string, Map<Role, AclClient>>();
  return {
    of({ role, subject }: Principal): AclClient {
      if (mode === 'open' && subject === OPEN_PRINCIPAL.subject) return { role: 'admin', ids: 'every' };
      const held = known.get(subject)?.get(role);
      if (held !== undefined) return held;
      const speaksFor = store.device(subject)?.speaksFor ?? [];
      const client: AclClient = { role, ids: new Set([subject, ...speaksFor]) };
      known.set(subject, (known.get(subject) ?? new Map<Role, AclClient>()).set(role, client));
      return client;
    },
    forget(subject: string): void {
      known.delete(subject);
    },
  };
}

function refuseBadSubject(subject: string): void {
  if (ID_PATTERN.test(subject) && !RESERVED_IDS.has(subject)) return;
  throw new RefusalError({
    reason: 'SchemaMismatch',
    detail: `the id ${JSON.stringify(subject.slice(0, 60))} may hold letters, digits and ._:- only, and no reserved name`,
    field: '/name',
  });
}

/** The name where it can be an id, since a node's id stands in its topics; else a slug; a number when it is taken. */
function freeId(name: string, taken: ReadonlySet<string>): string {
  const slug = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 100);
  const base = slug === '' || RESERVED_IDS.has(slug) ? `device-${slug}`.replace(/-$/, '') : slug;
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}
