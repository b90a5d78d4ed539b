import { type JournalledEvent, type Refusal, RefusalError, type StoreEvent } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import type { WriterChannel } from './channel.js';
import type { JournalOptions } from './options.js';
import { type Command, isMark, type Request, type Response, type Snapshot } from './protocol.js';
import { batchOf, createQueue, isUrgent, serialise, type Waiting } from './queue.js';
import { createReader, type Reader } from './reader.js';
import { createTail, type Tail } from './tail.js';
import type { Place } from './types.js';

type Listener = (events: readonly JournalledEvent[]) => void;

/** Shorter than any class is kept: what retention let go of is not read from memory either. */
const HELD_IN_MEMORY_MS = 3_600_000;

export interface Answer {
  readonly refusal: Refusal | undefined;
  /** Retention has more to let go of. */
  readonly more: boolean;
}

/** The caller's side of the writer: calls go in, answers and committed events come out. */
export interface Front {
  readonly reader: Reader;
  readonly tail: Tail;
  readonly marks: ReadonlyMap<string, string>;
  snapshot(): Snapshot;
  submit(
    command: Command,
    events: readonly StoreEvent[],
    causes: readonly number[],
  ): Promise<readonly Place[]>;
  /** A request that is no batch: repair, retention and the like. */
  send(request: Request): Promise<Answer>;
  onCommitted(listener: Listener): () => void;
  /** Have the writer repair a segment. */
  mend(file: SegmentFile): void;
  /** Take nothing more, and wait for what was taken. */
  stop(): Promise<void>;
}

export function createFront(options: JournalOptions, channel: WriterChannel): Front {
  const listeners = new Set<Listener>();
  const marks = new Map(channel.opened.marks);
  const asked = new Set<string>();
  let snapshot: Snapshot = channel.opened.snapshot;
  let stopping = false;
  const tail = createTail(snapshot.lastOffset);
  /** The same trouble is seen by many reads; the writer hears of it once at a time. */
  const ask = (name: string, request: Request): void => {
    if (asked.has(name) || stopping) return;
    asked.add(name);
    void send(request)
      .catch((error: unknown) =>
        options.log?.('error', 'repair of the journal failed', { error: String(error) }),
      )
      .finally(() => asked.delete(name));
  };
  const mend = ({ path, family, first }: SegmentFile): void =>
    ask(path, { op: 'repair', family, first, nowMs: options.nowMs() });
  const reader = createReader({
    onDamage: mend,
    onHole: (lane, from, to) => ask(`${lane}`, { op: 'reconcile', lane, from, to, nowMs: options.nowMs() }),
  });
  reader.show(snapshot);

  const take = (response: Response, events: readonly JournalledEvent[]): void => {
    snapshot = response.snapshot;
    reader.show(snapshot);
    const all = withOwn(events, response);
    if (all.length === 0) return;
    tail.push(all);
    for (const listener of listeners) listener(all);
  };
  const send = async (request: Request): Promise<Answer> => {
    const response = await channel.send(request);
    take(response, []);
    if (request.op === 'maintain') tail.forgetBefore(request.nowMs - HELD_IN_MEMORY_MS);
    return { refusal: response.refusals?.[0], more: response.more === true };
  };
  const write = async (batch: readonly Waiting[]): Promise<void> => {
    if (options.faults?.acknowledgeEarly) acknowledge(batch);
    let response: Response;
    try {
      response = await channel.send({ op: 'commit', batch: batchOf(batch, options.nowMs()) });
    } catch (error) {
      for (const one of batch) one.reject(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const settled = settle(batch, response);
    for (const { name, value } of settled.marks) marks.set(name, value);
    take(response, settled.events);
  };
  const queue = createQueue({
    write,
    monotonicMs: () => performance.now(),
    lazy: options.inProcess !== true,
  });
  return {
    reader,
    tail,
    marks,
    snapshot: () => snapshot,
    submit: (command, events, causes) =>
      new Promise((resolve, reject) => {
        if (stopping) reject(new RefusalError({ reason: 'Stopping', detail: 'the journal is closing' }));
        else {
          const urgent = isUrgent(command, events);
          const { stored, payloads } = onDisk(events, options.seal);
          queue.push({ command, urgent, events, stored, causes, payloads, resolve, reject });
        }
      }),
    send,
    mend,
    onCommitted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      stopping = true;
      return queue.drained();
    },
  };
}

function onDisk(
  events: readonly StoreEvent[],
  seal: JournalOptions['seal'],
): Pick<Waiting, 'stored' | 'payloads'> {
  const stored = seal === undefined ? events : events.map(seal.seal);
  return { stored, payloads: serialise(stored) };
}

/** Negative control of D1 only. */
function acknowledge(batch: readonly Waiting[]): void {
  for (const one of batch) one.resolve(one.events.map(() => ({ offset: 0 })));
}

function withOwn(events: readonly JournalledEvent[], response: Response): readonly JournalledEvent[] {
  if (response.own.length === 0) return events;
  const own = response.own.map(({ offset, sequence, payload }) => ({
    offset,
    sequence,
    event: JSON.parse(payload) as StoreEvent,
  }));
  return [...events, ...own].sort((a, b) => a.offset - b.offset);
}

/** In one piece: there are thousands a second. */
function journalled(place: Place, cause: number | undefined, event: StoreEvent): JournalledEvent {
  const { offset, sequence } = place;
  if (cause !== undefined) return { ...place, cause, event };
  return sequence === undefined ? { offset, event } : { offset, sequence, event };
}

/** Answer every call of a batch; what is durable comes back as events in offset order. */
function settle(batch: readonly Waiting[], response: Response) {
  const events: JournalledEvent[] = [];
  const marks: { name: string; value: string }[] = [];
  let at = 0;
  batch.forEach((one, index) => {
    const refusal = response.refusals?.[index];
    const places: Place[] = [];
    for (let row = 0; row < one.events.length; row += 1, at += 1) {
      const event = one.events[row] as StoreEvent;
      const offset = response.offsets?.[at] ?? 0;
      const sequence = response.sequences?.[at] ?? 0;
      const cause = one.causes[row];
      const place = sequence === 0 ? { offset } : { offset, sequence };
      places.push(place);
      if (offset > 0) events.push(journalled(place, cause, event));
    }
    if (refusal === undefined) {
      if (isMark(one.command)) marks.push(one.command);
      one.resolve(places);
    } else one.reject(new RefusalError(refusal));
  });
  return { events, marks };
}
