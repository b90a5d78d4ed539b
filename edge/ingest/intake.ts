import {
  inLetters,
  misfit,
  REFUSALS,
  type Refusal,
  RefusalError,
  TOPICS,
  type TopicData,
} from '../contracts/index.js';
import type { Draft, Gate, Rejection } from '../ports.js';
import type { Journal } from '../store/types.js';
import { adapterFor } from './adapters/registry.js';
import type { Adapter, Decoded } from './adapters/types.js';
import { createDeviceStates } from './device-states.js';
import { createKeep, type Keep } from './keep.js';
import type { IngestObserver } from './observer.js';
import type { Tills } from './pos.js';
import type { Receipt } from './receipt.js';
import { createRepeats, type Fingerprint } from './repeats.js';
import type { Misunderstood, Told } from './set-aside.js';
import type { Visitors } from './visitors.js';

/** One message or document from outside, as it came. */
export interface Incoming {
  readonly topic: string;
  readonly bytes: Buffer;
  readonly channel: Rejection['channel'];
  /** Who sent it, after authentication. */
  readonly device: string;
  /** The format, where the way in names it; else it is found by topic. */
  readonly adapter?: Adapter;
  /** Set where the sender repeats what was not acknowledged: MQTT with QoS 1 or 2. */
  readonly redelivery?: { readonly client: string; readonly number: number; readonly dup: boolean };
  /** Set for a document that staff are mending: a misfit is told, not set aside once more. */
  readonly mending?: Mending;
}

export interface Mending {
  /** What it becomes is named after this, so that mending again after a crash makes nothing twice. */
  readonly name: string;
  /** What settles the record: committed together with what it becomes. */
  readonly settlement: readonly Draft[];
}

/** What was too large to be read, and how its sender is told so. */
export interface Oversize {
  readonly device: string;
  readonly channel: Incoming['channel'];
  /** How many bytes it said to have. */
  readonly bytes: number;
  readonly detail: string;
  readonly adapter?: Adapter;
}

export interface Intake {
  /** Resolves once whatever it says is durable; rejects with RefusalError when the journal takes nothing now. */
  receive(incoming: Incoming): Promise<Receipt>;
  /** What `receive` would refuse about the document itself; takes nothing and keeps nothing. */
  check(incoming: Incoming): Refusal | undefined;
  /** A message so large that it was not read: noted without a body, as its sender's. */
  oversized(what: Oversize): Promise<Told>;
  /** Before anybody may connect: whoever was there when the store stopped is gone until they speak. */
  begin(): Promise<void>;
  /** A device connected, or its connection broke; told only where that is news. */
  connected(device: string): Promise<void>;
  disconnected(device: string, kind: string): Promise<void>;
}

export interface IntakeDeps {
  readonly gate: Gate;
  readonly tills: Tills;
  readonly visitors: Pick<Visitors, 'visitorOf'>;
  readonly setAside: (what: Misunderstood) => Promise<Told>;
  readonly journal: Pick<Journal, 'read' | 'readId' | 'stats'>;
  readonly newId: () => string;
  readonly fingerprint: Fingerprint;
  readonly storeId: string;
  readonly payloadBytesMax: number;
  readonly observer: Pick<IngestObserver, 'handled'>;
}

const NOTHING: Promise<Receipt> = Promise.resolve({ outcome: 'nothing' });
/** Events before the last stop that a client may send again because its acknowledgement was lost. */
const RECENT_EVENTS = 10_000;

/** From foreign bytes to durable events: find the format, decode, drop repetitions, admit; or set aside and say why. */
export function createIntake(deps: IntakeDeps): Intake {
  const { journal } = deps;
  const lastBefore = journal.stats().lastOffset;
  const repeats = createRepeats<Receipt>({ outcome: 'known', ids: [] }, () =>
    journal.read({ after: Math.max(0, lastBefore - RECENT_EVENTS), limit: RECENT_EVENTS }),
  );
  const states = createDeviceStates(journal);
  const keep = createKeep({ ...deps, states });
  const tools = { keep, nameAfter: createNames(deps.newId()) };

  return {
    receive(incoming) {
      const { redelivery, topic, channel } = incoming;
      const adapter = incoming.adapter ?? adapterFor(topic);
      const { client = '', number = 0 } = redelivery ?? {};
      const print = deps.fingerprint({ client, number, topic, payload: incoming.bytes });
      const run = () => take({ incoming, adapter, print, tools }, deps);
      const taken =
        redelivery === undefined ? run() : repeats.once({ client, dup: redelivery.dup, print }, run);
      return taken.then((receipt) => {
        const outcome = receipt.outcome === 'refused' ? receipt.refusal.reason : receipt.outcome;
        deps.observer.handled({ adapter: adapter?.name ?? 'none', outcome, channel });
        return receipt;
      });
    },
    check(incoming) {
      try {
        examine(incoming, deps);
        return undefined;
      } catch (error) {
        return error instanceof RefusalError ? error.refusal : BROKEN_FORMAT;
      }
    },
    oversized({ device, channel, bytes, detail, adapter }) {
      const body = { bytes: Buffer.alloc(0), announcedBytes: bytes };
      return deps.setAside({
        ...body,
        refusal: { reason: 'TooLarge', detail },
        adapter,
        topic: '',
        channel,
        device,
      });
    },
    begin: () => states.settle(deps.gate),
    async connected(device) {
      const kind = states.kindOfAbsent(device);
      if (kind !== undefined) await keep([stateOf('device.online', { device, kind, reason: 'connected' })]);
    },
    async disconnected(device, kind) {
      await keep([stateOf('device.offline', { device, kind, reason: 'connection lost' })]);
    },
  };
}

