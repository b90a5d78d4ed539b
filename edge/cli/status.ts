import type { Command } from 'commander';
import type { StoreStatus } from '../contracts/index.js';
import { readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { callStore } from './store-client.js';

/** `endcap status`: what a person asks first. */
export function addStatus(program: Command): void {
  withStoreOptions(program.command('status'))
    .description('say how the running store is doing')
    .option('--json', 'as one JSON object')
    .action(async (options: StoreOptions & { json?: boolean }) => {
      const endpoint = readEndpoint(configOf(options).dataDirectory);
      const status = await callStore<StoreStatus>(endpoint, '/v1/status');
      process.stdout.write(
        options.json ? `${JSON.stringify(status, null, 2)}\n` : `${inWords(status).join('\n')}\n`,
      );
    });
}

function inWords(status: StoreStatus): string[] {
  const journal = `${status.journal.lastOffset} events, ${megabytes(status.journal.bytes)} of ${megabytes(status.journal.quotaBytes)}`;
  return [
    `Store      ${status.store}, up for ${Math.round(status.upS)} s`,
    `Journal    ${journal}, ${status.journal.segments} segments`,
    `Decisions  ${status.decisions.offered} offered, ${status.decisions.withheld} withheld, ${status.decisions.rejected} refused since start`,
    `Link       ${status.link.state}${status.link.state === 'none' ? ' (no HQ is configured)' : `, ${status.link.waiting} events waiting`}${status.link.detail === undefined ? '' : `: ${status.link.detail}`}`,
    `To mend    ${status.toMend} records`,
    `Alarms     ${status.alarms.length === 0 ? 'none' : ''}`,
    ...status.alarms.map((alarm) => `  ${alarm.code}: ${alarm.text} (since ${alarm.since})`),
  ];
}

const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
