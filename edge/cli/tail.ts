import type { Command } from 'commander';
import type { StoreEvent } from '../contracts/index.js';
import { readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { PlainError } from './plain-error.js';
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
      await follow(answer, (event) => {
        process.stdout.write(`${options.json ? JSON.stringify(event) : line(event)}\n`);
      });
      process.stderr.write('The store has stopped.\n');
    });
}

/** Until the store ends it. Rejects with PlainError when it was cut off. */
async function follow(answer: Response, onEvent: (event: StoreEvent) => void): Promise<void> {
  try {
    for await (const { event, data } of serverEvents(answer)) {
      if (event === 'refused') throw new PlainError(`The store cut this off: ${JSON.parse(data).reason}.`);
      onEvent(JSON.parse(data) as StoreEvent);
    }
  } catch (error) {
    if (error instanceof PlainError) throw error;
    throw new PlainError('The connection to the store broke: it was killed, or its machine is gone.');
  }
}

function line(event: StoreEvent): string {
  return `${event.recordedtime}  ${event.type.padEnd(18)} ${event.partitionkey}  ${JSON.stringify(event.data).slice(0, 160)}`;
}
