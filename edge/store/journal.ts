import { randomUUID } from 'node:crypto';
import { type JournalledEvent, LANES, RefusalError } from '../contracts/index.js';
import { type BackupWatch, type SealedJournal, writeBackup } from './backup.js';
import type { SegmentFile } from './catalogue.js';
import { inProcessChannel, threadChannel, type WriterChannel } from './channel.js';
import { createCheckpoints } from './checkpoints.js';
import { createFront, type Front } from './front.js';
import { type JournalFiles, openedBy } from './journal-files.js';
import { type JournalOptions, writerOptionsOf } from './options.js';
import type { Request, Snapshot } from './protocol.js';
import type { EventSeal, Journal, JournalStats, Place, ReadOptions } from './types.js';

/** A journal, and what only its owner does with it. */
export interface StoreJournal extends Journal {
  /** Look at retention, quota and rolling now; otherwise this happens by itself, see `maintainEveryMs`. */
  maintain(): Promise<void>;
  /** Copy the journal as it is now into a new directory, without stopping it. Keys are elsewhere, never in it. */
  backup(target: string, watch?: BackupWatch): Promise<{ readonly offset: number }>;
  /** What there is to read now, for a thread that reads it by itself. */
  files(): JournalFiles;
  /** Such a thread met damage in this file. */
  mend(file: SegmentFile): void;
}

const MAINTAIN_EVERY_MS = 5_000;
/** Segments that retention looks at in one round: all of a full journal within ten minutes. */
const SEGMENTS_A_ROUND = 2;
const SOON_MS = 50;
/** Of events from outside: nothing in the journal made them. */
const NO_CAUSES: readonly number[] = [];
const NOWHERE: Promise<readonly Place[]> = Promise.resolve([]);

/** Open the journal of a directory, creating it when there is none. Rejects with MisconfiguredError. */
export async function createJournal(options: JournalOptions): Promise<StoreJournal> {
  const log = options.log ?? (() => undefined);
  const writerOptions = writerOptionsOf(options, (options.mintJid ?? randomUUID)());
  const channel = options.inProcess
    ? inProcessChannel(writerOptions, log)
    : await threadChannel(writerOptions, log);
  return assemble(options, channel, writerOptions.quotaBytes);
}

