/** Who is asking and what they may do: tokens, sessions, devices and the MQTT table behind the port `Auth`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RefusalError } from '../../contracts/index.js';
import type { Auth, Clock, Principal, Role } from '../../ports.js';
import { type AclClient, mayBeHeard, mayPublish, maySubscribe, RESERVED_IDS } from './acl.js';
import { isLoopback } from './loopback.js';
import { isStaff } from './staff-roles.js';
import { openStaffStore, type StaffStore } from './staff-store.js';
import { type DeviceRow, type HeldToken, openTokenStore, type TokenStore } from './token-store.js';
import { createTokens, type Tokens } from './tokens.js';

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

/** The port, plus what only the rim needs. */
export interface StoreAuth extends Auth, Tokens {
  readonly mode: 'required' | 'open';
  registerDevice(device: { name: string; kind: Role; speaksFor?: readonly string[]; id?: string }): {
    id: string;
    token: string;
  };
  /** The id that such a device would get, kept for it while `work` runs. Throws QuotaReached. */
  withDeviceId<T>(device: { name: string; kind: Role }, work: (id: string) => Promise<T>): Promise<T>;
  devices(): readonly DeviceRow[];
  /** Accounts of the staff, and their sessions. */
  readonly staff: StaffStore;
  /** Everything that speaks as this member of staff is over, open sockets too. */
  endStaff(name: string): void;
  /** Tokens that programs, devices and screens hold; sessions of people are theirs to see. */
  heldTokens(): readonly HeldToken[];
  /** Whatever speaks in this role under this name, from now on no more; false when nothing does. */
  revokeTokens(who: Principal): boolean;
  /** One session of theirs, by its id; false when there is none. */
  endSessionOf(name: string, id: string): boolean;
  /** Told of every device, till and screen that is registered from here on. */
  onRegistered(listener: (device: DeviceRow) => void): () => void;
  /** Told when all tokens of a subject are taken back, so that open connections can be cut. */
  onRevoked(listener: (subject: string) => void): () => void;
  /** Told when sessions of a member of staff are over; sockets that are open are asked about again. */
  onStaffEnded(listener: (name: string) => void): () => void;
  close(): void;
}

/** Who everybody is where the store runs with `auth: open`. */
export const OPEN_PRINCIPAL: Principal = { role: 'admin', subject: 'open' };
const DEVICES_MAX = 10_000;
/** Throws when `open` is asked for on a listener that others can reach. */
export function createAuth(deps: AuthDeps): StoreAuth {
  const exposed = deps.listeners.filter((host) => !isLoopback(host));
  if (deps.mode === 'open' && exposed.length > 0) {
    throw new Error(`auth: open is only for loopback, but the store listens on ${exposed.join(', ')}`);
  }
  mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  const store = openTokenStore(join(deps.folder, 'auth.db'));
  store.removeExpired(deps.clock.nowMs());
  const staff = openStaffStore(join(deps.folder, 'auth.db'));
  staff.sweep();
  const tokens = createTokens({ ...deps, store, staff });
  const clients = createClients(store, deps.mode);
  const registeredListeners = new Set<(device: DeviceRow) => void>();
  const revokedListeners = new Set<(subject: string) => void>();
  const endedListeners = new Set<(name: string) => void>();
  const ids = createDeviceIds(store);
  const tellEnded = (name: string): void => {
    for (const listener of endedListeners) listener(name);
  };
  return {
    mode: deps.mode,
    ...tokens,
    staff,
    verify: (token) => (deps.mode === 'open' && token === '' ? OPEN_PRINCIPAL : tokens.verify(token)),
    peek: (token) => (deps.mode === 'open' && token === '' ? OPEN_PRINCIPAL : tokens.peek(token)),
    revoke: (subject) => {
      store.removeSubject(subject, deps.clock.nowMs());
      clients.forget(subject);
      for (const listener of revokedListeners) listener(subject);
    },
    endStaff: (name) => {
      store.removeStaff(name);
      tellEnded(name);
    },
    heldTokens: store.held,
    revokeTokens: ({ role, subject }) => {
      const some = store.removeHeld(role, subject) > 0;
      if (some && isStaff(role)) tellEnded(subject);
      else if (some) for (const listener of revokedListeners) listener(subject);
      return some;
    },
    endSessionOf: (name, id) => {
      const ended = staff.endSession(name, id);
      if (ended) tellEnded(name);
      return ended;
    },
    endSession: (token) => {
      const principal = tokens.peek(token);
      const ended = tokens.endSession(token);
      if (ended && principal !== undefined && isStaff(principal.role)) tellEnded(principal.subject);
      return ended;
    },
    withDeviceId: ids.keep,
    registerDevice: ({ name, kind, speaksFor, ...asked }) => {
      const id = asked.id ?? ids.next({ name, kind });
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
    mayBeHeard,
    maySubscribe: (principal, filter) => maySubscribe(clients.of(principal), filter),
    onRegistered: (listener) => {
      registeredListeners.add(listener);
      return () => registeredListeners.delete(listener);
    },
    onStaffEnded: (listener) => {
      endedListeners.add(listener);
      return () => endedListeners.delete(listener);
    },
    onRevoked: (listener) => {
      revokedListeners.add(listener);
      return () => revokedListeners.delete(listener);
    },
    close: () => {
      staff.close();
      store.close();
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

/** Which id a device gets. One that is about to be registered keeps its own, whoever else asks meanwhile. */
function createDeviceIds(store: Pick<TokenStore, 'devices'>) {
  const promised = new Set<string>();
  const next = ({ name, kind }: { name: string; kind: Role }): string => {
    const known = store.devices();
    if (known.length + promised.size >= DEVICES_MAX) {
      const detail = `there are ${DEVICES_MAX} devices already`;
      throw new RefusalError({ reason: 'QuotaReached', detail });
    }
    // A device that was revoked may come back under its name, which stands in its topics and in store.yaml.
    const live = known.filter((row) => row.revokedMs === null || row.kind !== kind);
    return freeId(name, new Set([...live.map((row) => row.id), ...promised]));
  };
  return {
    next,
    async keep<T>(device: { name: string; kind: Role }, work: (id: string) => Promise<T>): Promise<T> {
      const id = next(device);
      promised.add(id);
      try {
        return await work(id);
      } finally {
        promised.delete(id);
      }
    },
  };
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
