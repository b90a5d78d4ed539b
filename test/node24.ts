/**
 * The suite on Node 24, in a copy of the working tree: `npx tsx test/node24.ts` runs what touches Node
 * most and one story through the built program, `--all` everything, `--prepare` only fetches and compiles. Exit code 0 only when all of it passed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Node24, provisionNode24, VERSION } from './support/node24.js';

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', '--root', '.'];
/** What touches Node most: the native module, threads, files, sockets, streams; and one story from beacon to till. */
const QUICK = [
  [
    '--project',
    'unit',
    'test/store',
    'test/engine',
    'test/app',
    'test/ops',
    'test/ingest/broker',
    'test/serve/sockets',
  ],
  ['--project', 'program', 'test/e2e/story.test.ts'],
];

async function main(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log(
      `skipped: Node 24 is provisioned for x64 Linux alone, this is ${process.platform} ${process.arch}`,
    );
    process.exit(process.env['CI'] === 'true' ? 1 : 0);
  }
  const node = await provisionNode24((line) => console.log(line));
  if (process.argv.includes('--prepare')) return;
  const tree = mkdtempSync(join(tmpdir(), 'endcap-node24-'));
  try {
    copyTree(tree, node);
    const failed = runs().filter((run) => !passes(run, tree, node));
    console.log(`Node ${VERSION}: ${failed.length === 0 ? 'everything passed' : 'something failed'}`);
    process.exitCode = failed.length === 0 ? 0 : 1;
  } finally {
    rmSync(tree, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

const runs = (): readonly (readonly string[])[] =>
  process.argv.includes('--all')
    ? [['node_modules/tsx/dist/cli.mjs', 'test/run.ts']]
    : QUICK.map((part) => [...VITEST, ...part]);

/** What git would keep, the built program, and the modules with the native one exchanged. */
function copyTree(tree: string, node: Node24): void {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', list, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\0');
  for (const file of files.filter((name) => name !== '' && existsSync(name))) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    cpSync(file, join(tree, file), { preserveTimestamps: true });
  }
  cpSync('dist', join(tree, 'dist'), { recursive: true, preserveTimestamps: true });
  // Where the folder is a link, what it leads to: the module of others must not be exchanged.
  cpSync(realpathSync('node_modules'), join(tree, 'node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  cpSync(node.sqlite, join(tree, node.sqlitePlace));
}

function passes(run: readonly string[], tree: string, node: Node24): boolean {
  const shared = resolve('../shared');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    // Suites ask git what there is, and reports which commit it was.
    GIT_DIR: resolve('.git'),
    GIT_WORK_TREE: tree,
    PATH: `${node.bin}:${process.env['PATH']}`,
    ...(process.env['ENDCAP_SHARED'] === undefined && existsSync(shared) ? { ENDCAP_SHARED: shared } : {}),
  };
  // A promise is reported by the run on the machine's own Node; a second entry would say that it was kept twice.
  if (!process.argv.includes('--all')) delete env['ENDCAP_PROMISES'];
  return spawnSync(join(node.bin, 'node'), run, { cwd: tree, stdio: 'inherit', env }).status === 0;
}

await main();
