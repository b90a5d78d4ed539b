/** Accounts of the staff: who there is, in which role, and the ways in. Every change ends the sessions it must end. */
import type { Refusal } from '../../contracts/index.js';
import type { Clock, Principal } from '../../ports.js';
import { ID_PATTERN, RESERVED_IDS } from './acl.js';
import type { TooMany } from './attempts.js';
import type { StoreAuth } from './auth.js';
import { createLogInLimit } from './log-in-limit.js';
import { type Passwords, weakPassword } from './passwords.js';
import type { AccountRole } from './staff-roles.js';
import type { AccountRow, SessionRow } from './staff-store.js';
import type { Session } from './tokens.js';

/** An account as others may see it. */
export interface Account {
  readonly name: string;
  readonly role: AccountRole;
  readonly state: 'good' | 'invited' | 'disabled';
  readonly createdMs: number;
}
export interface Visitor {
  readonly address: string;
  readonly agent: string;
}
/** Awaited when nothing speaks against a change any more, and before it is made; what it throws ends the call. */
export type Before = (whose: Principal) => Promise<void>;
type TimedRefusal = Refusal & Partial<Omit<TooMany, keyof Refusal>>;

export interface Accounts {
  /** True once somebody has logged the store in as theirs; from then on there is no claim code. */
  claimed(): boolean;
  /** Why a change would be refused as things are; asked before the entry of the deed is written. */
  readonly whyNot: {
    add(name: string): Refusal | undefined;
    setRole(name: string, role: AccountRole): Refusal | undefined;
    setDisabled(name: string, disabled: boolean): Refusal | undefined;
  };
  list(): readonly Account[];
  get(name: string): Account | undefined;
  /** The token sets a password, once, within a day. */
  add(name: string, role: AccountRole): { account: Account; token: string } | Refusal;
  /** The first account, by somebody who read the claim code off the box. */
  found(name: string, password: string, before?: Before): Promise<Account | Refusal>;
  setRole(name: string, role: AccountRole): Account | Refusal;
  setDisabled(name: string, disabled: boolean): Account | Refusal;
  /** The old password is good until the new one is set. */
  reset(name: string): { account: Account; token: string } | Refusal;
  logIn(name: string, password: string, visitor: Visitor): Promise<Session | TimedRefusal>;
  /** With the token of a link. Ends all other sessions of the account and starts one. */
  setPassword(
    token: string,
    password: string,
    visitor: Visitor,
    before?: Before,
  ): Promise<Session | TimedRefusal>;
  /** By somebody who is logged in and knows the old one; all their sessions end. */
  changePassword(
    name: string,
    asked: { readonly current: string; readonly password: string },
    visitor: Visitor,
    before?: Before,
  ): Promise<Session | TimedRefusal>;
  sessions(name: string): readonly SessionRow[];
  endSession(name: string, id: string): boolean;
}

export interface AccountDeps {
  readonly auth: Pick<
    StoreAuth,
    | 'staff'
    | 'startSession'
    | 'issueForPassword'
    | 'forPassword'
    | 'useForPassword'
    | 'endStaff'
    | 'endSessionOf'
    | 'endSession'
  >;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly passwords: Passwords;
  /** For negative controls alone: wrong log-ins of one address in a minute that are not the usual number. */
  readonly wrongTriesMax?: number | undefined;
}

const LINK_S = 24 * 3_600;
/** For a change of password in one call. */
const MOMENT_S = 60;
const NAME_MAX = 60;
/** Names that entries of the audit log and links already use for something else. */
const TAKEN = new Set(['staff', 'open', 'nobody', 'local-commands']);

export function createAccounts(deps: AccountDeps): Accounts {
  const { auth } = deps;
  const { staff } = auth;
  const logIn = createLogIn(deps);
  const setPassword = createSetPassword(deps);
  const known = (name: string): AccountRow | Refusal => staff.account(nameOf(name)) ?? unknown(name);
  const whyNot = createWhyNot(staff);
  const link = (row: AccountRow): { account: Account; token: string } => ({
    account: toAccount(row),
    token: auth.issueForPassword({ role: row.role, subject: row.name }, LINK_S),
  });
  const change = (name: string, apply: (row: AccountRow) => void): Account => {
    apply(staff.account(name)!);
    auth.endStaff(name);
    return toAccount(staff.account(name)!);
  };
  return {
    claimed: () => staff.accounts().some((row) => row.role === 'admin' && row.password !== null),
    whyNot,
    list: () => staff.accounts().map(toAccount),
    get: (name) => {
      const row = staff.account(nameOf(name));
      return row === undefined ? undefined : toAccount(row);
    },
    add: (wanted, role) => {
      const made = addRow(deps, wanted, { role, password: null });
      return 'reason' in made ? made : link(made);
    },
    found: async (wanted, password, before) => {
      const bad = whyNot.add(wanted) ?? weakPassword(password, wanted);
      if (bad !== undefined) return bad;
      const kept = await deps.passwords.hash(password);
      await before?.({ role: 'admin', subject: nameOf(wanted) });
      const made = addRow(deps, wanted, { role: 'admin', password: kept });
      return 'reason' in made ? made : toAccount(made);
    },
    setRole: (wanted, role) => {
      const refusal = whyNot.setRole(wanted, role);
      if (refusal !== undefined) return refusal;
      const row = staff.account(nameOf(wanted))!;
      return row.role === role ? toAccount(row) : change(row.name, () => staff.setRole(row.name, role));
    },
    setDisabled: (wanted, disabled) => {
      const refusal = whyNot.setDisabled(wanted, disabled);
      if (refusal !== undefined) return refusal;
      const disabledMs = disabled ? deps.clock.nowMs() : null;
      return change(nameOf(wanted), ({ name }) => staff.setDisabled(name, disabledMs));
    },
    reset: (wanted) => {
      const row = known(wanted);
      return 'reason' in row ? row : link(row);
    },
    logIn,
    setPassword,
    changePassword: async (name, { current, password }, visitor, before) => {
      const right = await logIn(name, current, visitor);
      if ('reason' in right) return right;
      auth.endSession(right.token);
      const token = auth.issueForPassword(right.principal, MOMENT_S);
      return setPassword(token, password, visitor, before);
    },
    sessions: (name) => staff.sessionsOf(nameOf(name)),
    endSession: (name, id) => auth.endSessionOf(nameOf(name), id),
  };
}

