import { describe, expect, test } from 'vitest';
import { createBackOff } from '../../../cloud-bridge/uplink/back-off.js';
import { createBatchSize } from '../../../cloud-bridge/uplink/batch-size.js';
import { createFairShare } from '../../../cloud-bridge/uplink/fair-share.js';
import { nextIdentity } from '../../../cloud-bridge/uplink/identity.js';
import { createLinkGauge } from '../../../cloud-bridge/uplink/link-gauge.js';
import { toRawRecord, withBodyCut } from '../../../cloud-bridge/uplink/raw-record.js';
import type { Lane } from '../../../edge/contracts/index.js';
import type { LaneRecord } from '../../../edge/store/types.js';
import { audit, START_MS } from '../../store/journal-support.js';

const KIB = 1024;

describe('shares of the link', () => {
  const LANES: readonly Lane[] = ['P1', 'P2', 'P3'];
  const bytesAfter = (turns: number, ready: readonly Lane[], batch: number) => {
    const share = createFairShare(LANES);
    const bytes = { P0: 0, P1: 0, P2: 0, P3: 0 };
    for (let turn = 0; turn < turns; turn += 1) {
      const lane = share.next(ready);
      if (lane === undefined) break;
      share.charge(lane, batch);
      bytes[lane] += batch;
    }
    return bytes;
  };

  test('three full lanes get 4 : 2 : 1 of the bytes, whatever the size of a batch', () => {
    for (const batch of [4 * KIB, 64 * KIB, 640 * KIB]) {
      const { P1, P2, P3 } = bytesAfter(7_000, LANES, batch);
      expect(P1 / P3).toBeCloseTo(4, 0);
      expect(P2 / P3).toBeCloseTo(2, 0);
    }
  });

  test('a lane alone gets all of it, and nobody ready gets nothing', () => {
    expect(bytesAfter(10, ['P3'], KIB).P3).toBe(10 * KIB);
    expect(createFairShare(LANES).next([])).toBeUndefined();
  });
});

describe('the size of a batch', () => {
  test('is small until the link has shown its speed, and while it is slow', () => {
    const size = createBatchSize();
    expect(size.bytesMax()).toBe(64 * KIB);
    size.sent({ rows: 90, bytes: 64 * KIB, tookMs: 600 });
    expect(size.bytesMax()).toBe(64 * KIB);
    for (let at = 0; at < 10; at += 1) size.sent({ rows: 90, bytes: 64 * KIB, tookMs: 5 });
    expect(size.bytesMax()).toBeGreaterThan(64 * KIB);
  });

  test('halves down to the one record that is refused, and recovers', () => {
    const size = createBatchSize();
    const tried = [];
    for (let rows = 250; rows > 1; rows = size.rowsMax()) {
      size.refused(rows);
      tried.push(size.rowsMax());
    }
    expect(tried).toEqual([125, 62, 31, 15, 7, 3, 1]);
    for (let at = 0; at < 10; at += 1) size.sent({ rows: size.rowsMax(), bytes: KIB, tookMs: 1 });
    expect(size.rowsMax()).toBe(250);
  });
});

test('pauses double up to 5 s, are cut by chance, and end with the first success', () => {
  const backOff = createBackOff(() => 1);
  const pauses = Array.from({ length: 7 }, () => {
    backOff.failed(1_000);
    return backOff.retryAtMs() - 1_000;
  });
  expect(pauses).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  backOff.succeeded();
  expect(backOff.retryAtMs()).toBe(0);
  const lucky = createBackOff(() => 0);
  lucky.failed(1_000);
  expect(lucky.retryAtMs()).toBe(1_100);
});

test('another journal never speaks in the epoch of its predecessor', () => {
  expect(nextIdentity(undefined, 'a', 1)).toEqual({ jid: 'a', epoch: 1 });
  expect(nextIdentity({ jid: 'a', epoch: 3 }, 'a', 1)).toEqual({ jid: 'a', epoch: 3 });
  expect(nextIdentity({ jid: 'a', epoch: 3 }, 'b', 1)).toEqual({ jid: 'b', epoch: 4 });
  expect(nextIdentity({ jid: 'a', epoch: 1 }, 'a', 7)).toEqual({ jid: 'a', epoch: 7 });
});

