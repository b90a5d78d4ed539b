/** Accounts of the staff: who there is, in which role, and where they are logged in. */
import { Type } from '@sinclair/typebox';
import type { Refusal } from '../../contracts/index.js';
import type { Audit, AuditNote } from '../../ports.js';
import { noted } from '../audit/noted.js';
import { type Account, type Accounts, nameOf } from '../auth/accounts.js';
import { ACCOUNT_ROLES } from '../auth/staff-roles.js';
import { ok, type Route, route } from './route.js';
import { Name } from './session.js';
import { IdParam } from './shapes.js';

export interface UserDeps {
  readonly accounts: Accounts;
  readonly audit: Audit;
  readonly baseUrl: () => string;
}

const AccountRole = Type.Union(ACCOUNT_ROLES.map((role) => Type.Literal(role)));
const User = Type.Object({
  name: Type.String(),
  role: AccountRole,
  state: Type.Union(['good', 'invited', 'disabled'].map((state) => Type.Literal(state))),
  created: Type.String(),
});
const Invited = Type.Intersect([
  User,
  Type.Object({ link: Type.String({ description: 'sets a password, once, within a day' }) }),
]);
const Params = Type.Object({ name: Name });
const JOURNAL = ['QuotaReached', 'DiskFull', 'DiskFailed'] as const;
const ROLES = ['admin'] as const;

export function userRoutes(deps: UserDeps): readonly Route[] {
  return [
    listRoute(deps),
    addRoute(deps),
    changeRoute(deps),
    resetRoute(deps),
    sessionsRoute(deps),
    endRoute(deps),
  ];
}

const shown = ({ createdMs, ...account }: Account) => ({
  ...account,
  created: new Date(createdMs).toISOString(),
});
const passwordLink = (deps: UserDeps, token: string): string => `${deps.baseUrl()}/login#set=${token}`;

const listRoute = (deps: UserDeps): Route =>
  route({
    method: 'get',
    path: '/v1/users',
    tag: 'People',
    summary: 'Accounts of the staff',
    roles: ROLES,
    answers: { 200: { description: 'All of them', schema: Type.Object({ users: Type.Array(User) }) } },
    refusals: [],
    handle: () => ok({ users: deps.accounts.list().map(shown) }),
  });

const addRoute = (deps: UserDeps): Route =>
  route({
    method: 'post',
    path: '/v1/users',
    tag: 'People',
    audit: { notes: ['user.add'] },
    summary: 'Add an account; hand the link to the person, who sets the password',
    roles: ROLES,
    body: Type.Object({ name: Name, role: AccountRole }),
    answers: { 201: { description: 'Added', schema: Invited } },
    example: { body: { name: 'sam', role: 'associate' } },
    refusals: ['NameTaken', ...JOURNAL],
    handle: async ({ body, actor }) => {
      const refusal = deps.accounts.whyNot.add(body.name);
      if (refusal !== undefined) return refusal;
      const entry = {
        action: 'user.add' as const,
        ...actor,
        target: nameOf(body.name),
        detail: `As ${body.role}` as const,
      };
      const made = await noted(deps.audit, entry, () => deps.accounts.add(body.name, body.role));
      if ('reason' in made) return made;
      return { status: 201, body: { ...shown(made.account), link: passwordLink(deps, made.token) } };
    },
  });

const changeRoute = (deps: UserDeps): Route =>
  route({
    method: 'put',
    path: '/v1/users/{name}',
    tag: 'People',
    audit: { notes: ['user.disable', 'user.enable', 'user.role'], why: 'person' },
    summary: 'Give an account another role, or disable it; its sessions and open pages end at once',
    roles: ROLES,
    params: Params,
    body: Type.Object({
      role: Type.Optional(AccountRole),
      disabled: Type.Optional(Type.Boolean()),
    }),
    answers: { 200: { description: 'As it is now', schema: User } },
    example: { params: { name: 'nobody-1' }, body: { disabled: true } },
    refusals: ['NotFound', 'LastAdmin', ...JOURNAL],
    handle: async ({ params, body, actor }) => {
      const { role, disabled } = body;
      const { accounts } = deps;
      let account: Account | Refusal | undefined = accounts.get(params.name);
      if (account === undefined) return unknown(params.name);
      const { name } = account;
      const entry = { ...actor, target: name };
      if (disabled !== undefined && disabled !== (account.state === 'disabled')) {
        account = await change(deps, {
          entry: { ...entry, action: disabled ? 'user.disable' : 'user.enable' },
          refusal: accounts.whyNot.setDisabled(name, disabled),
          make: () => accounts.setDisabled(name, disabled),
        });
      }
      if (!('reason' in account) && role !== undefined && role !== account.role) {
        account = await change(deps, {
          entry: { ...entry, action: 'user.role', detail: `As ${role}` },
          refusal: accounts.whyNot.setRole(name, role),
          make: () => accounts.setRole(name, role),
        });
      }
      return 'reason' in account ? account : ok(shown(account));
    },
  });

