import type { Lane } from '../../edge/contracts/index.js';
import type { Clock } from '../../edge/ports.js';
import type { Journal, LaneRecord } from '../../edge/store/types.js';
import { asFailure, KafkaFailure, type KafkaPort, type RawRecord } from '../kafka.js';
import { RAW_TOPIC } from '../topics.js';
import { createAcknowledged } from './acknowledged.js';
import { createBackOff } from './back-off.js';
import { createBatchSize } from './batch-size.js';
import type { Identity } from './identity.js';
import { toRawRecord, withBodyCut } from './raw-record.js';

/** Rough cost of a header on the wire beyond its bytes, and of a record beyond its headers. */
const HEADER_OVERHEAD_BYTES = 4;
const RECORD_OVERHEAD_BYTES = 64;
/** The journal repairs a hole in its own time; ask again soon. */
const NOTHING_READ_PAUSE_MS = 200;

export interface UplinkLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

export interface LaneSenderDeps {
  readonly lane: Lane;
  readonly journal: Pick<Journal, 'readLane' | 'mark' | 'marks' | 'sent' | 'bury' | 'stats'>;
  readonly client: Pick<KafkaPort, 'send' | 'drop'>;
  readonly store: string;
  readonly partition: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: UplinkLog;
}

/** One lane's way to HQ: at most one batch in flight, always continued behind what HQ has confirmed. */
export interface LaneSender {
  readonly lane: Lane;
  acknowledged(): number;
  busy(): boolean;
  /** Last sequence of the batch in flight, else the acknowledged one. */
  sentUpTo(): number;
  /** Instant before which the lane rests, on the monotonic clock. */
  restsUntilMs(): number;
  failure(): KafkaFailure | undefined;
  /** Send the next batch. Never rejects; the answer says how many records and bytes HQ took. */
  sendNext(identity: Identity): Promise<{ records: number; bytes: number }>;
  saved(): Promise<void>;
}

const NOTHING = { records: 0, bytes: 0 };

export function createLaneSender(deps: LaneSenderDeps): LaneSender {
  const { lane, journal, client, clock, log } = deps;
  const topic = RAW_TOPIC[lane];
  const acknowledged = createAcknowledged(journal, lane, (error) =>
    log.warn(
      { lane, error: String(error) },
      'the position of the uplink could not be saved; it is sent again',
    ),
  );
  const backOff = createBackOff(deps.random);
  const size = createBatchSize();
  let inFlightTo: number | undefined;
  let failure: KafkaFailure | undefined;
  let restsUntilMs = 0;
  /** The quarantine record whose body is too large for HQ. */
  let cutSequence: number | undefined;

  const fail = (reason: KafkaFailure) => {
    if (failure?.code !== reason.code)
      log.warn({ lane, code: reason.code, detail: reason.message }, 'HQ has not taken a batch');
    failure = reason;
    backOff.failed(clock.monotonicMs());
    restsUntilMs = backOff.retryAtMs();
  };

  /** The broker took none of these: look for the one that it does not want, and put that one aside. */
  const refused = async (records: readonly LaneRecord[], reason: KafkaFailure) => {
    const [only] = records;
    if (records.length > 1 || only === undefined) return size.refused(records.length);
    // A copy of the copy would be refused as well, and so on for ever.
    if (only.type === 'quarantine.event' && cutSequence !== only.sequence) cutSequence = only.sequence;
    else {
      const trouble = await setAside(deps, only, reason);
      if (trouble !== undefined) fail(trouble);
    }
  };

  const send = async (records: readonly LaneRecord[], identity: Identity) => {
    const sender = { ...identity, store: deps.store, nowMs: clock.nowMs() };
    const raw = records.map((record) =>
      toRawRecord(record.sequence === cutSequence ? withBodyCut(record) : record, sender),
    );
    const batch = fitting(records, raw, size.bytesMax());
    inFlightTo = batch.last;
    const startedMs = clock.monotonicMs();
    try {
      await client.send({ topic, partition: deps.partition, records: batch.raw });
    } catch (error) {
      const reason = asFailure(error);
      if (reason.code === 'RecordRefused') await refused(records.slice(0, batch.raw.length), reason);
      else {
        await client.drop(topic);
        fail(reason);
      }
      return NOTHING;
    }
    size.sent({ rows: batch.raw.length, bytes: batch.bytes, tookMs: clock.monotonicMs() - startedMs });
    backOff.succeeded();
    failure = undefined;
    acknowledged.advance(batch.last);
    return { records: batch.last - batch.first + 1, bytes: batch.bytes };
  };

  return {
    lane,
    acknowledged: acknowledged.sequence,
    busy: () => inFlightTo !== undefined,
    sentUpTo: () => inFlightTo ?? acknowledged.sequence(),
    restsUntilMs: () => restsUntilMs,
    failure: () => failure,
    saved: acknowledged.saved,
    async sendNext(identity) {
      const records = journal.readLane(lane, acknowledged.sequence(), size.rowsMax(), size.bytesMax());
      if (records.length === 0) {
        restsUntilMs = clock.monotonicMs() + NOTHING_READ_PAUSE_MS;
        return NOTHING;
      }
      try {
        return await send(records, identity);
      } finally {
        inFlightTo = undefined;
      }
    },
  };
}

/** A record that HQ will never take gives way to a placeholder with its sequence; the lane goes on. */
async function setAside(
  { journal, lane, log }: Pick<LaneSenderDeps, 'journal' | 'lane' | 'log'>,
  record: LaneRecord,
  reason: KafkaFailure,
): Promise<KafkaFailure | undefined> {
  if (record.kind !== 'event' || record.type === 'quarantine.event') return reason;
  try {
    await journal.bury(lane, record.sequence, `RefusedByHq: ${reason.message}`);
  } catch (error) {
    return new KafkaFailure('RecordRefused', `and it could not be set aside: ${String(error)}`);
  }
  log.warn(
    { lane, sequence: record.sequence, detail: reason.message },
    'HQ refuses a record; it is set aside',
  );
  return undefined;
}

/** As many of the records as fit, at least one. */
function fitting(records: readonly LaneRecord[], raw: readonly RawRecord[], bytesMax: number) {
  let bytes = 0;
  let count = 0;
  for (const record of raw) {
    const size = sizeOf(record);
    if (count > 0 && bytes + size > bytesMax) break;
    bytes += size;
    count += 1;
  }
  const first = records[0] as LaneRecord;
  const last = records[count - 1] as LaneRecord;
  return { raw: raw.slice(0, count), bytes, first: first.sequence, last: last.gapTo ?? last.sequence };
}

function sizeOf({ key, value, headers }: RawRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + key.length + value.length;
  for (const [name, text] of Object.entries(headers))
    bytes += name.length + text.length + HEADER_OVERHEAD_BYTES;
  return bytes;
}
