import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalledEvent, Lane, StoreEvent } from '../../../edge/contracts/index.js';
import { createPoisonMarks } from '../../../edge/engine/poison.js';
import { recover } from '../../../edge/engine/recovery.js';
import { createStepper } from '../../../edge/engine/stepper.js';
import { createJournal, type StoreJournal } from '../../../edge/store/journal.js';
import type { JournalFaults } from '../../../edge/store/options.js';
import { newCore } from '../../core/support/core.js';

/** Memory where there is some: what is simulated is the process, not the disk below it. */
const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const LANES: readonly Lane[] = ['P0', 'P1', 'P2', 'P3'];
const NO_ALARMS = { raise: () => undefined, clear: () => undefined, list: () => [] };

/** What a control changes; a true simulation sets none of them. */
export interface SimulatedSettings {
  /** The journal says yes when a batch is handed over instead of when it is committed. */
  readonly acknowledgeEarly?: boolean;
  /** After a crash the loop goes on at the end of the journal instead of behind what was decided. */
  readonly skipUndecided?: boolean;
}

export interface SimulatedStore {
  /** The event is acknowledged when this resolves; it rejects when the store refuses or fails. */
  append(event: StoreEvent): Promise<void>;
  /** Decide on everything journalled and not decided yet. */
  decide(): Promise<void>;
  checkpoint(): Promise<void>;
  /** As kill -9 leaves it: what was written is there, nothing is closed, nothing in memory survives. `harm` comes on top. */
  crash(faults?: JournalFaults, harm?: (directory: string) => void): Promise<void>;
  /** What the core knows. */
  state(): string;
  /** Codes of what the journal complains about. */
  alarms(): readonly string[];
  everything(): readonly JournalledEvent[];
  laneProblems(): string[];
  close(): Promise<void>;
}

/** Journal and decisions in one thread, with nothing that runs by itself: the order of steps is the seed's alone. */
export async function openSimulatedStore(
  nowMs: () => number,
  settings: SimulatedSettings = {},
): Promise<SimulatedStore> {
  let directory = mkdtempSync(join(SCRATCH, 'endcap-sim-'));
  let { journal, stepper, decided } = await boot({ directory, nowMs, settings });

  return {
    append: async (event) => void (await journal.append([event])),
    async decide() {
      for (;;) {
        const page = journal.read({ after: decided, limit: 200 });
        if (page.length === 0) return;
        const inputs = page.filter(({ cause }) => cause === undefined);
        const last = page[page.length - 1]!.offset;
        if (inputs.length > 0) {
          const { outputs, causes } = await stepper.step(inputs);
          const cursor = inputs[inputs.length - 1]!.offset;
          try {
            if (outputs.length > 0) await journal.step({ cursor, outputs, causes });
          } catch (error) {
            stepper.rewind(decided + 1);
            throw error;
          }
        }
        decided = last;
      }
    },
    checkpoint: () => journal.saveCheckpoint({ offset: decided, state: stepper.current().serialise() }),
    async crash(faults, harm) {
      const after = mkdtempSync(join(SCRATCH, 'endcap-sim-'));
      cpSync(directory, after, { recursive: true });
      await journal.close().catch(() => undefined);
      rmSync(directory, { recursive: true, force: true });
      directory = after;
      harm?.(directory);
      ({ journal, stepper, decided } = await boot({
        directory,
        nowMs,
        settings,
        ...(faults === undefined ? {} : { faults }),
      }));
    },
    state: () => stepper.current().serialise(),
    alarms: () => journal.stats().alarms.map(({ code }) => code),
    everything: () => journal.read({ after: 0, limit: 1_000_000 }),
    laneProblems: () => LANES.flatMap((lane) => problemsOf(journal, lane)),
    async close() {
      await journal.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function boot(options: {
  directory: string;
  nowMs: () => number;
  settings: SimulatedSettings;
  faults?: JournalFaults;
}) {
  const { directory, nowMs, settings } = options;
  const early =
    settings.acknowledgeEarly === undefined ? {} : { acknowledgeEarly: settings.acknowledgeEarly };
  const journal = await createJournal({
    directory,
    nowMs,
    inProcess: true,
    maintainEveryMs: 0,
    ballastBytes: 4_096,
    faults: { ...options.faults, ...early },
  });
  const poison = createPoisonMarks(journal);
  const setAside = async (): Promise<void> => {
    throw new Error('no event of the simulation is poison');
  };
  const deps = { journal, createCore: newCore, poison, setAside, alarms: NO_ALARMS };
  const { core, handled } = recover(deps);
  const decided = settings.skipUndecided === true ? journal.stats().lastOffset : handled;
  return { journal, stepper: createStepper(deps, core), decided };
}

/** Dense from 1, each naming the record before it. */
function problemsOf(journal: StoreJournal, lane: Lane): string[] {
  const problems: string[] = [];
  let [sequence, crc] = [0, 0];
  for (;;) {
    const records = journal.readLane(lane, sequence, 500, 1e9);
    for (const record of records) {
      if (record.sequence !== sequence + 1)
        problems.push(`${lane}: ${sequence} is followed by ${record.sequence}`);
      if (record.prevCrc !== crc)
        problems.push(`${lane}: ${record.sequence} names another record as the one before it`);
      sequence = record.sequence;
      crc = record.crc;
    }
    if (records.length === 0) return problems;
  }
}
