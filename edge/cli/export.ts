import type { Command } from 'commander';
import type { StoreEvent } from '../contracts/index.js';
import { readEndpoint } from './endpoint.js';
import { time } from './option-values.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { openOutput } from './output.js';
import { createProgress } from './progress.js';
import { callStore } from './store-client.js';

interface Page {
  readonly events: readonly StoreEvent[];
  readonly next: string;
}

const PAGE_EVENTS = 1_000;

/** `endcap export`: a topic as NDJSON, from any time, through the same API that consumers use. */
export function addExport(program: Command): void {
  withStoreOptions(program.command('export'))
    .description('write the events of a topic to a file, one JSON object a line')
    .argument('<topic>', 'for example pos.transaction')
    .option('--from <time>', 'leave out what was recorded before, RFC 3339', time)
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .action(async (topic: string, options: StoreOptions & { from?: string; output?: string }) => {
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const out = await openOutput(options.output);
      const progress = options.output === undefined ? undefined : createProgress('events');
      try {
        let after = '';
        for (;;) {
          const query = new URLSearchParams({
            limit: String(PAGE_EVENTS),
            ...(after === '' ? {} : { after }),
            ...(options.from === undefined ? {} : { from: options.from }),
          });
          const page = await callStore<Page>(
            endpoint,
            `/v1/topics/${encodeURIComponent(topic)}/events?${query}`,
          );
          await out.write(page.events.map((event) => `${JSON.stringify(event)}\n`).join(''));
          progress?.advance(page.events.length);
          after = page.next;
          if (page.events.length < PAGE_EVENTS) break;
        }
      } finally {
        progress?.done();
      }
      await out.end();
    });
}
