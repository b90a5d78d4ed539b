import { type JournalledEvent, RefusalError } from '../contracts/index.js';
import type { Alarms, Clock, Engine, Views } from '../ports.js';
import type { Journal } from '../store/types.js';
import { type CheckpointPace, createCheckpointer } from './checkpointer.js';
import { createOutcomes } from './outcomes.js';
import { createPoisonMarks } from './poison.js';
import { type DecisionCore, type RecoveryDeps, recover } from './recovery.js';
import { createStepper } from './stepper.js';
import { startTicker } from './ticker.js';

export interface EngineDeps extends Pick<RecoveryDeps, 'createCore' | 'setAside'> {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly pace?: CheckpointPace;
  /** The first listener of `onSettled`: it also hears what is handled while the engine starts. */
  readonly onSettled?: (settled: readonly JournalledEvent[]) => void;
  /** How many events wait, after each step. */
  readonly onQueue?: (waiting: number) => void;
  /** The loop met an error that no retry mends: stop the process and start it anew from the journal. */
  readonly onFailure: (error: Error) => void;
}

export interface RunningEngine extends Engine {
  /** Resolves once every event journalled so far has been handled and its outputs are durable. */
  idle(): Promise<void>;
  /** Seal the state as it is now and leave no older one; rejects when the disk does not take it. */
  renewCheckpoint(): Promise<void>;
  /** Handle what waits, seal the state, stop. */
  close(): Promise<void>;
}

/** Events from outside in one step: some 20 ms of the event loop at most, where each is decided. */
const STEP_EVENTS_MAX = 250;
const HELD_RETRY_MS = 500;
const DEFAULT_PACE: CheckpointPace = { everyOffsets: 50_000, everyMs: 60_000 };

/**
 * The loop: journalled event → core step → one transaction with outputs and cursor → those who wait and watch.
 * One step is in flight at a time; what arrives meanwhile makes the next one, so batches grow with the load.
 */
export async function startEngine(deps: EngineDeps): Promise<RunningEngine> {
  const recovery = { ...deps, poison: createPoisonMarks(deps.journal) };
  const { core, handled } = recover(recovery);
  const stepper = createStepper(recovery, core);
  const loop = createLoop(deps, stepper, handled);
  const stopListening = deps.journal.onCommitted((events) =>
    loop.wakeUpTo(events[events.length - 1]!.offset),
  );
  loop.wakeUpTo(deps.journal.stats().lastOffset);
  const stopTicking = startTicker({ ...deps, core: stepper.current, busy: loop.busy });
  return {
    views: currentViews(stepper.current),
    outcomeOf: loop.outcomeOf,
    onSettled: loop.onSettled,
    idle: loop.idle,
    renewCheckpoint: loop.renewCheckpoint,
    async close() {
      stopTicking();
      await loop.idle();
      stopListening();
      await loop.finish();
    },
  };
}

/** The core may be replaced after a failure; whoever holds the views always sees the current one. */
function currentViews(core: () => DecisionCore): Views {
  return new Proxy({} as Views, { get: (_target, name) => Reflect.get(core().views, name) });
}

function createLoop(deps: EngineDeps, stepper: ReturnType<typeof createStepper>, recovered: number) {
  const { journal } = deps;
  /** Everything up to here is in the state, and what came of it is durable. */
  let handled = recovered;
  /** The newest event that the journal told of. Events are read from there, so a loop that lags holds no queue. */
  let committed = recovered;
  let running: Promise<void> | undefined;
  const outcomes = createOutcomes(handled);
  const checkpointer = createCheckpointer({ ...deps, pace: deps.pace ?? DEFAULT_PACE }, handled);
  const listeners = new Set(deps.onSettled === undefined ? [] : [deps.onSettled]);
  const serialise = (): string => stepper.current().serialise();
  const renewals = createRenewals(() => checkpointer.renew(handled, serialise));

  const stepOnce = async (page: readonly JournalledEvent[]): Promise<void> => {
    const inputs = page.filter(({ cause }) => cause === undefined);
    const { outputs, causes } = await stepper.step(inputs);
    const cursor = inputs[inputs.length - 1]?.offset ?? handled;
    // A step without outputs moves no cursor: run again after a crash, it gives nothing again.
    const places = outputs.length === 0 ? [] : await journal.step({ cursor, outputs, causes });
    handled = page[page.length - 1]!.offset;
    const made = outputs.map((event, n): JournalledEvent => ({ ...places[n]!, cause: causes[n]!, event }));
    journal.handled(handled);
    outcomes.settle(handled, made);
    const settled = [...inputs, ...made];
    if (settled.length > 0) for (const listener of listeners) listener(settled);
    deps.onQueue?.(Math.max(0, committed - handled));
    checkpointer.note(handled, serialise);
  };

  /** A full or failing disk refuses the outputs, and the state would be ahead of the journal: go back, try again. */
  const stepOrHold = async (page: readonly JournalledEvent[]): Promise<void> => {
    try {
      await stepOnce(page);
      deps.alarms.clear('DecisionsHeld');
    } catch (error) {
      if (!(error instanceof RefusalError) || error.refusal.reason === 'Stopping') throw error;
      deps.alarms.raise('DecisionsHeld', `Decisions wait: ${error.message}`, {
        reason: error.refusal.reason,
      });
      stepper.rewind(handled + 1);
      await new Promise((resolve) => setTimeout(resolve, HELD_RETRY_MS));
    }
  };

  const run = async (): Promise<void> => {
    while (committed > handled) {
      const page = journal.read({ after: handled, limit: STEP_EVENTS_MAX, inputs: true });
      // A declared gap may have taken the last offsets: there is nothing left to read up to there.
      if (page.length === 0) handled = committed;
      else await stepOrHold(page);
      renewals.run();
    }
  };

  const wake = (): void => {
    if (running !== undefined || committed <= handled) return;
    running = run()
      .catch(deps.onFailure)
      .finally(() => {
        running = undefined;
        renewals.run();
        wake();
      });
  };

  return {
    outcomeOf: outcomes.wait,
    busy: () => committed > handled,
    wakeUpTo(offset: number): void {
      committed = Math.max(committed, offset);
      wake();
    },
    onSettled(listener: (settled: readonly JournalledEvent[]) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async idle(): Promise<void> {
      while (running !== undefined) await running;
    },
    renewCheckpoint: () => renewals.ask(running === undefined),
    finish: () => checkpointer.finish(handled, serialise),
  };
}

/** Who wants the state sealed anew waits for the end of a step: within one, the state is ahead of the journal. */
function createRenewals(renew: () => Promise<void>) {
  let waiting: { resolve(): void; reject(error: Error): void }[] = [];
  const run = (): void => {
    if (waiting.length === 0) return;
    const renewed = renew();
    for (const { resolve, reject } of waiting) renewed.then(resolve, reject);
    waiting = [];
  };
  return {
    run,
    ask: (now: boolean): Promise<void> =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        if (now) run();
      }),
  };
}
