import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { PromiseResult } from './promise.js';

/** A kept promise, with the run that kept it: a report may be made of several runs of a day. */
type Row = PromiseResult & {
  readonly size: string;
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
};

/**
 * A JSON file and a page for people. Long runs leave them under test/reports, to be committed; a second one on the
 * same day replaces the rows of what it ran and keeps the others.
 */
export function writeReport(options: { promises: string; long: boolean }): void {
  if (!existsSync(options.promises)) return;
  const date = new Date().toISOString();
  const run = { date, commit: commit(), node: process.version, machine: machine() };
  const fresh = readFileSync(options.promises, 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as PromiseResult & { size: string }), ...run }));
  const folder = options.long ? 'test/reports' : 'test/output';
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/${options.long ? `promises-${date.slice(0, 10)}` : 'promises'}`;
  const rows = options.long ? [...earlier(`${file}.json`, fresh), ...fresh] : fresh;
  rows.sort((a, b) => a.promise.localeCompare(b.promise, 'en', { numeric: true }));
  writeFileSync(`${file}.json`, `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(`${file}.md`, page(rows));
}

/** What earlier runs of the day kept and this one did not run. */
function earlier(path: string, fresh: readonly Row[]): readonly Row[] {
  if (!existsSync(path)) return [];
  const known = new Set(fresh.map(({ promise, what }) => `${promise} ${what}`));
  const rows = JSON.parse(readFileSync(path, 'utf8')) as readonly Row[];
  return rows.filter(({ promise, what }) => !known.has(`${promise} ${what}`));
}

function page(rows: readonly Row[]): string {
  return [
    '# Promises',
    '',
    `On ${[...new Set(rows.map(({ machine, node }) => `${machine}, Node ${node}`))].join('; ')}. A promise that is not listed was not run.`,
    '',
    '| promise | what was done | found | negative control | size | seed | when, commit |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.promise} | ${row.what} | ${row.figure} | ${row.control} | ${row.size} | ${row.seed ?? ''} | ${row.date.slice(0, 16)}Z, ${row.commit} |`,
    ),
    '',
  ].join('\n');
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
}
