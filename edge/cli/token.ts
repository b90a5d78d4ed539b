import { type Command, Option } from 'commander';
import { ROLES, type Role } from '../ports.js';
import { readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { callStore } from './store-client.js';

interface TokenOptions extends StoreOptions {
  readonly role: Role;
  readonly device?: string;
  readonly hours?: string;
}

/** `endcap token`: shown once, kept only as a hash. */
export function addToken(program: Command): void {
  withStoreOptions(program.command('token'))
    .description('make a token for a person, a device or a program, and print it once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--device <id>', 'device, till or screen that it speaks as (default: the role)')
    .option('--hours <n>', 'how long it is good (default: until it is taken back)')
    .action(async (options: TokenOptions) => {
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const { token } = await callStore<{ token: string }>(endpoint, '/v1/tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          role: options.role,
          subject: options.device ?? options.role,
          ...(options.hours === undefined ? {} : { expiresInS: Math.round(Number(options.hours) * 3600) }),
        }),
      });
      process.stdout.write(`${token}\n`);
    });
}
