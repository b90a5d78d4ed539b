import type { Command } from 'commander';
import type { ShopperErased } from '../contracts/index.js';
import { readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { PlainError } from './plain-error.js';
import { callStore } from './store-client.js';

interface EraseOptions extends StoreOptions {
  readonly loyalty?: string;
  readonly shopper?: string;
  readonly reason: string;
}

/** `endcap erase`: for the desk, when somebody asks there to be forgotten. */
export function addErase(program: Command): void {
  withStoreOptions(program.command('erase'))
    .description('forget a shopper for good, and print the number of the receipt')
    .option('--loyalty <id>', 'whom this loyalty id leads to')
    .option('--shopper <sid>', 'the made-up name on their page')
    .requiredOption('--reason <text>', 'why; it stands in the audit log')
    .action(async (options: EraseOptions) => {
      if ((options.loyalty === undefined) === (options.shopper === undefined)) {
        throw new PlainError('Name the person by --loyalty or by --shopper.', 2);
      }
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const path =
        options.shopper === undefined
          ? '/v1/erasures'
          : `/v1/shoppers/${encodeURIComponent(options.shopper)}/erasure`;
      const who = options.loyalty === undefined ? {} : { loyaltyId: options.loyalty };
      const { receiptId, at } = await callStore<ShopperErased>(endpoint, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...who, reason: options.reason }),
      });
      process.stdout.write(`Erased at ${at}.\nReceipt ${receiptId}: give the person this number.\n`);
    });
}
