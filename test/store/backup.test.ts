import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { audit, online, openJournal, stop, temporaryDirectory } from './journal-support.js';

test.each([
  ['thread', false],
  ['in process', true],
])(
  'a backup taken while the journal runs (%s) holds everything up to its offset, under a new id',
  async (_name, inProcess) => {
    const directory = temporaryDirectory();
    const target = join(temporaryDirectory(), 'copy');
    const journal = await openJournal({ directory, inProcess });
    for (let n = 0; n < 40; n += 1) await journal.append([audit(`${n}`), online(`${n}`)]);
    await journal.step({ cursor: 80, outputs: [stop('x')], causes: [80] });
    await journal.mark('group', 'there');
    await journal.saveCheckpoint({ offset: 80, state: '{"s":1}' });
    const [copied] = await Promise.all([
      journal.backup(target),
      ...Array.from({ length: 20 }, (_, n) => journal.append([audit(`meanwhile ${n}`)])),
    ]);
    expect(copied.offset).toBeGreaterThanOrEqual(81);
    const restored = await openJournal({ directory: target, inProcess });
    expect(restored.jid).not.toBe(journal.jid);
    expect(restored.cursor()).toBe(80);
    expect(restored.marks().get('group')).toBe('there');
    expect(restored.loadCheckpoint()).toEqual({ offset: 80, state: '{"s":1}' });
    const upTo = (events: ReturnType<typeof journal.read>) =>
      events.filter((one) => one.offset <= copied.offset).map((one) => [one.offset, one.event.id]);
    expect(upTo(restored.read({ after: 0, limit: 1_000 }))).toEqual(
      upTo(journal.read({ after: 0, limit: 1_000 })),
    );
    const head = restored.stats().lanes[0]!.head;
    const [place] = await restored.append([audit('goes on')]);
    expect(place?.sequence).toBe(head + 1);
    expect(restored.readLane('P0', 0, 1_000, 1e9).map((one) => one.sequence)).toEqual(
      Array.from({ length: head + 1 }, (_, index) => index + 1),
    );
    await restored.close();
    const again = await openJournal({ directory: target, inProcess });
    expect(again.jid).toBe(restored.jid);
    expect(again.stats().alarms).toEqual([]);
  },
);

test('marks and a cursor that are younger than any event are in the backup', async () => {
  const target = join(temporaryDirectory(), 'copy');
  const journal = await openJournal({ directory: temporaryDirectory(), inProcess: true });
  const [place] = await journal.append([audit('a')]);
  await journal.backup(`${target}-first`);
  await journal.step({ cursor: place!.offset, outputs: [], causes: [] });
  await journal.mark('group', 'young');
  await journal.backup(target);
  const restored = await openJournal({ directory: target, inProcess: true });
  expect(restored.cursor()).toBe(place!.offset);
  expect(restored.marks().get('group')).toBe('young');
  expect(restored.read({ after: 0, limit: 10 })).toHaveLength(1);
});

test('a backup of an empty journal restores to an empty journal', async () => {
  const target = join(temporaryDirectory(), 'copy');
  const journal = await openJournal({ directory: temporaryDirectory(), inProcess: true });
  expect(await journal.backup(target)).toEqual({ offset: 0 });
  const restored = await openJournal({ directory: target, inProcess: true });
  expect(restored.jid).not.toBe(journal.jid);
  expect((await restored.append([audit('first')]))[0]).toEqual({ offset: 1, sequence: 1 });
});

test('a copy says how far it is, and one that is ended in the middle leaves nothing', async () => {
  const folder = temporaryDirectory();
  const journal = await openJournal({ directory: temporaryDirectory(), inProcess: true });
  const filling = 'x'.repeat(4_000);
  for (let n = 0; n < 10; n += 1) await journal.append(Array.from({ length: 40 }, () => audit(filling)));
  const caller = new AbortController();
  const seen: number[] = [];
  const ended = journal.backup(join(folder, 'copy'), {
    signal: caller.signal,
    onProgress(copiedBytes, totalBytes) {
      seen.push(copiedBytes / totalBytes);
      if (copiedBytes > totalBytes / 3) caller.abort(new Error('the caller has gone'));
    },
  });
  await expect(ended).rejects.toThrow('the caller has gone');
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen.at(-1)).toBeLessThan(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('files are for their owner alone', async () => {
  const directory = temporaryDirectory();
  const journal = await openJournal({ directory, inProcess: true });
  await journal.append([audit('a'), online('b')]);
  await journal.saveCheckpoint({ offset: 1, state: '{}' });
  const { statSync } = await import('node:fs');
  const open = readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0);
  expect(open).toEqual([]);
  expect(readFileSync(join(directory, 'lock'))).toHaveLength(0);
});
