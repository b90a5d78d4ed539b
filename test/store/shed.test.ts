import { expect, test } from 'vitest';
import { isType } from '../../edge/contracts/index.js';
import type { StoreJournal } from '../../edge/store/journal.js';
import { anEvent, online, openJournal, START_MS, temporaryDirectory, tick } from './journal-support.js';

const QUOTA = { quotaBytes: 8_000_000, ballastBytes: 100_000 };
const ROUNDS = 60;
const EACH = 400;

const sighting = (recordedMs: number) =>
  anEvent(
    'presence.sighting',
    { visitor: 'a:aaaaaaaaaaaaaaaa', node: `node-${'x'.repeat(100)}`, rssi: -60 },
    { recordedMs },
  );

async function crowd(directory: string): Promise<StoreJournal> {
  const journal = await openJournal({ directory, inProcess: true, ...QUOTA });
  for (let round = 0; round < ROUNDS; round += 1) {
    const recordedMs = START_MS + round * 1_000;
    const heard = Array.from({ length: EACH }, () => sighting(recordedMs));
    await journal.append([...heard, tick({ recordedMs }), online('node-1', { recordedMs })]);
  }
  return journal;
}

const everything = (journal: StoreJournal) => journal.read({ after: 0, limit: 1_000_000 });

test('sightings that had to go are declared: how many of what, from when to when', async () => {
  const directory = temporaryDirectory();
  const journal = await crowd(directory);
  const events = everything(journal);
  const left = events.filter(({ event }) => isType(event, 'presence.sighting') || isType(event, 'tick'));
  const told = events.flatMap(({ event }) => (isType(event, 'gap.shed') ? [event.data] : []));
  expect(told.length).toBeGreaterThan(0);
  const sightings = told.reduce((sum, { types }) => sum + (types['presence.sighting'] ?? 0), 0);
  const ticks = told.reduce((sum, { types }) => sum + (types['tick'] ?? 0), 0);
  expect(sightings + ticks + left.length).toBe(ROUNDS * (EACH + 1));
  expect(told.every(({ count, types }) => count === Object.values(types).reduce((a, b) => a + b))).toBe(true);
  expect(told.every((gap) => gap.class === 'P3' && gap.reason === 'quota' && gap.from <= gap.to)).toBe(true);
  const oldest = left[0]?.event.recordedtime ?? '';
  expect(told.at(-1)!.to <= oldest).toBe(true);
  expect(journal.stats().shed['P3']).toBe(sightings + ticks);
  await journal.close();
  // It is as durable as what it speaks of was.
  const again = await openJournal({ directory, inProcess: true, ...QUOTA });
  expect(everything(again).filter(({ event }) => event.type === 'gap.shed')).toHaveLength(told.length);
  await again.close();
});
