import type { Command } from 'commander';
import { readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { type ReasonOptions, withQuery, withReason } from './reason.js';
import { callStore } from './store-client.js';

/** `endcap claim`: whoever stands at the box may make the first account. */
export function addClaim(program: Command): void {
  withReason(withStoreOptions(program.command('claim')))
    .description('print a new code with which the first account of a new store is made')
    .action(async (options: StoreOptions & ReasonOptions) => {
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const path = withQuery('/v1/claim/code', options);
      const { code } = await callStore<{ code: string }>(endpoint, path, { method: 'POST' });
      process.stdout.write(`${claimWords(endpoint.url, code)}\n`);
    });
}

/** What the console says about a code. */
export const claimWords = (url: string, code: string): string =>
  `Claim code  ${code}\n              Open ${url}/login within 10 minutes and make the first account with it.`;
