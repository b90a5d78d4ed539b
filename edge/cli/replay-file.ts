import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.js';
import type { Config } from '../config/load.js';
import { createReplay } from '../ingest/replay/create-replay.js';
import { describeFigures } from '../ingest/replay/figures.js';
import { createProgressBar } from '../ingest/replay/progress-bar.js';
import { type Survey, surveyFile, UnreadableFile } from '../ingest/replay/survey.js';
import { PlainError } from './plain-error.js';

/** What a replay has to remember to go on after a stop: the same shift of time, so that repeated lines are known. */
interface ReplayNote {
  readonly file: string;
  readonly bytes: number;
  readonly endMs: number;
  readonly done: boolean;
}

export interface PlannedReplay {
  readonly path: string;
  readonly survey: Survey;
  readonly speed: number | 'max';
  readonly note: ReplayNote;
  /** Epoch ms at which the shifted file begins. */
  readonly fromMs: number;
}

const noteFile = (directory: string): string => join(directory, 'replay.json');

/** A replay has a data folder of its own, because its past must not mix with a store's present. */
export async function planReplay(
  path: string,
  options: { speed: string; directory: string; nowMs: number },
): Promise<PlannedReplay> {
  const survey = await surveyOrExplain(path);
  const speed = options.speed === 'max' ? 'max' : Number(options.speed);
  if (speed !== 'max' && !(speed > 0))
    throw new PlainError(`--speed takes a number above 0, or max; "${options.speed}" is neither.`, 2);
  const bytes = statSync(path).size;
  const before = readNote(options.directory);
  const goesOn =
    before !== undefined && !before.done && before.file === basename(path) && before.bytes === bytes;
  if (!goesOn) clear(options.directory, before);
  const note = goesOn ? before : { file: basename(path), bytes, endMs: options.nowMs, done: false };
  return { path, survey, speed, note, fromMs: survey.firstMs + note.endMs - survey.lastMs };
}

/** The store counts in the money of the file: pounds must not stand on the staff page as euros. */
export function inCurrencyOf(config: Config, plan: PlannedReplay): Config {
  const store = { ...config.policy.store, currency: plan.survey.adapter.currency };
  return { ...config, policy: { ...config.policy, store } };
}

/** Drives the store with the file; resolves with the figures in words. */
export async function runReplay(
  app: App,
  config: Config,
  plan: PlannedReplay,
  signal: AbortSignal,
): Promise<string> {
  writeNote(config.dataDirectory, plan.note);
  const clock = app.replayClock!;
  const replay = createReplay({
    submit: (data) =>
      app.tills.accept({
        type: 'pos.transaction',
        device: 'replay',
        data,
        ...(data.time === undefined ? {} : { time: data.time }),
      }),
    refuse: (rejection) => app.gate.quarantine(rejection),
    clock,
    monotonicMs: () => performance.now(),
    sleep: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
    progress: createProgressBar(() => performance.now()),
  });
  const { store } = config.policy;
  const figures = await replay.run({
    ...plan,
    endMs: plan.note.endMs,
    knownUntilMs: app.nowMs(),
    store: store.id,
    timeZone: store.timeZone,
    signal,
  });
  await app.engine.idle();
  if (!signal.aborted) {
    clock.release();
    writeNote(config.dataDirectory, { ...plan.note, done: true });
  }
  return describeFigures(figures, store.locale);
}

async function surveyOrExplain(path: string): Promise<Survey> {
  if (!existsSync(path)) throw new PlainError(`There is no file ${path}.`, 2);
  try {
    return await surveyFile(path);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new PlainError(error.message, 2);
    throw error;
  }
}

function clear(directory: string, before: ReplayNote | undefined): void {
  if (!existsSync(directory)) return;
  if (before === undefined && existsSync(join(directory, 'journal'))) {
    throw new PlainError(
      `${directory} holds a store of its own. Name an empty folder for the replay with --data.`,
      2,
    );
  }
  rmSync(directory, { recursive: true });
}

function readNote(directory: string): ReplayNote | undefined {
  try {
    return JSON.parse(readFileSync(noteFile(directory), 'utf8')) as ReplayNote;
  } catch {
    return undefined;
  }
}

function writeNote(directory: string, note: ReplayNote): void {
  const temporary = `${noteFile(directory)}.new`;
  writeFileSync(temporary, JSON.stringify(note));
  renameSync(temporary, noteFile(directory));
}
