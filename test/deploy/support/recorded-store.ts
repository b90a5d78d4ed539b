import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { heldNumbers } from '../../fault/support/acknowledged-load.js';
import type { RunningStore } from '../../support/store.js';
import { withBacklog } from './older-program.js';

const HERE = resolve('test/deploy/first-schema');

/** What the first program had acknowledged when it was killed. */
export interface Recorded {
  readonly commit: string;
  readonly endedAt: string;
  readonly sid: string;
  readonly shelf: readonly number[];
  readonly till: readonly number[];
}

export const recorded = JSON.parse(readFileSync(join(HERE, 'acknowledged.json'), 'utf8')) as Recorded;

/** Copies the recorded data into a new folder with today's demo store; `without` is left out of the journal. */
export function recordedFolder(without?: RegExp): string {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-upgrade-'));
  cpSync(resolve('deploy/demo'), folder, { recursive: true });
  const path = join(folder, 'store.yaml');
  writeFileSync(path, withBacklog(readFileSync(path, 'utf8')));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  execFileSync('tar', ['xzf', join(HERE, 'data.tar.gz'), '-C', data]);
  const journal = join(data, 'journal');
  for (const name of readdirSync(journal)) if (without?.test(name)) rmSync(join(journal, name));
  return folder;
}

export interface StepFault {
  /** Compiled from step-fault.c. */
  readonly library: string;
  readonly folder: string;
  /** The process dies before this change of a file; 0 never. */
  readonly killAt?: number;
  /** File that gets the number of changes. */
  readonly count?: string;
}

/** One minute after the recording, whenever the suite runs: what is kept for a day must not have aged by then. */
export function stepEnvironment(fault: StepFault): Record<string, string> {
  const movedMs = Date.parse(recorded.endedAt) + 60_000 - Date.now();
  return {
    LD_PRELOAD: fault.library,
    ENDCAP_STEP_FOLDER: join(fault.folder, 'data'),
    ENDCAP_STEP_KILL: `${fault.killAt ?? 0}`,
    ENDCAP_STEP_CLOCK_MS: `${movedMs}`,
    ...(fault.count === undefined ? {} : { ENDCAP_STEP_COUNT: fault.count }),
  };
}

export interface Held {
  /** Acknowledged and not to be read any more. */
  readonly lost: number;
  readonly twice: number;
}

/** What became of everything that was acknowledged, asked through the API that consumers use. */
export async function heldOf(store: RunningStore, more: readonly number[] = []): Promise<Held> {
  const shelf = await heldNumbers(store, 'shelf.reading', (data) => Number(data['probe']));
  const till = await heldNumbers(store, 'pos.transaction', (data) => Number(data['sequence']));
  const lost =
    recorded.shelf.filter((number) => !shelf.has(number)).length +
    [...recorded.till, ...more].filter((number) => !till.has(number)).length;
  const twice = [...shelf.values(), ...till.values()].filter((times) => times > 1).length;
  return { lost, twice };
}