describe('a record on its way', () => {
  const event = audit('shelf 4', { id: 'one', key: 'staff' });
  const record = (more: Partial<LaneRecord> = {}): LaneRecord => ({
    ...{ lane: 'P0', sequence: 7, prevCrc: 11, crc: 12, offset: 99, kind: 'event', type: 'audit.entry' },
    key: 'staff',
    payload: Buffer.from(JSON.stringify(event)),
    ...more,
  });
  const sender = { store: 'store-1', jid: 'journal', epoch: 2, nowMs: START_MS + 1_000 };

  test('is CloudEvents in binary mode, with what the gate needs', () => {
    const raw = toRawRecord(record(), sender);
    expect(JSON.parse(raw.value.toString())).toEqual(event.data);
    expect(raw.key).toBe('staff');
    expect(raw.headers).toMatchObject({
      ...{ ce_specversion: '1.0', ce_id: 'one', ce_type: 'audit.entry', ce_source: event.source },
      ...{ ce_recordedtime: event.recordedtime, ce_partitionkey: 'staff', ce_dataschema: 'audit.entry/1' },
      ...{ ce_sequence: '7', ce_ecpos: 'journal/P0/7', 'content-type': 'application/json' },
      ...{ 'ec-store': 'store-1', 'ec-class': 'P0', 'ec-jid': 'journal', 'ec-epoch': '2', 'ec-seq': '7' },
      ...{ 'ec-ord': String(2n * 2n ** 40n + 7n), 'ec-prev': '11', 'ec-crc': '12', 'ec-kind': 'event' },
    });
    expect(raw.headers).not.toHaveProperty('ec-backlog');
    expect(raw.headers).not.toHaveProperty('ec-gap-to');
  });

  test('says that it waited, and where a gap ends', () => {
    const late = toRawRecord(record({ kind: 'gap', gapTo: 9 }), { ...sender, nowMs: START_MS + 60_000 });
    expect(late.headers).toMatchObject({
      'ec-backlog': 'true',
      'ec-kind': 'gap',
      'ec-gap-to': String(2n * 2n ** 40n + 9n),
    });
  });

  test('a quarantine record loses all but the beginning of its body and says so', () => {
    const data = { quarantineId: 'q', body: 'x'.repeat(50_000), cut: false };
    const payload = Buffer.from(JSON.stringify({ ...event, type: 'quarantine.event', data }));
    const cut = withBodyCut(record({ type: 'quarantine.event', payload }));
    expect(JSON.parse(cut.payload.toString()).data).toEqual({ ...data, body: 'x'.repeat(1_000), cut: true });
  });
});

test('the link: offline with a reason, catching up with a time to go, in step', () => {
  let ms = 0;
  const clock = { nowMs: () => START_MS + ms, monotonicMs: () => ms, untrusted: () => undefined };
  const gauge = createLinkGauge(clock);
  expect(gauge.read({ waiting: 1_000, oldestMs: START_MS, reached: false })).toMatchObject({
    ...{ state: 'offline', code: 'NotReachedYet', waiting: 1_000 },
  });
  const resting = gauge.read({ waiting: 1, reached: false, retryAtMs: 4_000 });
  expect(resting.nextTryAt).toBe(new Date(START_MS + 4_000).toISOString());
  // While it is tried nobody knows when the next one comes.
  expect(gauge.read({ waiting: 1, reached: false, retryAtMs: Infinity })).not.toHaveProperty('nextTryAt');
  for (let second = 1; second <= 5; second += 1) {
    ms = second * 1_000;
    gauge.drained(100);
    gauge.read({ waiting: 1_000 - second * 100, oldestMs: START_MS - 60_000, reached: true });
  }
  const catchingUp = gauge.read({ waiting: 500, oldestMs: START_MS - 60_000, reached: true });
  expect(catchingUp).toMatchObject({ state: 'catching-up', oldestWaitingS: 65, drainPerS: 100, etaS: 5 });
  ms = 9_000;
  const inStep = gauge.read({ waiting: 2, oldestMs: START_MS + 8_500, reached: true });
  expect(inStep).toMatchObject({ state: 'in-step', since: new Date(START_MS + 9_000).toISOString() });
  expect(inStep).not.toHaveProperty('etaS');
});