/** Names are the same in any case: nobody remembers how theirs was written. */
export const nameOf = (name: string): string => name.normalize('NFKC').trim().toLowerCase();
const isGood = (row: AccountRow): boolean => row.disabledMs === null && row.password !== null;

function toAccount(row: AccountRow): Account {
  const state = row.disabledMs !== null ? 'disabled' : row.password === null ? 'invited' : 'good';
  return { name: row.name, role: row.role as AccountRole, state, createdMs: row.createdMs };
}

const unknown = (name: string): Refusal => ({
  reason: 'NotFound',
  detail: `there is no account ${name}`,
  field: '/name',
});
const lastAdmin = (name: string): Refusal => ({
  reason: 'LastAdmin',
  detail: `${name} is the only admin who can log in`,
  field: '/name',
});

function createWhyNot(staff: AccountDeps['auth']['staff']): Accounts['whyNot'] {
  /** Without this one nobody could let anybody in any more. */
  const isLastAdmin = ({ name }: AccountRow): boolean => {
    const admins = staff.accounts().filter((row) => row.role === 'admin' && isGood(row));
    return admins.length === 1 && admins[0]!.name === name;
  };
  return {
    add: (wanted) =>
      badName(wanted) ??
      (staff.account(nameOf(wanted)) === undefined ? undefined : nameTaken(nameOf(wanted))),
    setRole: (wanted, role) => {
      const row = staff.account(nameOf(wanted));
      if (row === undefined) return unknown(wanted);
      return row.role !== role && isLastAdmin(row) ? lastAdmin(row.name) : undefined;
    },
    setDisabled: (wanted, disabled) => {
      const row = staff.account(nameOf(wanted));
      if (row === undefined) return unknown(wanted);
      return disabled && isLastAdmin(row) ? lastAdmin(row.name) : undefined;
    },
  };
}

function badName(wanted: string): Refusal | undefined {
  const name = nameOf(wanted);
  if (ID_PATTERN.test(name) && name.length <= NAME_MAX && !RESERVED_IDS.has(name) && !TAKEN.has(name)) {
    return undefined;
  }
  const detail = `a name begins with a letter or digit and goes on with letters a to z, digits and ._- (at most ${NAME_MAX}); some are reserved`;
  return { reason: 'SchemaMismatch', detail, field: '/name' };
}

function addRow(
  { auth, clock }: AccountDeps,
  wanted: string,
  { role, password }: Pick<AccountRow, 'role' | 'password'>,
): AccountRow | Refusal {
  const bad = badName(wanted);
  if (bad !== undefined) return bad;
  const row: AccountRow = {
    name: nameOf(wanted),
    role,
    password,
    createdMs: clock.nowMs(),
    disabledMs: null,
  };
  if (auth.staff.add(row)) return row;
  return nameTaken(row.name);
}

const nameTaken = (name: string): Refusal => ({
  reason: 'NameTaken',
  detail: `there is an account ${name} already`,
  field: '/name',
});

function createLogIn({ auth, passwords, wrongTriesMax }: AccountDeps): Accounts['logIn'] {
  const limit = createLogInLimit(wrongTriesMax);
  return async (wanted, password, { address, agent }) => {
    const name = nameOf(wanted).slice(0, NAME_MAX);
    const tooMany = await limit.take(name, address);
    if (tooMany !== undefined) return tooMany;
    const row = auth.staff.account(name);
    const kept = row === undefined || !isGood(row) ? undefined : row.password!;
    const fits = await passwords.fits(password, kept);
    // Asked again: it may have been disabled, or given another role, while the hash was made.
    const now = auth.staff.account(name);
    if (!fits || now === undefined || !isGood(now) || now.password !== kept) {
      return { reason: 'WrongPassword', detail: 'no account has that name and that password' };
    }
    await limit.right(name, address);
    return auth.startSession({ role: now.role, subject: now.name }, agent);
  };
}

function createSetPassword({ auth, passwords }: AccountDeps): Accounts['setPassword'] {
  const dead: Refusal = { reason: 'PasswordLink', detail: 'it was used, is past its day, or was never made' };
  const account = (principal: Principal | undefined): AccountRow | undefined => {
    const row = principal === undefined ? undefined : auth.staff.account(principal.subject);
    return row === undefined || row.disabledMs !== null ? undefined : row;
  };
  return async (token, password, { agent }, before) => {
    const row = account(auth.forPassword(token));
    if (row === undefined) return dead;
    const weak = weakPassword(password, row.name);
    if (weak !== undefined) return weak;
    const kept = await passwords.hash(password);
    if (account(auth.forPassword(token)) === undefined) return dead;
    await before?.({ role: row.role, subject: row.name });
    const now = account(auth.forPassword(token));
    if (now === undefined || !auth.useForPassword(token)) return dead;
    auth.staff.setPassword(now.name, kept);
    auth.endStaff(now.name);
    return auth.startSession({ role: now.role, subject: now.name }, agent);
  };
}
