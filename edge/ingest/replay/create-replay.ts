import { type PosTransaction, REFUSALS, type Refusal, RefusalError } from '../../contracts/index.js';
import type { Rejection } from '../../ports.js';
import type { FileMeta } from '../adapters-file/types.js';
import { businessDayIn } from './business-day.js';
import { addTransaction, emptyFigures, type ReplayFigures } from './figures.js';
import { readGroups, type TimedGroup } from './read-groups.js';
import { type Survey, surveyFile } from './survey.js';

/** Enough to keep the journal's writer busy while rows are parsed; bounds memory to some thousand lines. */
const IN_FLIGHT_MAX = 256;

export interface ReplayDeps {
  /** The way of a till's transaction: validated, journalled, decided. Resolves once it is durable. */
  readonly submit: (transaction: PosTransaction) => Promise<unknown>;
  /** Set aside, masked, what the file's adapter could not read or `submit` rejected. */
  readonly refuse: (rejection: Rejection) => Promise<unknown>;
  /** The store's clock for the length of the replay: set to each transaction's time before it is submitted. */
  readonly clock: { set(ms: number): void };
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly progress: ReplayProgress;
}

export interface ReplayProgress {
  begin(rows: number, adapter: string): void;
  /** Rows that are durable, or set aside, so far; `ms` is where the replayed time stands. */
  advance(rows: number, ms: number): void;
  end(): void;
}

export interface ReplayOptions {
  readonly path: string;
  /** Times as fast as the file's own time, or without any waiting. */
  readonly speed: number | 'max';
  readonly store: string;
  readonly timeZone: string;
  /** Epoch ms that becomes the time of the file's last line. */
  readonly endMs: number;
  readonly signal?: AbortSignal;
  /** Epoch ms up to which an earlier run came: lines before are not waited for. */
  readonly knownUntilMs?: number;
  /** Spares the second reading where the caller has surveyed the file before. */
  readonly survey?: Survey;
}

export interface Replay {
  /**
   * @throws UnreadableFile where the file is no known one
   * @throws RefusalError where the store refuses for a reason of its own (quota, disk, stopping)
   */
  run(options: ReplayOptions): Promise<ReplayFigures>;
}

/** Drives a store with the till lines of a file, in event order, many in flight. */
export function createReplay(deps: ReplayDeps): Replay {
  return {
    async run(options) {
      const survey = options.survey ?? (await surveyFile(options.path));
      deps.progress.begin(survey.rows, survey.adapter.name);
      try {
        return await replayRows(deps, options, survey);
      } finally {
        deps.progress.end();
      }
    },
  };
}

async function replayRows(deps: ReplayDeps, options: ReplayOptions, survey: Survey): Promise<ReplayFigures> {
  const figures = emptyFigures(survey.adapter);
  const startedMs = deps.monotonicMs();
  const shiftMs = options.endMs - survey.lastMs;
  const meta: FileMeta = { store: options.store, shiftMs, businessDay: businessDayIn(options.timeZone) };
  const inFlight = new Set<Promise<void>>();
  /** Where waiting began: what an earlier run has replayed already is passed over quickly. */
  let pacedFrom = { fileMs: survey.firstMs, atMs: startedMs };
  let failure: unknown;
  for await (const group of readGroups(options.path, survey.adapter)) {
    if (failure !== undefined || options.signal?.aborted) break;
    if (group.ms + shiftMs < (options.knownUntilMs ?? Number.NEGATIVE_INFINITY)) {
      pacedFrom = { fileMs: group.ms, atMs: deps.monotonicMs() };
    } else if (options.speed !== 'max') {
      const dueMs = pacedFrom.atMs + (group.ms - pacedFrom.fileMs) / options.speed;
      await waitUntil(deps, dueMs, options.signal);
      if (options.signal?.aborted) break;
    }
    deps.clock.set(group.ms + shiftMs);
    const work = settle(deps, { options, survey, meta, figures }, group)
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        inFlight.delete(work);
        figures.rows += group.rows.length;
        deps.progress.advance(figures.rows, group.ms + shiftMs);
      });
    inFlight.add(work);
    if (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  if (failure !== undefined) throw failure;
  figures.seconds = (deps.monotonicMs() - startedMs) / 1000;
  return figures;
}

interface Run {
  readonly options: ReplayOptions;
  readonly survey: Survey;
  readonly meta: FileMeta;
  readonly figures: ReplayFigures;
}

async function settle(deps: ReplayDeps, run: Run, group: TimedGroup): Promise<void> {
  const { adapter } = run.survey;
  const decoded = adapter.decode(group, run.meta);
  const setAside = (refusal: Refusal, body: string) =>
    deps.refuse({
      refusal,
      channel: 'file',
      topic: adapter.name,
      device: 'replay',
      adapter: adapter.name,
      body: Buffer.from(body),
    });
  if (!decoded.ok) {
    run.figures.setAside += 1;
    await setAside(decoded.refusal, group.rows.map((row) => row.join(',')).join('\n'));
    return;
  }
  try {
    await deps.submit(decoded.transaction);
    addTransaction(run.figures, decoded.transaction);
  } catch (error) {
    // What is wrong with one document is set aside; what is wrong with the store ends the replay.
    if (!(error instanceof RefusalError) || REFUSALS[error.refusal.reason].class !== 'rejected') throw error;
    run.figures.refused += 1;
    await setAside(error.refusal, JSON.stringify(decoded.transaction));
  }
}

/** In steps of a quarter of a second, so that a stop is heard although the next line may be a night away. */
async function waitUntil(deps: ReplayDeps, dueMs: number, signal: AbortSignal | undefined): Promise<void> {
  for (let left = dueMs - deps.monotonicMs(); left > 0; left = dueMs - deps.monotonicMs()) {
    if (signal?.aborted) return;
    await deps.sleep(Math.min(left, 250));
  }
}
