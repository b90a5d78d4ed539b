import {
  dataschemaOf,
  isInstant,
  isTopicName,
  misfit,
  RefusalError,
  type StoreEvent,
  TOPICS,
  type TopicName,
} from '../contracts/index.js';
import type { Clock, Draft, Gate, Rejection } from '../ports.js';
import type { Journal, Place } from '../store/types.js';
import type { Masker } from './mask/masker.js';

/** A device whose clock is further off than this sends events that are marked `late`; they count all the same. */
export const LATE_MS = 10 * 60_000;
const DETAIL_MAX = 2_000;
const FIELD_MAX = 500;
const TOPIC_MAX = 1_000;
const BODY_MAX = 300_000;

export interface GateDeps {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  /** A new unique id; used where the origin names none. */
  readonly newId: () => string;
  readonly storeId: string;
  readonly masker: Masker;
}

/** The one way into the journal from outside: mask, stamp, validate, append; the answer waits for the fsync. */
export function createGate(deps: GateDeps): Gate {
  const recordedTime = createTimestamp(deps.clock);

  /** Stamped and handed over in one go, so that no event overtakes one that was stamped before it. */
  const append = (drafts: readonly Draft[], prepare: (draft: Draft) => Draft): Promise<readonly Place[]> => {
    if (drafts.length === 0) return Promise.resolve([]);
    const atMs = deps.clock.nowMs();
    const stamps = { atMs, recordedtime: recordedTime(atMs) };
    try {
      return deps.journal.append(drafts.map((draft) => stamp(prepare(draft), stamps, deps)));
    } catch (error) {
      return Promise.reject(error);
    }
  };
  const cleaned = (draft: Draft): Draft => clean(draft, deps.masker);

  return {
    admit: (drafts) => append(drafts, cleaned),
    async quarantine(rejection) {
      const quarantineId = deps.newId();
      // Masked as a document, not field by field: a second masking would take the product numbers too.
      const data = quarantineData(rejection, quarantineId, deps.masker);
      const draft: Draft = { type: 'quarantine.event', data, device: data.device, id: quarantineId };
      await append([draft], (masked) => masked);
      return quarantineId;
    },
  };
}

interface Stamps {
  readonly atMs: number;
  readonly recordedtime: string;
}

function stamp(draft: Draft, { atMs, recordedtime }: Stamps, deps: GateDeps): StoreEvent {
  const { type, data } = draft;
  if (!isTopicName(type)) {
    throw new RefusalError({
      reason: 'UnknownTopic',
      detail: `no event type ${String(type)}`,
      field: '/type',
    });
  }
  const problem = misfit(TOPICS[type].schema, data);
  if (problem !== undefined) {
    throw new RefusalError({ ...problem, detail: deps.masker.unknown(problem.detail) });
  }
  const id = draft.id ?? deps.newId();
  const source = `/store/${deps.storeId}/${draft.device}`;
  const partitionkey = keyOf(type, data, deps.storeId);
  const dataschema = dataschemaOf(type);
  // Most readings bear no time of their own; in one piece, since there are ten thousand a second.
  if (draft.time === undefined && draft.devicetime === undefined && !draft.late) {
    return { specversion: '1.0', id, source, type, recordedtime, partitionkey, dataschema, data };
  }
  const { late, ...times } = timeOf(draft, atMs);
  const event = { specversion: '1.0', id, source, type, ...times, recordedtime } as const;
  return { ...event, partitionkey, dataschema, data, ...(late ? { late: true } : {}) };
}

/**
 * Sightings are built from known fields by their adapter, and there are ten thousand a second: only the name of
 * the node can carry text. What comes down from HQ or the store's own files is trusted and defines the products.
 */