const resetRoute = (deps: UserDeps): Route =>
  route({
    method: 'post',
    path: '/v1/users/{name}/reset',
    tag: 'People',
    audit: { notes: ['user.reset'] },
    summary: 'A link with which the person sets a new password, once, within a day',
    roles: ROLES,
    params: Params,
    answers: { 201: { description: 'The link', schema: Invited } },
    example: { params: { name: 'nobody-1' } },
    refusals: ['NotFound', ...JOURNAL],
    handle: async ({ params, actor }) => {
      const account = deps.accounts.get(params.name);
      if (account === undefined) return unknown(params.name);
      const entry = { action: 'user.reset' as const, ...actor, target: account.name };
      const made = await noted(deps.audit, entry, () => deps.accounts.reset(account.name));
      if ('reason' in made) return made;
      return { status: 201, body: { ...shown(made.account), link: passwordLink(deps, made.token) } };
    },
  });

const Session = Type.Object({
  id: Type.String(),
  since: Type.String(),
  seen: Type.String(),
  agent: Type.String(),
});

const sessionsRoute = (deps: UserDeps): Route =>
  route({
    method: 'get',
    path: '/v1/users/{name}/sessions',
    tag: 'People',
    summary: 'Where somebody is logged in',
    roles: ROLES,
    params: Params,
    answers: {
      200: { description: 'Open sessions', schema: Type.Object({ sessions: Type.Array(Session) }) },
    },
    example: { params: { name: 'nobody-1' } },
    refusals: ['NotFound'],
    handle: ({ params }) => {
      if (deps.accounts.get(params.name) === undefined) return unknown(params.name);
      const sessions = deps.accounts.sessions(params.name).map(({ id, createdMs, seenMs, agent }) => ({
        id,
        since: new Date(createdMs).toISOString(),
        seen: new Date(seenMs).toISOString(),
        agent,
      }));
      return ok({ sessions });
    },
  });

const endRoute = (deps: UserDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/users/{name}/sessions/{id}',
    tag: 'People',
    audit: { notes: ['session.end'], why: 'person' },
    summary: 'End one session; its open pages are cut',
    roles: ROLES,
    params: Type.Object({ name: Name, id: IdParam('session') }),
    answers: { 204: { description: 'Over' } },
    example: { params: { name: 'nobody-1', id: 'none' } },
    refusals: ['NotFound', ...JOURNAL],
    handle: async ({ params, actor }) => {
      const { name, id } = params;
      if (!deps.accounts.sessions(name).some((session) => session.id === id)) {
        return { reason: 'NotFound', detail: `${name} has no session ${id}`, field: '/id' };
      }
      const entry = { action: 'session.end' as const, ...actor, target: nameOf(name) };
      await noted(deps.audit, entry, () => deps.accounts.endSession(name, id));
      return { status: 204 };
    },
  });

const unknown = (name: string): Refusal => ({
  reason: 'NotFound',
  detail: `there is no account ${name}`,
  field: '/name',
});

/** A change that is refused is worth an entry, too: somebody tried to shut out the last admin. */
async function change(
  { audit }: UserDeps,
  wanted: {
    readonly entry: Omit<AuditNote, 'outcome'>;
    readonly refusal: Refusal | undefined;
    readonly make: () => Account | Refusal;
  },
): Promise<Account | Refusal> {
  const { entry, refusal, make } = wanted;
  if (refusal === undefined) return noted(audit, entry, make);
  await audit.note({ ...entry, outcome: 'refused', detail: refusal.reason });
  return refusal;
}
