import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  audit,
  createTestClock,
  HOUR_MS,
  online,
  openJournal,
  stop,
  temporaryDirectory,
} from './journal-support.js';

const segmentsIn = (directory: string, family: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.startsWith(family) && name.endsWith('.db'))
    .sort()
    .map((name) => join(directory, name));

async function filled(directory: string) {
  const journal = await openJournal({ directory, inProcess: true });
  await journal.append([audit('a'), online('b'), stop('c')]);
  await journal.mark('group', '1');
  await journal.step({ cursor: 3, outputs: [stop('d')], causes: [3] });
  await journal.close();
  return journal;
}

test('a segment of a newer schema is refused in plain words, and left as it is', async () => {
  const directory = temporaryDirectory();
  await filled(directory);
  const [path] = segmentsIn(directory, 'keep');
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  const before = readFileSync(path!);
  await expect(openJournal({ directory, inProcess: true })).rejects.toThrow(/schema 99.*knows up to 2/);
  await expect(openJournal({ directory })).rejects.toMatchObject({ name: 'MisconfiguredError' });
  expect(readFileSync(path!).equals(before)).toBe(true);
});

test.each(['keep', 'bulk'])(
  'the file of the active %s segment is gone: starts, declares, takes events',
  async (family) => {
    const directory = temporaryDirectory();
    const first = await filled(directory);
    for (const path of segmentsIn(directory, family)) rmSync(path);
    const journal = await openJournal({ directory, inProcess: true });
    expect(journal.jid).not.toBe(first.jid);
    expect(
      journal
        .stats()
        .alarms.map((alarm) => alarm.code)
        .sort(),
    ).toEqual(['JournalDamaged', 'JournalLoss']);
    const lanes = family === 'keep' ? (['P0', 'P1'] as const) : (['P2'] as const);
    for (const lane of lanes) {
      const { head } = journal.stats().lanes.find((one) => one.lane === lane)!;
      expect(journal.readLane(lane, 0, 10, 1e6).map((one) => [one.kind, one.sequence, one.gapTo])).toEqual([
        ['gap', 1, head],
      ]);
    }
    expect(journal.cursor()).toBe(3);
    const [place] = await journal.append([audit('on')]);
    expect(place!.offset).toBeGreaterThan(4);
  },
);

test('a header that is no header: rows are read from the pages', async () => {
  const directory = temporaryDirectory();
  await filled(directory);
  const [path] = segmentsIn(directory, 'keep');
  const content = readFileSync(path!);
  content.fill(0, 0, 4_096);
  writeFileSync(path!, content);
  const journal = await openJournal({ directory, inProcess: true });
  expect(
    journal.read({ after: 0, limit: 10 }).filter((one) => one.event.type !== 'gap.declared'),
  ).toHaveLength(4);
  expect(journal.stats().alarms.map((alarm) => alarm.code)).toEqual(['JournalDamaged']);
  expect(journal.readLane('P1', 0, 10, 1e6).map((one) => one.kind)).toEqual(['event', 'event']);
});

test('a segment whose creation was cut short does not count as damage', async () => {
  const directory = temporaryDirectory();
  const first = await filled(directory);
  writeFileSync(join(directory, 'keep-0000000000000005-01795420800000.db'), '');
  const journal = await openJournal({ directory, inProcess: true });
  expect(journal.jid).toBe(first.jid);
  expect(journal.stats().alarms).toEqual([]);
  expect(journal.marks().get('group')).toBe('1');
  expect(journal.read({ after: 0, limit: 10 })).toHaveLength(4);
});

test('without its witness a journal opens as before', async () => {
  const directory = temporaryDirectory();
  const first = await filled(directory);
  truncateSync(join(directory, 'heads'), 0);
  const journal = await openJournal({ directory, inProcess: true });
  expect(journal.jid).toBe(first.jid);
  expect(journal.read({ after: 0, limit: 10 })).toHaveLength(4);
});