function assemble(options: JournalOptions, channel: WriterChannel, quotaBytes: number): StoreJournal {
  const front = createFront(options, channel);
  const { reader, tail, submit } = front;
  const checkpoints = createCheckpoints(options.directory, options.stateSeal);
  const sent = front.snapshot().sent.slice();
  let closing: Promise<void> | undefined;
  let resting = 0;
  const alarms: JournalStats['alarms'][number][] = [];
  // A refusal needs no answer here: it stands in `trouble` and in the alarms, and the next round tries again.
  const maintain = async (budget: number): Promise<boolean> => {
    const { more } = await front.send({
      op: 'maintain',
      nowMs: options.nowMs(),
      sent: sent.slice(),
      covered: checkpoints.covered(),
      // What a backup is copying must not change under it.
      budget: resting > 0 ? 0 : budget,
    });
    return more;
  };
  const rounds = startRounds(options, () => maintain(SEGMENTS_A_ROUND));
  const send = async (request: Request): Promise<void> => {
    const { refusal } = await front.send(request);
    if (refusal !== undefined) throw new RefusalError(refusal);
  };
  const sealJournal = async (): Promise<SealedJournal> => {
    await send({ op: 'seal', nowMs: options.nowMs() });
    const { jid, lastOffset: offset } = front.snapshot();
    return { jid, offset, files: reader.files() };
  };
  const close = async (): Promise<void> => {
    rounds.stop();
    await front.stop();
    await maintain(0);
    reader.close();
    await channel.send({ op: 'close' });
  };
  return {
    get jid() {
      return front.snapshot().jid;
    },
    append: (events) => (events.length === 0 ? NOWHERE : submit(events.length, events, NO_CAUSES)),
    step: ({ cursor, outputs, causes }) =>
      submit({ kind: 'step', rows: outputs.length, cursor }, outputs, causes),
    mark: async (name, value) => void (await submit({ kind: 'mark', name, value }, [], [])),
    marks: () => front.marks,
    cursor: () => front.snapshot().cursor,
    onCommitted: front.onCommitted,
    ...readsOf(front, options.seal),
    readLane: (lane, after, limit, bytesMax) =>
      reader.readLane(lane, { after, limit, bytesMax, sent: sent[LANES.indexOf(lane)] ?? 0 }),
    bury: (lane, sequence, reason) => send({ op: 'bury', lane, sequence, reason, nowMs: options.nowMs() }),
    sent(lane, sequence) {
      const at = LANES.indexOf(lane);
      sent[at] = Math.max(sent[at] ?? 0, sequence);
    },
    saveCheckpoint: (checkpoint) => checkpoints.save(checkpoint),
    async renewCheckpoint(checkpoint) {
      tail.clear();
      await checkpoints.renew(checkpoint);
    },
    loadCheckpoint: () =>
      checkpoints.load((path) => {
        const text = `a checkpoint is damaged, an older one is used; it was set aside as ${path}`;
        alarms.push({ code: 'CheckpointDamaged', text, sinceMs: options.nowMs() });
        options.log?.('error', text, { path });
      }),
    stats: () => statsOf(front.snapshot(), { quotaBytes, files: reader.files(), alarms }),
    async maintain() {
      while (await maintain(Number.POSITIVE_INFINITY));
    },
    async backup(target, watch = {}) {
      // From the first copied checkpoint to the last segment: nothing is let go of that the copy needs.
      resting += 1;
      try {
        const copyStates = checkpoints.copyTo;
        return await writeBackup({ ...watch, target, nowMs: options.nowMs(), copyStates, sealJournal });
      } finally {
        resting -= 1;
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Events as they were: the newest from memory, older ones from the disk with their seal opened. */
function readsOf(
  { reader, tail, snapshot, mend }: Front,
  seal?: EventSeal,
): Pick<StoreJournal, 'handled' | 'read' | 'readOffset' | 'readId' | 'files' | 'mend'> {
  const opened = openedBy(seal);
  return {
    handled: tail.handled,
    read: (wish) =>
      wish.after < tail.from()
        ? reader.read(wish).map(opened)
        : tail.after(wish.after, { limit: wish.limit, wanted: filterOf(wish) }),
    readOffset(offset) {
      const newest = tail.at(offset);
      if (newest !== undefined) return newest;
      const found = reader.readOffset(offset);
      return found && opened(found);
    },
    readId(id) {
      const newest = tail.withId(id);
      if (newest !== undefined) return newest;
      const found = reader.readId(id);
      return found && opened(found);
    },
    files: () => ({ files: reader.files(), lastOffset: snapshot().lastOffset }),
    mend,
  };
}

/** Maintenance every few seconds, and soon again while there is more to let go of: in slices, so that nobody waits. */
function startRounds(options: JournalOptions, work: () => Promise<boolean>): { stop(): void } {
  const everyMs = options.maintainEveryMs ?? (options.inProcess ? 0 : MAINTAIN_EVERY_MS);
  let timer: NodeJS.Timeout | undefined;
  let stopped = everyMs === 0;
  const next = (afterMs: number): void => {
    if (stopped) return;
    timer = setTimeout(() => void round(), afterMs).unref();
  };
  const round = async (): Promise<void> => {
    const more = await work();
    next(more ? Math.min(SOON_MS, everyMs) : everyMs);
  };
  next(everyMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function filterOf({ types, fromMs, inputs }: ReadOptions): (event: JournalledEvent) => boolean {
  return ({ event, cause }) =>
    (inputs !== true || cause === undefined) &&
    (types === undefined || types.includes(event.type)) &&
    (fromMs === undefined || Date.parse(event.recordedtime) >= fromMs);
}

interface FrontStats {
  readonly quotaBytes: number;
  readonly files: readonly { readonly first: number }[];
  readonly alarms: JournalStats['alarms'];
}

function statsOf(snapshot: Snapshot, { quotaBytes, files, alarms }: FrontStats): JournalStats {
  const { jid, bytes, lastOffset, lanes, shed, commits, rows, trouble } = snapshot;
  return {
    jid,
    bytes,
    quotaBytes,
    segments: files.length,
    firstOffset: files[0]?.first ?? lastOffset + 1,
    lastOffset,
    lanes,
    shed,
    commits,
    rows,
    ...(trouble === undefined ? {} : { trouble }),
    alarms: [...snapshot.alarms, ...alarms],
  };
}
