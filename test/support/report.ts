import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { PromiseResult } from './promise.js';

type Row = PromiseResult & { readonly size: string };

/** A JSON file and a page for people; long runs also leave them under test/reports, to be committed. */
export function writeReport(options: { promises: string; long: boolean }): void {
  if (!existsSync(options.promises)) return;
  const rows = readFileSync(options.promises, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  const run = {
    date: new Date().toISOString(),
    commit: commit(),
    machine: machine(),
    node: process.version,
    rows,
  };
  const folder = options.long ? 'test/reports' : 'test/output';
  mkdirSync(folder, { recursive: true });
  const name = options.long ? `promises-${run.date.slice(0, 10)}` : 'promises';
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(`${folder}/${name}.md`, page(run));
}

function page(run: {
  date: string;
  commit: string;
  machine: string;
  node: string;
  rows: readonly Row[];
}): string {
  const rows = [...run.rows].sort((a, b) => a.promise.localeCompare(b.promise, 'en', { numeric: true }));
  return [
    '# Promises of this run',
    '',
    `${run.date}, commit ${run.commit}, ${run.machine}, Node ${run.node}. A promise that is not listed was not run.`,
    '',
    '| promise | what was done | found | negative control | size | seed |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.promise} | ${row.what} | ${row.figure} | ${row.control} | ${row.size} | ${row.seed ?? ''} |`,
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