test('a damaged checkpoint gives way to the one before, and says so', async () => {
  const directory = temporaryDirectory();
  const journal = await openJournal({ directory, inProcess: true });
  await journal.saveCheckpoint({ offset: 1, state: '{"old":true}' });
  await journal.saveCheckpoint({ offset: 2, state: '{"new":true}' });
  const folder = join(directory, 'checkpoints');
  const newest = join(folder, readdirSync(folder).sort().at(-1)!);
  const content = readFileSync(newest);
  content[content.length - 3]! ^= 4;
  writeFileSync(newest, content);
  const said: string[] = [];
  await journal.close();
  const again = await openJournal({ directory, inProcess: true, log: (_level, text) => said.push(text) });
  expect(again.loadCheckpoint()).toEqual({ offset: 1, state: '{"old":true}' });
  expect(said.join()).toContain('damaged');
  expect(again.stats().alarms.map((alarm) => alarm.code)).toContain('CheckpointDamaged');
});

async function manySegments(directory: string) {
  const clock = createTestClock();
  const options = { directory, inProcess: true, nowMs: clock.nowMs, segmentBytesMax: 1_000_000 };
  const journal = await openJournal(options);
  for (let hour = 0; hour < 12; hour += 1) {
    await journal.append([online(`${hour}`), audit(`${hour}`)]);
    clock.advance(HOUR_MS);
    await journal.maintain();
  }
  await journal.close();
  const sealed = segmentsIn(directory, 'bulk').slice(0, -1);
  expect(sealed.length).toBeGreaterThan(8);
  return { options, sealed };
}

test('a start reads the first pages of sealed segments and no more, however many there are', async () => {
  const directory = temporaryDirectory();
  const { options, sealed } = await manySegments(directory);
  // Noise in the pages of the rows would make an opening that reads them complain.
  for (const path of sealed) writeFileSync(path, readFileSync(path).fill(7, 6 * 4_096));
  const again = await openJournal(options);
  expect(again.stats().alarms).toEqual([]);
  expect(again.stats().segments).toBe(sealed.length + 2);
});

test('sealed segments that are no databases any more: starts, reads the rest, declares the loss', async () => {
  const directory = temporaryDirectory();
  const { options, sealed } = await manySegments(directory);
  for (const path of sealed.slice(2, 5)) writeFileSync(path, Buffer.alloc(8_192, 7));
  const again = await openJournal(options);
  expect(
    again
      .stats()
      .alarms.map((alarm) => alarm.code)
      .sort(),
  ).toEqual(['JournalDamaged', 'JournalLoss']);
  const readings = again.read({ after: 0, limit: 100, types: ['device.online'] });
  expect(readings).toHaveLength(9);
  const lane = again.readLane('P2', 0, 100, 1e6);
  const gaps = lane.filter((one) => one.kind === 'gap').map((one) => [one.sequence, one.gapTo]);
  expect(gaps).toEqual([[3, 5]]);
  expect(lane).toHaveLength(10);
  expect(lane.slice(1).map((one) => one.prevCrc)).toEqual(lane.slice(0, -1).map((one) => one.crc));
});

test('the first page of several sealed segments is dead: nothing is lost, nothing is declared', async () => {
  const directory = temporaryDirectory();
  const { options, sealed } = await manySegments(directory);
  for (const path of sealed.slice(2, 5)) writeFileSync(path, readFileSync(path).fill(0, 0, 4_096));
  const again = await openJournal(options);
  expect(again.stats().alarms.map((alarm) => alarm.code)).toEqual(['JournalDamaged']);
  expect(again.readLane('P2', 0, 100, 1e6).map((one) => one.kind)).toEqual(Array(12).fill('event'));
  expect(again.read({ after: 0, limit: 100 })).toHaveLength(24);
});

test('an offset that a cursor or a checkpoint has passed is never given out again', async () => {
  const directory = temporaryDirectory();
  const journal = await openJournal({ directory, inProcess: true });
  await journal.append([audit('a')]);
  await journal.step({ cursor: 40, outputs: [], causes: [] });
  await journal.close();
  const second = await openJournal({ directory, inProcess: true });
  const [place] = await second.append([audit('b')]);
  expect(place!.offset).toBe(41);
  await second.saveCheckpoint({ offset: 90, state: '{}' });
  await second.close();
  const third = await openJournal({ directory, inProcess: true });
  expect((await third.append([audit('c')]))[0]).toEqual({ offset: 91, sequence: 3 });
  expect(third.stats().alarms).toEqual([]);
});
