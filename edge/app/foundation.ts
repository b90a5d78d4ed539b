import { join } from 'node:path';
import type { Config } from '../config/load.js';
import { createSeal } from '../ingest/seal.js';
import { createVault, type OpenVault } from '../ingest/vault.js';
import { createStateSeal } from '../ingest/vault-state.js';
import { createAlarms } from '../ops/alarms.js';
import { createClock, createReplayClock, type ReplayClock, type SystemTime } from '../ops/clock.js';
import { createLog, type Log } from '../ops/log.js';
import { createMetrics, type Metrics } from '../ops/metrics.js';
import { newId } from '../ops/new-id.js';
import { createSystemTime } from '../ops/system-time.js';
import type { Alarms, Clock } from '../ports.js';
import { createJournal, type StoreJournal } from '../store/journal.js';
import type { JournalFaults } from '../store/options.js';
import { roomToOpen } from '../store/quota.js';
import type { EventSeal } from '../store/types.js';
import { removeHalfCopies } from './backups.js';
import { type DataFolder, openDataFolder } from './data-folder.js';

/** What every room stands on. */
export interface Foundation {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly journal: StoreJournal;
  /** Keys of the shoppers' sealed fields, and whom a tag or loyalty id belongs to. */
  readonly vault: OpenVault;
  readonly seal: EventSeal;
  readonly clock: Clock;
  /** Set while a file is replayed: the file's own time is the store's clock. */
  readonly replayClock?: ReplayClock;
  readonly alarms: Alarms;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly newId: () => string;
}

export interface FoundationOptions {
  readonly config: Config;
  readonly logLevel: string;
  /** Epoch ms at which a replayed file begins. */
  readonly replayFromMs?: number;
  /** The machine's clocks, unless a suite turns clocks of its own. */
  readonly system?: SystemTime;
  /** What makes store time of the machine's clocks and of the newest recorded time; the persisted hybrid clock. */
  readonly clockOf?: typeof createClock;
  /** Deviations for fault suites and their negative controls; a store never sets one. */
  readonly journalFaults?: JournalFaults;
}

/** Opens the data folder and the journal. Throws FolderInUseError, MisconfiguredError and system errors. */
export async function layFoundation(options: FoundationOptions): Promise<Foundation> {
  const { config } = options;
  const log = createLog({ level: options.logLevel, pretty: false });
  // Before anything is written: the lock and the vault need room as the journal does.
  roomToOpen(join(config.dataDirectory, 'journal'));
  const folder = openDataFolder(config.dataDirectory);
  removeHalfCopies(folder);
  const system = options.system ?? createSystemTime();
  let clock: Clock | undefined;
  // Before the first event is read the machine's own time has to do.
  const nowMs = (): number => clock?.nowMs() ?? options.replayFromMs ?? system.wallMs();
  const vault = createVault({ folder: folder.vault, clock: { nowMs } });
  const seal = createSeal({ vault });
  const stateSeal = createStateSeal({
    vault,
    // Asked for when the engine starts, after everything here.
    onStrangers: (persons) =>
      alarms.raise('PersonsUnknown', strangersWords(persons, folder), { amount: persons }),
  });
  const journal = await createJournal({
    directory: folder.journal,
    quotaBytes: config.limits.journalBytes,
    // Retention lives in the same time as the events: that of the file while one is replayed.
    nowMs,
    // In a fast replay virtual months pass before the uplink can send: nothing unsent is too old then.
    expireUnsent: options.replayFromMs === undefined,
    source: `/store/${config.policy.store.id}/journal`,
    ...(options.journalFaults === undefined ? {} : { faults: options.journalFaults }),
    ...(options.journalFaults?.unsealed ? {} : { seal, stateSeal }),
    log: (level, text, fields) => log[level](fields ?? {}, text),
  });
  const { unsyncedHours } = config.clock;
  const unsyncedMaxMs = unsyncedHours === 0 ? Number.POSITIVE_INFINITY : unsyncedHours * 3_600_000;
  const lastMs = lastRecordedMs(journal);
  const replayClock =
    options.replayFromMs === undefined
      ? undefined
      : createReplayClock(system, Math.max(options.replayFromMs, lastMs), unsyncedMaxMs);
  clock = replayClock ?? (options.clockOf ?? createClock)(system, lastMs, unsyncedMaxMs);
  const alarms = createAlarms({ clock, onRaise: (alarm) => log.warn({ alarm: alarm.code }, alarm.text) });
  sayDeadLinks(vault, folder, alarms);
  const base = {
    ...{ config, folder, journal, vault, seal, clock, alarms, log },
    metrics: createMetrics(),
    newId,
  };
  return replayClock === undefined ? base : { ...base, replayClock };
}

const strangersWords = (persons: number, folder: DataFolder): string =>
  `${persons} shoppers of the sealed state are not in ${folder.vault}: the store knows them no more. ` +
  'If a copy of that folder was forgotten, stop the store, put it back, and restore the backup once more.';

/** A key that was lost is made anew, because a shop must open; what it costs is said until it is mended. */
function sayDeadLinks(vault: OpenVault, folder: DataFolder, alarms: Alarms): void {
  const dead = vault.deadLinks();
  if (dead === 0) return;
  alarms.raise(
    'VaultKeyLost',
    `${dead} tags and loyalty ids lead to nobody: the key they were linked with is not in ${folder.vault}/vault.key any more. ` +
      'Put a copy of that file back and start anew, or link them again.',
    { amount: dead },
  );
}

/** The journal is where the clock is persisted: time never starts before what was recorded last. */
function lastRecordedMs(journal: StoreJournal): number {
  const last = journal.readOffset(journal.stats().lastOffset);
  return last === undefined ? 0 : Date.parse(last.event.recordedtime);
}
