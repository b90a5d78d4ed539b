import type { LaneRecord } from '../../edge/store/types.js';
import type { RawRecord } from '../kafka.js';
import { ordOf } from '../ord.js';
import type { Identity } from './identity.js';

/** An event that waited longer than this is history for whoever reacts at HQ. */
const BACKLOG_AFTER_MS = 5_000;
/** Attributes of the envelope that become `ce_` headers; the rest of it is `data`, which is the record's value. */
const ATTRIBUTES = [
  ...['specversion', 'id', 'source', 'type', 'time', 'devicetime', 'recordedtime'],
  ...['partitionkey', 'dataschema', 'late'],
] as const;

export interface Sender extends Identity {
  readonly store: string;
  readonly nowMs: number;
}

/** A lane record as CloudEvents binary mode has it, with Endcap's `ec-` headers for the gate. */
export function toRawRecord(record: LaneRecord, sender: Sender): RawRecord {
  const envelope = envelopeOf(record.payload);
  const recordedMs = Date.parse(String(envelope?.['recordedtime'] ?? ''));
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ce_type: record.type,
    ce_sequence: String(record.sequence),
    ce_ecpos: `${sender.jid}/${record.lane}/${record.sequence}`,
    'ec-store': sender.store,
    'ec-class': record.lane,
    'ec-jid': sender.jid,
    'ec-epoch': String(sender.epoch),
    'ec-seq': String(record.sequence),
    'ec-ord': String(ordOf(sender.epoch, record.sequence)),
    'ec-prev': String(record.prevCrc),
    'ec-crc': String(record.crc),
    'ec-kind': record.kind,
  };
  if (record.gapTo !== undefined) headers['ec-gap-to'] = String(ordOf(sender.epoch, record.gapTo));
  if (sender.nowMs - recordedMs > BACKLOG_AFTER_MS) headers['ec-backlog'] = 'true';
  for (const name of ATTRIBUTES) {
    const value = envelope?.[name];
    if (value !== undefined) headers[`ce_${name}`] = String(value);
  }
  const data = envelope?.['data'];
  const value = data === undefined ? record.payload : Buffer.from(JSON.stringify(data));
  return { key: record.key, value, headers };
}

/** Characters of a quarantined original that HQ still gets when it refused the whole; the store keeps all of it. */
const CUT_BODY_CHARACTERS = 1_000;

/** A quarantine record without most of its body: small enough for any topic, and it says that it was cut. */
export function withBodyCut(record: LaneRecord): LaneRecord {
  const envelope = envelopeOf(record.payload);
  const data = envelope?.['data'];
  if (typeof data !== 'object' || data === null || !('body' in data)) return record;
  const body = String(data.body).slice(0, CUT_BODY_CHARACTERS);
  const payload = Buffer.from(JSON.stringify({ ...envelope, data: { ...data, body, cut: true } }));
  return { ...record, payload };
}

/** Epoch ms of receipt; `undefined` for a record without an envelope of its own. */
export function recordedAt(record: LaneRecord): number | undefined {
  const at = Date.parse(String(envelopeOf(record.payload)?.['recordedtime'] ?? ''));
  return Number.isNaN(at) ? undefined : at;
}

function envelopeOf(payload: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(payload.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    // The journal vouches for its bytes; should they ever not be JSON, they travel as they are.
    return undefined;
  }
}
