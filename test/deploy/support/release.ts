import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * An archive as deploy/pack.sh makes it, with links to this machine's Node and modules in their place: what the
 * script does with it is the same, and it is made in a second.
 */
export function makeRelease(
  folder: string,
  { version, arch = process.arch }: { version: string; arch?: string },
): string {
  const name = `endcap-${version}-linux-${arch}`;
  const work = mkdtempSync(join(tmpdir(), 'endcap-release-'));
  const root = join(work, name);
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'deploy'));
  for (const part of ['dist', 'package.json']) cpSync(part, join(root, part), { recursive: true });
  for (const part of ['demo', 'systemd', 'README.md'])
    cpSync(join('deploy', part), join(root, 'deploy', part), { recursive: true });
  symlinkSync(process.execPath, join(root, 'bin/node'));
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'arch'), `${arch}\n`);
  const archive = join(folder, `${name}.tar.gz`);
  execFileSync('tar', ['czf', archive, '-C', work, name]);
  rmSync(work, { recursive: true });
  return archive;
}

export interface Outcome {
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

export function runInstaller(...parameters: readonly string[]): Outcome {
  const run = spawnSync('deploy/install.sh', parameters, { encoding: 'utf8' });
  return { code: run.status, said: run.stdout, complained: run.stderr };
}
