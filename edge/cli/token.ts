import { type Command, Option } from 'commander';
import { ROLES, type Role } from '../ports.js';
import { readEndpoint } from './endpoint.js';
import { aboveZero } from './option-values.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { type ReasonOptions, reasonOf, withQuery, withReason } from './reason.js';
import { callStore } from './store-client.js';

interface TokenOptions extends StoreOptions, ReasonOptions {
  readonly role: Role;
  readonly device?: string;
  readonly hours?: number;
}

/** `endcap token`: shown once, kept only as a hash. */
export function addToken(program: Command): void {
  withReason(withStoreOptions(program.command('token')))
    .description('make a token for a person, a device or a program, and print it once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--device <id>', 'device, till or screen that it speaks as (default: the role)')
    .option('--hours <n>', 'how long it is good (default: until it is taken back)', aboveZero)
    .action(async (options: TokenOptions) => {
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const { token } = await callStore<{ token: string }>(endpoint, '/v1/tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          role: options.role,
          subject: options.device ?? options.role,
          ...reasonOf(options),
          ...(options.hours === undefined ? {} : { expiresInS: Math.ceil(options.hours * 3600) }),
        }),
      });
      process.stdout.write(`${token}\n`);
    });
}

interface HeldToken {
  readonly role: Role;
  readonly subject: string;
  readonly created: string;
  readonly expires?: string;
}

/** `endcap tokens …`: who holds one, and taking them back. */
export function addTokens(program: Command): void {
  const tokens = program
    .command('tokens')
    .description('who holds a token, and taking one back: list, revoke');
  withStoreOptions(tokens.command('list'))
    .description('who holds a token, since when and until when; never the tokens themselves')
    .action(async (options: StoreOptions) => {
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const held = await callStore<{ tokens: readonly HeldToken[] }>(endpoint, '/v1/tokens');
      if (held.tokens.length === 0) process.stdout.write('Nobody holds a token.\n');
      for (const { role, subject, created, expires } of held.tokens) {
        const until = expires === undefined ? 'until it is taken back' : `until ${expires}`;
        process.stdout.write(`${role.padEnd(14)} ${subject.padEnd(24)} since ${created}, ${until}\n`);
      }
    });
  withReason(withStoreOptions(tokens.command('revoke')))
    .description('take back whatever speaks in a role under a name; its connections are cut at once')
    .addArgument(tokens.createArgument('<role>', 'as `endcap tokens list` shows it').choices([...ROLES]))
    .argument('<name>')
    .action(async (role: Role, name: string, options: StoreOptions & ReasonOptions) => {
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const path = withQuery(`/v1/tokens/${role}/${encodeURIComponent(name)}`, options);
      await callStore(endpoint, path, { method: 'DELETE' });
      process.stdout.write(`${role} ${name} holds no token any more.\n`);
    });
}
