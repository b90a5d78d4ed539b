import { expect, test } from 'vitest';
import type { StoreEvent } from '../../edge/contracts/index.js';
import {
  anEvent,
  audit,
  createTestClock,
  DAY_MS,
  HOUR_MS,
  online,
  openJournal,
  stop,
  temporaryDirectory,
  tick,
  zone,
} from './journal-support.js';

const decision = (recordedMs: number): StoreEvent =>
  anEvent('promo.decision', { decisionId: 'd' } as never, { recordedMs });

/** So small that bulk segments roll every hour, however few their rows. */
const SMALL = { segmentBytesMax: 1_000_000, ballastBytes: 0 };

async function setUp(more: { expireUnsent?: boolean } = {}) {
  const clock = createTestClock();
  const directory = temporaryDirectory();
  const journal = await openJournal({ directory, inProcess: true, nowMs: clock.nowMs, ...SMALL, ...more });
  const at = { recordedMs: clock.nowMs() };
  const inputs = [audit('p0', at), stop('p1', at), online('p2', at), tick(at), zone('p3', at)];
  const places = await journal.append(inputs);
  const last = places.at(-1)!.offset;
  await journal.step({
    cursor: last,
    outputs: [decision(at.recordedMs), online('out', at)],
    causes: [last, last],
  });
  const types = (): string[] => journal.read({ after: 0, limit: 100 }).map((one) => one.event.type);
  /** Move on, write something young, checkpoint twice behind the old events, and let retention look. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    const [young] = await journal.append([audit('young', { recordedMs: clock.nowMs() })]);
    await journal.saveCheckpoint({ offset: young!.offset - 1, state: '{}' });
    await journal.saveCheckpoint({ offset: young!.offset, state: '{}' });
    await journal.maintain();
    await journal.maintain();
  };
  const reopen = () => openJournal({ directory, inProcess: true, nowMs: clock.nowMs, ...SMALL });
  return { clock, directory, journal, types, pass, reopen };
}

const oldOnes = (types: readonly string[]): string[] =>
  types.filter((type) => type !== 'audit.entry' || type);

/** What `read` shows comes from memory for the newest events, so retention is judged after opening again. */
async function afterReopen(set: Awaited<ReturnType<typeof setUp>>) {
  await set.journal.close();
  const again = await set.reopen();
  return { again, types: oldOnes(again.read({ after: 0, limit: 100 }).map((one) => one.event.type)) };
}

test('nothing goes before both checkpoints cover it', async () => {
  const set = await setUp();
  set.clock.advance(400 * DAY_MS);
  await set.journal.append([tick({ recordedMs: set.clock.nowMs() })]);
  await set.journal.saveCheckpoint({ offset: 100, state: '{}' });
  await set.journal.maintain();
  const { types } = await afterReopen(set);
  expect(types).toHaveLength(8);
});

test.each([
  ['active', 2],
  ['sealed', 4],
])(
  'only what both checkpoints cover goes of an %s segment, though the rest is as old',
  async (kind, covered) => {
    const set = await setUp();
    set.clock.advance(2 * HOUR_MS);
    if (kind === 'sealed') await set.journal.maintain();
    for (const { lane, head } of set.journal.stats().lanes) set.journal.sent(lane, head);
    set.clock.advance(400 * DAY_MS);
    await set.journal.append([tick({ recordedMs: set.clock.nowMs() })]);
    await set.journal.saveCheckpoint({ offset: covered, state: '{}' });
    await set.journal.saveCheckpoint({ offset: 100, state: '{}' });
    await set.journal.maintain();
    const { again } = await afterReopen(set);
    expect(again.read({ after: 0, limit: 100 }).map((one) => one.offset)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].filter((offset) => offset > covered),
    );
  },
);

test('what HQ has goes after the time of its class, decisions after thirty days', async () => {
  const set = await setUp();
  for (const { lane, head } of set.journal.stats().lanes) set.journal.sent(lane, head);
  await set.pass(DAY_MS + HOUR_MS);
  await set.pass(2 * DAY_MS);
  await set.pass(DAY_MS);
  const { again, types } = await afterReopen(set);
  expect(types.filter((type) => type !== 'audit.entry')).toEqual(['promo.decision']);
  expect(types.filter((type) => type === 'audit.entry')).toHaveLength(4);
  expect(again.stats().alarms).toEqual([]);
  expect(again.readLane('P1', 0, 10, 1e6).map((one) => one.sequence)).toEqual([2]);
});

test('what HQ never had is declared when its time is over, and P0 stays', async () => {
  const set = await setUp();
  await set.pass(8 * DAY_MS);
  const declared: string[] = [];
  for (const lane of ['P2', 'P3', 'P1'] as const) {
    for (const record of set.journal.readLane(lane, 0, 100, 1e6)) {
      declared.push(`${record.kind} ${lane} ${record.sequence}-${record.gapTo ?? record.sequence}`);
    }
  }
  expect(declared).toEqual(['gap P2 1-1', 'gap P2 2-2', 'gap P3 1-1', 'event P1 1-1', 'event P1 2-2']);
  await set.pass(400 * DAY_MS);
  const { again, types } = await afterReopen(set);
  expect(types.filter((type) => type === 'audit.entry')).toHaveLength(3);
  expect(types).not.toContain('promo.decision');
  expect(again.readLane('P0', 0, 100, 1e6).map((one) => one.sequence)).toEqual([1, 2, 3]);
  expect(again.readLane('P1', 0, 100, 1e6).map((one) => [one.sequence, one.gapTo])).toEqual([[1, 2]]);
});

test('while a file is replayed, nothing expires for having waited', async () => {
  const set = await setUp({ expireUnsent: false });
  await set.pass(400 * DAY_MS);
  await set.pass(DAY_MS);
  expect(set.journal.readLane('P2', 0, 100, 1e6).map((one) => one.kind)).toEqual(['event', 'event']);
  expect(set.journal.readLane('P1', 0, 100, 1e6).map((one) => one.kind)).toEqual(['event', 'event']);
});

test('empty sealed segments leave the disk', async () => {
  const set = await setUp();
  for (const { lane, head } of set.journal.stats().lanes) set.journal.sent(lane, head);
  for (let day = 0; day < 5; day += 1) {
    set.clock.advance(2 * HOUR_MS);
    await set.journal.append([tick({ recordedMs: set.clock.nowMs() })]);
  }
  expect(set.journal.stats().segments).toBeGreaterThan(4);
  await set.pass(10 * DAY_MS);
  await set.pass(DAY_MS);
  expect(set.journal.stats().segments).toBeLessThanOrEqual(3);
});
