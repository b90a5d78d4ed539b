import { type Command, Option } from 'commander';
import { ACCOUNT_ROLES } from '../serve/auth/staff-roles.js';
import { readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { type ReasonOptions, reasonOf, withQuery, withReason } from './reason.js';
import { callStore } from './store-client.js';

interface User {
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly created: string;
  readonly link?: string;
}
type WhyOptions = StoreOptions & ReasonOptions;

/** `endcap user …`: accounts of the staff, from the box itself. */
export function addUser(program: Command): void {
  const user = program
    .command('user')
    .description('accounts of the staff: add, list, role, disable, enable, reset');
  addList(user);
  addAdd(user);
  addRole(user);
  addSwitch(user, 'disable');
  addSwitch(user, 'enable');
  addReset(user);
}

function addList(user: Command): void {
  withStoreOptions(user.command('list'))
    .description('who there is')
    .option('--json', 'as JSON')
    .action(async (options: StoreOptions & { json?: boolean }) => {
      const { users } = await call<{ users: readonly User[] }>(options, 'GET', '/v1/users');
      if (options.json) process.stdout.write(`${JSON.stringify(users, null, 2)}\n`);
      else
        for (const { name, role, state } of users)
          process.stdout.write(`${name.padEnd(24)} ${role.padEnd(14)} ${state}\n`);
    });
}

function addAdd(user: Command): void {
  withReason(withStoreOptions(user.command('add')))
    .description('add an account, and print the link with which the person sets a password')
    .argument('<name>', 'what they log in with')
    .addOption(new Option('--role <role>', 'what they may do').choices(ACCOUNT_ROLES).makeOptionMandatory())
    .action(async (name: string, options: WhyOptions & { role: string }) => {
      printLink(
        await call<User>(options, 'POST', '/v1/users', { name, role: options.role, ...reasonOf(options) }),
      );
    });
}

function addRole(user: Command): void {
  withReason(withStoreOptions(user.command('role')))
    .description('give an account another role; its sessions end')
    .argument('<name>')
    .addArgument(user.createArgument('<role>', 'what they may do').choices([...ACCOUNT_ROLES]))
    .action(async (name: string, role: string, options: WhyOptions) => {
      printState(await call<User>(options, 'PUT', pathOf(name), { role, ...reasonOf(options) }));
    });
}

function addSwitch(user: Command, verb: 'disable' | 'enable'): void {
  withReason(withStoreOptions(user.command(verb)))
    .description(
      verb === 'disable' ? 'nobody logs in with it any more; open pages are cut at once' : 'undo disable',
    )
    .argument('<name>')
    .action(async (name: string, options: WhyOptions) => {
      const body = { disabled: verb === 'disable', ...reasonOf(options) };
      printState(await call<User>(options, 'PUT', pathOf(name), body));
    });
}

function addReset(user: Command): void {
  withReason(withStoreOptions(user.command('reset')))
    .description('print a link with which the person sets a new password, once, within a day')
    .argument('<name>')
    .action(async (name: string, options: WhyOptions) => {
      printLink(await call<User>(options, 'POST', withQuery(`${pathOf(name)}/reset`, options)));
    });
}

const pathOf = (name: string): string => `/v1/users/${encodeURIComponent(name)}`;

function printLink({ name, role, link }: User): void {
  process.stdout.write(`${name} (${role}) sets a password here, once, within a day:\n${link}\n`);
}

function printState({ name, role, state }: User): void {
  process.stdout.write(`${name} ${role} ${state}\n`);
}

function call<T>(options: StoreOptions, method: string, path: string, body?: object): Promise<T> {
  const endpoint = readEndpoint(configOf(options).dataDirectory);
  return callStore<T>(endpoint, path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
