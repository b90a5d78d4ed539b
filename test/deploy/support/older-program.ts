import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The first program that told a story from beacon to till: journal schema 1, nothing sealed, no accounts. */
export const FIRST_COMMIT = '7e1a04f';

export interface OlderProgram {
  readonly root: string;
  /** What to run with Node. */
  readonly main: string;
}

/** Builds the program of an earlier commit in a folder of its own. Throws where the history does not reach so far. */
export function buildOlderProgram(commit: string): OlderProgram {
  const root = mkdtempSync(join(tmpdir(), 'endcap-older-'));
  const archive = execFileSync('git', ['archive', commit], { maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['x', '-C', root], { input: archive });
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', root]);
  return { root, main: join(root, 'dist/edge/main.js') };
}

/** A folder with that program's own demo store, on free ports, mirroring to an HQ that nobody reaches. */
export function olderStoreFolder(program: OlderProgram): string {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-older-store-'));
  cpSync(join(program.root, 'deploy/demo'), folder, { recursive: true });
  const path = join(folder, 'store.yaml');
  writeFileSync(path, withBacklog(readFileSync(path, 'utf8')));
  return folder;
}

/** Port 9 of loopback takes no connection: everything that is mirrored waits. */
export const withBacklog = (yaml: string): string =>
  yaml
    .replace('port: 8080', 'port: 0')
    .replace('port: 1883', 'port: 0')
    .replace('  partition: 0', '  partition: 0\n  brokers: ["127.0.0.1:9"]');
