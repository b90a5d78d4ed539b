import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type Endpoint, readEndpoint } from './endpoint.js';
import { time } from './option-values.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { type ReasonOptions, withReason } from './reason.js';
import { callStore, openStore } from './store-client.js';

interface Report {
  readonly entries: number;
  readonly head: { readonly n: number; readonly hash: string };
  readonly findings: readonly { readonly n: number; readonly what: string; readonly detail: string }[];
}
interface Filter extends StoreOptions, ReasonOptions {
  readonly by?: string;
  readonly action?: string;
  readonly target?: string;
  readonly why?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `endcap audit …`: who did what and why, and whether anybody touched the record of it. */
export function addAudit(program: Command): void {
  const audit = program.command('audit').description('the log of who did what and why: verify, export');
  withStoreOptions(audit.command('verify'))
    .description('look at every entry; exit code 1 when one was edited, moved or removed')
    .option('--json', 'as JSON')
    .action(async (options: StoreOptions & { json?: boolean }) => {
      const report = await callStore<Report>(endpointOf(options), '/v1/audit/verify');
      process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
      if (report.findings.length > 0) process.exitCode = 1;
    });
  withReason(withStoreOptions(audit.command('export')))
    .description('write the log, oldest first')
    .addOption(new Option('--format <format>', 'of the file').choices(['json', 'csv']).default('json'))
    .option('--by <name>', 'only what this person did')
    .option('--action <action>', 'only this, for example user.disable, or user for all of them')
    .option('--target <text>', 'only where this is part of what it was done to')
    .option('--why <text>', 'only where this is part of the reason')
    .option('--from <time>', 'only from here on, RFC 3339', time)
    .option('--to <time>', 'only before, RFC 3339', time)
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .action(async (options: Filter & { format: string; output?: string }) => {
      const query = new URLSearchParams();
      for (const name of ['by', 'action', 'target', 'why', 'reason', 'from', 'to'] as const) {
        const value = options[name];
        if (value !== undefined) query.set(name, value);
      }
      const answer = await openStore(endpointOf(options), `/v1/audit/export.${options.format}?${query}`);
      const text = await answer.text();
      if (options.output === undefined) process.stdout.write(text);
      else writeFileSync(options.output, text, { mode: 0o600 });
    });
}

const endpointOf = (options: StoreOptions): Endpoint => readEndpoint(configOf(options).dataDirectory);

function inWords({ entries, head, findings }: Report): string {
  if (findings.length === 0)
    return `${entries} entries, all as they were written. Newest: ${head.n} ${head.hash}\n`;
  const lines = findings.map(({ what, detail }) => `LOOK  ${what.padEnd(10)} ${detail}\n`);
  return `${lines.join('')}${findings.length} findings in ${entries} entries.\n`;
}
