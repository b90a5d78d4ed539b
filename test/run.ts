/**
 * `npm test`: finds the shared data, builds what is stale, runs both projects and closes with one line of counts.
 * `--long` runs every suite at its long size and writes a report under test/reports.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newestSource } from './support/newest-source.js';
import { writeReport } from './support/report.js';

const long = process.argv.includes('--long');
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const output = resolve('test/output');
const results = join(output, 'results.json');
const promises = join(output, 'promises.ndjson');

function environment(): NodeJS.ProcessEnv {
  const shared = resolve('../shared');
  return {
    ...process.env,
    ENDCAP_SIZE: long ? 'n' : 'q',
    ENDCAP_PROMISES: promises,
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
    ...(process.env['ENDCAP_SHARED'] === undefined && existsSync(shared) ? { ENDCAP_SHARED: shared } : {}),
  };
}

function run(command: string, parameters: readonly string[]): number {
  return spawnSync(command, [...parameters], { stdio: 'inherit', env: environment() }).status ?? 1;
}

/** Tests that start the program start the built one, as a store does. */
function buildIfStale(): void {
  const built = 'dist/edge/main.js';
  if (existsSync(built) && statSync(built).mtimeMs > newestSource(['edge', 'cloud-bridge', 'signage-ui']))
    return;
  console.log('Building the program …');
  if (run('npm', ['run', '--silent', 'build']) !== 0) process.exit(1);
}

interface VitestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function main(): void {
  mkdirSync(output, { recursive: true });
  rmSync(results, { force: true });
  rmSync(promises, { force: true });
  buildIfStale();
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const status = run('npx', [
    'vitest',
    'run',
    '--config',
    'test/vitest.config.ts',
    '--root',
    '.',
    ...reporters,
    ...filters,
  ]);
  if (!existsSync(results)) process.exit(status || 1);
  const outcome = JSON.parse(readFileSync(results, 'utf8')) as VitestResults;
  const skipped = outcome.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => ['skipped', 'pending', 'todo'].includes(test.status))
      .map((test) => test.fullName),
  );
  // A file that could not be loaded ran no test of its own, which must not look like success.
  const broken = outcome.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  for (const file of broken) console.log(`not loaded: ${file.name}`);
  for (const name of skipped) console.log(`skipped: ${name}`);
  writeReport({ promises, long });
  const failed = outcome.numFailedTests + broken.length;
  console.log(`${outcome.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
  process.exit(status !== 0 || failed > 0 ? 1 : 0);
}

main();
