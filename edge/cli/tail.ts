import type { Command } from 'commander';
import type { StoreEvent } from '../contracts/index.js';
import { readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { serverEvents } from './server-events.js';
import { openStore } from './store-client.js';

/** `endcap tail`: events as they become durable, from the same stream that consumers use. */
export function addTail(program: Command): void {
  withStoreOptions(program.command('tail'))
    .description('print events of a topic as they happen')
    .argument('[topic]', 'topic to follow', 'promo.decision')
    .option('--after <cursor>', 'start after this cursor instead of now')
    .option('--json', 'whole events, one JSON object a line')
    .action(async (topic: string, options: StoreOptions & { after?: string; json?: boolean }) => {
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const query = options.after === undefined ? '' : `?after=${encodeURIComponent(options.after)}`;
      const answer = await openStore(endpoint, `/v1/topics/${encodeURIComponent(topic)}/stream${query}`);
      for await (const { data } of serverEvents(answer)) {
        const event = JSON.parse(data) as StoreEvent;
        process.stdout.write(`${options.json ? JSON.stringify(event) : line(event)}\n`);
      }
    });
}

function line(event: StoreEvent): string {
  return `${event.recordedtime}  ${event.type.padEnd(18)} ${event.partitionkey}  ${JSON.stringify(event.data).slice(0, 160)}`;
}
