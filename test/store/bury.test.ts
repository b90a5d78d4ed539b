import { expect, test } from 'vitest';
import {
  audit,
  createTestClock,
  HOUR_MS,
  online,
  openJournal,
  temporaryDirectory,
} from './journal-support.js';

test.each([
  ['in the active segment', false],
  ['in a sealed segment', true],
])(
  'a buried record %s keeps its place and its chain; the original is in quarantine',
  async (_where, sealed) => {
    const directory = temporaryDirectory();
    const clock = createTestClock();
    const options = { directory, inProcess: true, nowMs: clock.nowMs, segmentBytesMax: 1_000_000 };
    const journal = await openJournal(options);
    await journal.append([online('a'), online('poison'), online('c')]);
    if (sealed) {
      clock.advance(2 * HOUR_MS);
      await journal.append([online('d')]);
      expect(journal.stats().segments).toBe(3);
    }
    const before = journal.readLane('P2', 0, 3, 1e6);
    await journal.bury('P2', 2, 'RecordTooLarge');
    await journal.bury('P2', 2, 'RecordTooLarge');
    const check = (from: typeof journal): void => {
      const after = from.readLane('P2', 0, 3, 1e6);
      expect(after.map((one) => one.kind)).toEqual(['event', 'placeholder', 'event']);
      expect(after.map((one) => [one.sequence, one.prevCrc, one.crc])).toEqual(
        before.map((one) => [one.sequence, one.prevCrc, one.crc]),
      );
      expect(after[1]?.payload.toString()).not.toContain('poison');
      const quarantined = from.read({ after: 0, limit: 100, types: ['quarantine.event'] });
      expect(quarantined).toHaveLength(1);
      expect(JSON.stringify(quarantined[0]?.event.data)).toContain('poison');
      expect(from.read({ after: 0, limit: 3 }).map((one) => one.event.type)).toEqual(
        Array(3).fill('device.online'),
      );
      expect(from.stats().alarms).toEqual([]);
    };
    check(journal);
    await journal.close();
    check(await openJournal(options));
  },
);

test('burying what is not there is an error, not silence', async () => {
  const journal = await openJournal({ directory: temporaryDirectory(), inProcess: true });
  await journal.append([audit('a')]);
  await expect(journal.bury('P0', 7, 'x')).rejects.toMatchObject({ refusal: { reason: 'NotFound' } });
});
