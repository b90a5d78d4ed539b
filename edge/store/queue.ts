import { isMirrored, RefusalError, type StoreEvent, TOPIC_NAMES } from '../contracts/index.js';
import { COMMIT_ROWS_MAX, LAZY_DELAY_MS, LAZY_ROWS_PER_SECOND, QUEUE_ROWS_MAX } from './options.js';
import { type Batch, type Command, isMark } from './protocol.js';
import { laneOf } from './rows.js';
import type { Place } from './types.js';

/** A call that waits for its commit. */
export interface Waiting {
  readonly command: Command;
  /** Does not wait for others: P0, P1, and whatever is no plain reading. */
  readonly urgent: boolean;
  readonly events: readonly StoreEvent[];
  /** The same as they go to the disk. */
  readonly stored: readonly StoreEvent[];
  readonly causes: readonly number[];
  /** Made when the call was made: nobody can change an event between the call and its commit. */
  readonly payloads: readonly string[];
  resolve(places: readonly Place[]): void;
  reject(error: Error): void;
}

export interface QueueOptions {
  /** Hand a batch to the writer; resolves when it was answered. Never rejects. */
  write(batch: readonly Waiting[]): Promise<void>;
  monotonicMs(): number;
  /** False in simulation: nothing waits for a timer then. */
  lazy: boolean;
}

/**
 * Group commit: one batch is with the writer, the next gathers meanwhile and goes as soon as the writer is free.
 * No timer, except that a batch of only P2 and P3 waits a little while the load is low.
 */
export interface Queue {
  push(waiting: Waiting): void;
  /** Resolves when everything pushed so far was answered. */
  drained(): Promise<void>;
}

export function createQueue(options: QueueOptions): Queue {
  let pending: Waiting[] = [];
  let rows = 0;
  let urgent = false;
  let busy = false;
  let scheduled = false;
  let timer: NodeJS.Timeout | undefined;
  const idle: (() => void)[] = [];
  const rate = createRate(options.monotonicMs);

  const flush = (): void => {
    scheduled = false;
    if (busy || pending.length === 0) return;
    clearTimeout(timer);
    timer = undefined;
    const batch = take();
    busy = true;
    void options.write(batch).finally(() => {
      busy = false;
      if (pending.length > 0) schedule();
      else for (const done of idle.splice(0)) done();
    });
  };
  const take = (): Waiting[] => {
    let count = 0;
    let taken = 0;
    while (taken < pending.length) {
      const more = (pending[taken] as Waiting).events.length;
      if (taken > 0 && count + more > COMMIT_ROWS_MAX) break;
      count += more;
      taken += 1;
    }
    const batch = pending.slice(0, taken);
    pending = pending.slice(taken);
    rows -= count;
    urgent = pending.some((one) => one.urgent);
    return batch;
  };
  const schedule = (): void => {
    if (busy || scheduled) return;
    const mayWait =
      options.lazy && !urgent && rows < COMMIT_ROWS_MAX && rate.perSecond() < LAZY_ROWS_PER_SECOND;
    if (mayWait) {
      timer ??= setTimeout(flush, LAZY_DELAY_MS);
      return;
    }
    scheduled = true;
    // After the present callback, so that one read from a socket that carries many messages makes one batch.
    queueMicrotask(flush);
  };
  return {
    push(waiting) {
      if (rows >= QUEUE_ROWS_MAX) {
        waiting.reject(new RefusalError({ reason: 'Busy', detail: `${rows} rows wait for the disk` }));
        return;
      }
      pending.push(waiting);
      rows += waiting.events.length;
      rate.count(waiting.events.length);
      urgent ||= waiting.urgent;
      schedule();
    },
    drained: () =>
      busy || pending.length > 0 ? new Promise<void>((resolve) => idle.push(resolve)) : Promise.resolve(),
  };
}

/** P0 and P1 never wait, nor does anything that is not a plain reading. */
export function isUrgent(command: Command, events: readonly StoreEvent[]): boolean {
  return isMark(command) || events.some((event) => laneOf(event.type) <= 1);
}

/** Rows a second, over the last full second. */
function createRate(monotonicMs: () => number) {
  let startedMs = monotonicMs();
  let current = 0;
  let last = 0;
  const turn = (): void => {
    const elapsedMs = monotonicMs() - startedMs;
    if (elapsedMs < 1_000) return;
    last = elapsedMs < 2_000 ? current : 0;
    current = 0;
    startedMs += elapsedMs;
  };
  return {
    count(rows: number) {
      turn();
      current += rows;
    },
    perSecond() {
      turn();
      return Math.max(last, current);
    },
  };
}

const TYPE_NUMBER = new Map(TOPIC_NAMES.map((name, number) => [name, number]));
const MIRRORED = new Set(TOPIC_NAMES.filter(isMirrored));

/** JSON is made once: the same text is stored, sent to HQ and checked by its CRC. */
export const serialise = (events: readonly StoreEvent[]): string[] =>
  events.map((event) => JSON.stringify(event));

/** A lone surrogate cannot be stored as UTF-8; replaced here, so that what is read back equals what was summed. */
const wellFormed = (text: string): string =>
  /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString('utf8') : text;

/** Columns for the writer. */
export function batchOf(waiting: readonly Waiting[], nowMs: number): Batch {
  const rows = waiting.reduce((sum, one) => sum + one.events.length, 0);
  const batch = {
    nowMs,
    commands: waiting.map((one) => one.command),
    lanes: new Uint8Array(rows),
    types: new Uint8Array(rows),
    mirrored: new Uint8Array(rows),
    recorded: new Float64Array(rows),
    causes: new Float64Array(rows),
    keys: [] as string[],
    ids: [] as string[],
    payloads: [] as string[],
  };
  const recordedMs = createInstants();
  for (const one of waiting) {
    for (let index = 0; index < one.stored.length; index += 1) {
      const event = one.stored[index] as StoreEvent;
      const row = batch.keys.length;
      batch.lanes[row] = laneOf(event.type);
      batch.types[row] = TYPE_NUMBER.get(event.type) as number;
      batch.mirrored[row] = MIRRORED.has(event.type) ? 1 : 0;
      batch.recorded[row] = recordedMs(event.recordedtime);
      batch.causes[row] = one.causes[index] ?? 0;
      batch.keys.push(wellFormed(event.partitionkey));
      batch.ids.push(wellFormed(event.id));
      batch.payloads.push(one.payloads[index] as string);
    }
  }
  return batch;
}

/** Epoch ms of an instant; the same text is read once in a row, since many events share one. */
function createInstants(): (text: string) => number {
  let last = '';
  let ms = 0;
  return (text) => {
    if (text !== last) {
      last = text;
      ms = Date.parse(text);
    }
    return ms;
  };
}