function clean(draft: Draft, masker: Masker): Draft {
  if (TOPICS[draft.type]?.direction === 'down') return draft;
  const device = masker.text(draft.device);
  if (draft.type === 'presence.sighting') {
    const { node } = (draft as Draft<'presence.sighting'>).data;
    const masked = node === draft.device ? device : masker.text(node);
    return masked === node && device === draft.device
      ? draft
      : { ...draft, device, data: { ...draft.data, node: masked } as Draft['data'] };
  }
  const { id, devicetime } = draft;
  return {
    ...draft,
    device,
    ...(id === undefined ? {} : { id: masker.text(id) }),
    ...(devicetime === undefined ? {} : { devicetime: masker.text(devicetime) }),
    data: masker.data(draft.data),
  };
}

/** The device's word on time is kept when it is an instant; one that is far off is marked. */
function timeOf(draft: Draft, atMs: number): Pick<StoreEvent, 'time' | 'devicetime' | 'late'> {
  const late = draft.late ? { late: true } : {};
  const devicetime = draft.devicetime === undefined ? {} : { devicetime: draft.devicetime };
  if (draft.time === undefined) return { ...devicetime, ...late };
  const said = isInstant(draft.time) ? Date.parse(draft.time) : Number.NaN;
  if (Number.isNaN(said)) return { ...devicetime, ...late };
  const off = Math.abs(said - atMs) > LATE_MS;
  return { time: draft.time, ...devicetime, ...(off || draft.late ? { late: true } : {}) };
}

function keyOf(type: TopicName, data: object, storeId: string): string {
  const value: unknown = (data as Record<string, unknown>)[TOPICS[type].key];
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value !== null && typeof value === 'object' && 'id' in value) return String(value.id);
  return storeId;
}

/** RFC 3339 UTC with milliseconds; formatted once a millisecond, since many events share one. */
function createTimestamp(clock: Clock): (atMs: number) => string {
  let last = clock.nowMs();
  let text = new Date(last).toISOString();
  return (atMs) => {
    if (atMs !== last) {
      last = atMs;
      text = new Date(atMs).toISOString();
    }
    return text;
  };
}

function quarantineData(rejection: Rejection, quarantineId: string, masker: Masker) {
  const { refusal, body } = rejection;
  const keep = Math.min(BODY_MAX, rejection.keepBytes ?? BODY_MAX);
  const bytes = rejection.bytes ?? body.length;
  const { text, encoding, cut } = bodyText(body, masker, keep);
  const field = refusal.field === undefined ? {} : { field: masker.text(refusal.field).slice(0, FIELD_MAX) };
  return {
    quarantineId,
    reason: refusal.reason,
    detail: masker.text(refusal.detail).slice(0, DETAIL_MAX),
    ...field,
    channel: rejection.channel,
    topic: masker.text(rejection.topic).slice(0, TOPIC_MAX),
    device: printable(masker.text(rejection.device)),
    ...(rejection.adapter === undefined ? {} : { adapter: rejection.adapter }),
    body: text,
    encoding,
    cut: cut || (body.length === 0 && bytes > 0),
    bytes,
    ...(rejection.more === undefined ? {} : { more: rejection.more }),
  };
}

/** Bytes that are no text are kept as base64, masked as far as they can be read byte by byte. */
function bodyText(
  body: Buffer,
  masker: Masker,
  keep: number,
): { text: string; encoding: 'utf8' | 'base64'; cut: boolean } {
  const text = body.toString('utf8');
  if (Buffer.byteLength(text) === body.length && !text.includes('\ufffd')) {
    const masked = masker.document(text);
    return { text: masked.slice(0, keep), encoding: 'utf8', cut: masked.length > keep };
  }
  const masked = Buffer.from(masker.text(body.toString('latin1')), 'latin1').toString('base64');
  return { text: masked.slice(0, keep), encoding: 'base64', cut: masked.length > keep };
}

/** Client ids are any bytes; an id in an event holds no control characters and is never empty. */
function printable(device: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return device.replace(/[\u0000-\u001f\u007f]/g, '?').slice(0, 128) || '(none)';
}
