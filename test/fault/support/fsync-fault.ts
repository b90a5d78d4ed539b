import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { StoreSetup } from '../../support/store.js';

const COMPILER = process.env['CC'] ?? 'cc';
/** Suites name their skip by this; in CI a skip is a failure. */
export const hasCompiler = spawnSync(COMPILER, ['--version']).status === 0;
if (!hasCompiler && process.env['CI'] === 'true') throw new Error(`CI needs a C compiler: ${COMPILER}`);

export type FsyncFault = 'none' | 'eio' | `slow ${number}`;

/** A disk under one store that can be made to fail, or slow, while the store runs. */
export interface FaultyDisk {
  readonly environment: NonNullable<StoreSetup['environment']>;
  set(fault: FsyncFault): void;
  remove(): void;
}

export function createFaultyDisk(): FaultyDisk {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-fsync-'));
  const [library, control] = [join(folder, 'fsync-fault.so'), join(folder, 'fault')];
  const source = resolve(import.meta.dirname, 'fsync-fault.c');
  const made = spawnSync(COMPILER, [
    '-shared',
    '-fPIC',
    '-O2',
    '-Wall',
    '-Werror',
    '-o',
    library,
    source,
    '-ldl',
  ]);
  if (made.status !== 0) throw new Error(`the library does not compile: ${made.stderr}`);
  return {
    environment: { LD_PRELOAD: library, FSYNC_FAULT: control },
    set(fault) {
      // Whole at once: the store reads it in the middle of everything.
      writeFileSync(`${control}.new`, fault);
      renameSync(`${control}.new`, control);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