interface Tools {
  readonly keep: Keep;
  readonly nameAfter: (print: string) => string;
}

/** Ids that begin with the fingerprint of the message: a start of its own and a count make them unique. */
function createNames(start: string): (print: string) => string {
  const mark = inLetters(start.replaceAll('-', '').slice(0, 8));
  let count = 0;
  return (print) => {
    count += 1;
    return `${print}-${mark}${count.toString(36)}`;
  };
}

function stateOf(type: 'device.online' | 'device.offline', data: TopicData<'device.online'>): Draft {
  return { type, device: data.device, data };
}

interface Work {
  readonly incoming: Incoming;
  readonly adapter: Adapter | undefined;
  readonly print: string;
  readonly tools: Tools;
}

function take(work: Work, deps: IntakeDeps): Promise<Receipt> {
  const setAside = (error: unknown) => refuse(work, error, deps);
  try {
    return understand(work, deps).catch(setAside);
  } catch (error) {
    return setAside(error);
  }
}

async function refuse({ incoming, adapter }: Work, error: unknown, deps: IntakeDeps): Promise<Receipt> {
  const refusal = error instanceof RefusalError ? error.refusal : BROKEN_FORMAT;
  if (REFUSALS[refusal.reason].class !== 'rejected') throw error;
  if (incoming.mending !== undefined) throw new RefusalError(refusal);
  return { outcome: 'refused', ...(await deps.setAside({ ...incoming, refusal, adapter })) };
}

/** Formats never throw, and each build tests it; should one do so all the same, its sender must not send for ever. */
const BROKEN_FORMAT: Refusal = { reason: 'CoreFailed', detail: 'the format could not handle this message' };

/** Throws RefusalError, or rejects with it. */
function understand(work: Work, deps: IntakeDeps): Promise<Receipt> {
  const { incoming, adapter, print } = work;
  const { keep, nameAfter } = work.tools;
  const decoded = decode(incoming, adapter, deps);
  if ('rejection' in decoded) throw new RefusalError(decoded.rejection);
  const { mending } = incoming;
  if (decoded.drafts.length === 0 && mending === undefined) return NOTHING;
  const named = decoded.drafts.map((draft, n) => {
    if (draft.id !== undefined) return draft;
    return { ...draft, id: mending === undefined ? nameAfter(print) : `${mending.name}-${n + 1}` };
  });
  return keep(named, mending?.settlement);
}

/** Throws RefusalError for what does not fit: the decoder's word, then the schema of what it would become. */
function examine(incoming: Incoming, deps: IntakeDeps): void {
  const decoded = decode(incoming, incoming.adapter ?? adapterFor(incoming.topic), deps);
  if ('rejection' in decoded) throw new RefusalError(decoded.rejection);
  for (const draft of decoded.drafts) {
    if (draft.type === 'pos.transaction') deps.tills.check(draft as Draft<'pos.transaction'>);
    const problem = misfit(TOPICS[draft.type].schema, draft.data);
    if (problem !== undefined) throw new RefusalError(problem);
  }
}

function decode(incoming: Incoming, adapter: Adapter | undefined, deps: IntakeDeps): Decoded {
  if (adapter === undefined) {
    return { rejection: { reason: 'UnknownTopic', detail: 'no format of this store listens on the topic' } };
  }
  if (incoming.bytes.length > deps.payloadBytesMax) {
    const detail = `${incoming.bytes.length} bytes; this store takes ${deps.payloadBytesMax} in one message (limits.payloadBytes of store.yaml). Leave out what is optional, or split it.`;
    return { rejection: { reason: 'TooLarge', detail } };
  }
  return adapter.decode(incoming.bytes, {
    topic: incoming.topic,
    device: incoming.device,
    storeId: deps.storeId,
    visitorOf: deps.visitors.visitorOf,
  });
}
