/** Tokens of every kind: made, asked about, traded for sessions. Only their hashes are kept. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Refusal, RefusalError } from '../../contracts/index.js';
import type { Clock, Principal, Role } from '../../ports.js';
import { ID_PATTERN, RESERVED_IDS } from './acl.js';
import { isStaff } from './staff-roles.js';
import type { StaffStore } from './staff-store.js';
import type { TokenRow, TokenStore } from './token-store.js';

export interface Session {
  readonly token: string;
  readonly principal: Principal;
  readonly maxAgeS: number;
}

export interface Tokens {
  /** Who a bearer token or session speaks as; asking keeps a session awake. */
  verify(token: string): Principal | undefined;
  /** The same without keeping it awake: an open page is not a person at work. */
  peek(token: string): Principal | undefined;
  issue(principal: Principal, options?: { expiresInS?: number; singleUse?: boolean }): string;
  /** Trade a link token or a bearer token for a session; a single-use token is gone afterwards. */
  exchange(token: string, agent?: string): Session | undefined;
  /** A session for somebody whose password was right. */
  startSession(principal: Principal, agent?: string): Session;
  /** False when it is no session, or none any more. */
  endSession(token: string): boolean;
  /** Good once, for setting a password and nothing else. */
  issueForPassword(principal: Principal, expiresInS: number): string;
  /** Whose password may be set with it, without using it up. */
  forPassword(token: string): Principal | undefined;
  /** True for the one call that uses it up. */
  useForPassword(token: string): boolean;
}

const TOKEN_PREFIX = 'ec_';
const TOKEN_CHARACTERS_MAX = 100;
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
/** A staff session ends this long after the last request … */
const STAFF_IDLE_MS = 12 * HOUR_S * 1_000;
/** … and this long after the log-in in any case. */
const STAFF_SESSION_S = 7 * DAY_S;
const SESSION_S: Readonly<Partial<Record<Role, number>>> = { screen: 400 * DAY_S, shopper: 30 * DAY_S };
const NO_SESSION: ReadonlySet<Role> = new Set<Role>(['device', 'till']);
/** Every shopper link leaves a token behind; those past their time go now and then. */
const SWEEP_EVERY_TOKENS = 500;
/** When a session was last used is written at most this often. */
const SEEN_EVERY_MS = 60_000;
const AGENT_MAX = 120;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const principalOf = ({ role, subject }: TokenRow): Principal => ({ role, subject });

export interface TokenDeps {
  readonly store: TokenStore;
  readonly staff: StaffStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random?: (() => Buffer) | undefined;
}

export function createTokens(deps: TokenDeps): Tokens {
  const { store } = deps;
  const goodRow = (token: string): TokenRow | undefined => {
    if (!token.startsWith(TOKEN_PREFIX) || token.length > TOKEN_CHARACTERS_MAX) return undefined;
    const row = store.find(hashOf(token));
    if (row === undefined) return undefined;
    return row.expiresMs !== null && row.expiresMs <= deps.clock.nowMs() ? undefined : row;
  };
  const mint = createMint(deps);
  const speaker = (token: string, keepAwake: boolean): Principal | undefined => {
    const row = goodRow(token);
    if (row === undefined || (row.use !== 'bearer' && row.use !== 'session')) return undefined;
    return isAwake(row, deps, keepAwake) ? principalOf(row) : undefined;
  };
  const startSession = (principal: Principal, agent = ''): Session => {
    const maxAgeS = SESSION_S[principal.role] ?? STAFF_SESSION_S;
    const token = mint(principal, 'session', maxAgeS);
    const nowMs = deps.clock.nowMs();
    if (isStaff(principal.role)) {
      const row = { id: randomUUID(), createdMs: nowMs, seenMs: nowMs, agent: agent.slice(0, AGENT_MAX) };
      deps.staff.addSession(hashOf(token), row);
    }
    return { token, principal, maxAgeS };
  };
  const forPassword = (token: string): TokenRow | undefined => {
    const row = goodRow(token);
    return row?.use === 'password' ? row : undefined;
  };
  return {
    verify: (token) => speaker(token, true),
    peek: (token) => speaker(token, false),
    issue: (principal, options) =>
      mint(principal, options?.singleUse === true ? 'single' : 'bearer', options?.expiresInS),
    exchange: (token, agent) => {
      const row = goodRow(token);
      if (row === undefined || (row.use !== 'bearer' && row.use !== 'single')) return undefined;
      if (NO_SESSION.has(row.role)) return undefined;
      if (row.use === 'single' && !store.remove(row.hash)) return undefined;
      return startSession(principalOf(row), agent);
    },
    startSession,
    endSession: (token) => goodRow(token)?.use === 'session' && store.remove(hashOf(token)),
    issueForPassword: (principal, expiresInS) => mint(principal, 'password', expiresInS),
    forPassword: (token) => {
      const row = forPassword(token);
      return row === undefined ? undefined : principalOf(row);
    },
    useForPassword: (token) => {
      const row = forPassword(token);
      return row !== undefined && store.remove(row.hash);
    },
  };
}

function createMint({ store, staff, clock, random }: TokenDeps) {
  const bytes = random ?? (() => randomBytes(32));
  let minted = 0;
  return (principal: Principal, use: TokenRow['use'], expiresInS?: number): string => {
    refuseBadSubject(principal.subject);
    const nowMs = clock.nowMs();
    minted += 1;
    if (minted % SWEEP_EVERY_TOKENS === 0) {
      store.removeExpired(nowMs);
      staff.sweep();
    }
    const token = TOKEN_PREFIX + bytes().toString('base64url');
    const expiresMs = expiresInS === undefined ? null : nowMs + expiresInS * 1_000;
    store.add({ ...principal, hash: hashOf(token), use, expiresMs }, nowMs);
    return token;
  };
}

/** Only sessions of staff fall asleep; a session from before they did is taken as it is. */
function isAwake(row: TokenRow, { store, staff, clock }: TokenDeps, keepAwake: boolean): boolean {
  if (row.use !== 'session' || !isStaff(row.role)) return true;
  const session = staff.session(row.hash);
  if (session === undefined) return true;
  const nowMs = clock.nowMs();
  if (nowMs - session.seenMs > STAFF_IDLE_MS) {
    store.remove(row.hash);
    return false;
  }
  if (keepAwake && nowMs - session.seenMs > SEEN_EVERY_MS) staff.seen(row.hash, nowMs);
  return true;
}

function refuseBadSubject(subject: string): void {
  const bad = badSubject(subject);
  if (bad !== undefined) throw new RefusalError(bad);
}

/** Why nobody can speak under this name. */
export function badSubject(subject: string): Refusal | undefined {
  if (ID_PATTERN.test(subject) && !RESERVED_IDS.has(subject)) return undefined;
  const detail = `the id ${JSON.stringify(subject.slice(0, 60))} may hold letters, digits and ._:- only, and no reserved name`;
  return { reason: 'SchemaMismatch', detail, field: '/name' };
}
