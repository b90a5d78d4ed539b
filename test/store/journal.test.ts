import { describe, expect, test } from 'vitest';
import type { JournalledEvent, StoreEvent } from '../../edge/contracts/index.js';
import { audit, online, openJournal, stop, temporaryDirectory, tick, zone } from './journal-support.js';

/** What every journal promises, told once and held against both ways to run its writer. */
describe.each([
  ['writer thread', false],
  ['writer in process', true],
])('journal, %s', (_name, inProcess) => {
  const open = (directory: string) => openJournal({ directory, inProcess });

  test('gives places in the order of the calls, and dense sequences per lane', async () => {
    const journal = await open(temporaryDirectory());
    const [first, second] = await Promise.all([
      journal.append([audit('a'), tick(), online('d')]),
      journal.append([audit('b'), online('e')]),
    ]);
    const offsets = [...first, ...second].map((place) => place.offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(first.map((place) => place.sequence)).toEqual([1, undefined, 1]);
    expect(second.map((place) => place.sequence)).toEqual([2, 2]);
  });

  test('what was acknowledged is there after opening again, byte for byte', async () => {
    const directory = temporaryDirectory();
    const journal = await open(directory);
    const events: StoreEvent[] = [
      audit('ä € \u{1f600} \ud800'),
      tick(),
      zone('v', { key: '\udfff' }),
      stop('s'),
    ];
    const places = await journal.append(events);
    await journal.close();
    const again = await open(directory);
    expect(again.jid).toBe(journal.jid);
    const read = again.read({ after: 0, limit: 10 });
    expect(read.map((one) => one.offset)).toEqual(places.map((place) => place.offset));
    expect(read.map((one) => JSON.stringify(one.event))).toEqual(
      events.map((event) => JSON.stringify(event)),
    );
    expect(again.stats().alarms).toEqual([]);
  });

  test('a step writes outputs, causes and cursor together', async () => {
    const directory = temporaryDirectory();
    const journal = await open(directory);
    const [input] = await journal.append([tick()]);
    await journal.step({
      cursor: input!.offset,
      outputs: [stop('x'), zone('y')],
      causes: [input!.offset, input!.offset],
    });
    expect(journal.cursor()).toBe(input!.offset);
    await journal.step({ cursor: input!.offset + 1, outputs: [], causes: [] });
    await journal.close();
    const again = await open(directory);
    expect(again.cursor()).toBe(input!.offset + 1);
    expect(again.read({ after: input!.offset, limit: 10 }).map((one) => one.cause)).toEqual([
      input!.offset,
      input!.offset,
    ]);
  });

  test('marks survive, and the last word counts', async () => {
    const directory = temporaryDirectory();
    const journal = await open(directory);
    await Promise.all([journal.mark('group', '1'), journal.mark('other', 'x'), journal.mark('group', '2')]);
    expect(journal.marks().get('group')).toBe('2');
    await journal.close();
    const again = await open(directory);
    expect([...again.marks()].sort()).toEqual([
      ['group', '2'],
      ['other', 'x'],
    ]);
  });

  test('listeners hear every durable event once, in offset order', async () => {
    const journal = await open(temporaryDirectory());
    const heard: JournalledEvent[] = [];
    const end = journal.onCommitted((events) => heard.push(...events));
    const calls = Array.from({ length: 50 }, (_, n) =>
      journal.append([n % 2 === 0 ? audit(`${n}`) : online(`${n}`)]),
    );
    await Promise.all(calls);
    end();
    await journal.append([audit('unheard')]);
    const offsets = heard.map((one) => one.offset);
    expect(offsets).toHaveLength(50);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(new Set(offsets).size).toBe(50);
  });

  test('reads by cursor, type and time, from memory and from disk alike', async () => {
    const directory = temporaryDirectory();
    const journal = await open(directory);
    for (let n = 0; n < 30; n += 1) {
      await journal.append([
        audit(`${n}`, { recordedMs: n * 1_000 }),
        online(`${n}`, { recordedMs: n * 1_000 }),
        tick({ recordedMs: n * 1_000 }),
      ]);
    }
    const picture = (from: typeof journal) => [
      from.read({ after: 0, limit: 1_000 }),
      from.read({ after: 10, limit: 7 }),
      from.read({ after: 0, limit: 100, types: ['device.online', 'audit.entry'] }),
      from.read({ after: 5, limit: 100, types: ['tick'], fromMs: 12_000 }),
      from.read({ after: 0, limit: 4, fromMs: 12_500 }),
      from.read({ after: 90, limit: 4 }),
    ];
    const live = picture(journal);
    await journal.close();
    const reopened = picture(await open(directory));
    expect(reopened).toEqual(live);
    expect(live.map((page) => page.length)).toEqual([90, 7, 60, 18, 4, 0]);
    expect(live[4]![0]!.event.recordedtime).toBe(new Date(13_000).toISOString());
  });

  test('reads what came from outside alone, page by page, from memory and from disk alike', async () => {
    const directory = temporaryDirectory();
    const journal = await open(directory);
    const inputs: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const [place] = await journal.append([n % 3 === 0 ? audit(`${n}`) : online(`${n}`)]);
      inputs.push(place!.offset);
      const outputs = Array.from({ length: n % 5 }, (_, k) => online(`made-${n}-${k}`));
      const causes = outputs.map(() => place!.offset);
      await journal.step({ cursor: place!.offset, outputs, causes });
    }
    const paged = (from: typeof journal, limit: number): number[] => {
      const found: number[] = [];
      for (let after = 0; ; after = found[found.length - 1]!) {
        const page = from.read({ after, limit, inputs: true });
        found.push(...page.map(({ offset }) => offset));
        if (page.length < limit) return found;
      }
    };
    for (const limit of [1, 7, 1_000]) expect(paged(journal, limit)).toEqual(inputs);
    await journal.close();
    const again = await open(directory);
    for (const limit of [1, 7, 1_000]) expect(paged(again, limit)).toEqual(inputs);
  });

  test('finds an event by offset and the newest by id', async () => {
    const directory = temporaryDirectory();
    const journal = await open(directory);
    await journal.append([audit('old', { id: 'same' }), tick({ id: 'reading' })]);
    const [newest] = await journal.append([audit('new', { id: 'same' })]);
    const check = (from: typeof journal): void => {
      expect(from.readId('same')?.offset).toBe(newest!.offset);
      expect(from.readId('reading')?.event.type).toBe('tick');
      expect(from.readId('nobody')).toBeUndefined();
      expect(from.readOffset(newest!.offset)?.event.id).toBe('same');
      expect(from.readOffset(newest!.offset + 1)).toBeUndefined();
    };
    check(journal);
    await journal.close();
    check(await open(directory));
  });

  test('a lane is dense over both families, chained by checksum, and limited in bytes', async () => {
    const journal = await open(temporaryDirectory());
    for (let n = 0; n < 20; n += 1) {
      const [input] = await journal.append([online(`${n}`)]);
      await journal.step({ cursor: input!.offset, outputs: [online(`out ${n}`)], causes: [input!.offset] });
    }
    const records = journal.readLane('P2', 0, 100, 1e6);
    expect(records.map((record) => record.sequence)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    expect(records.map((record) => record.prevCrc)).toEqual([
      0,
      ...records.slice(0, -1).map((one) => one.crc),
    ]);
    expect(journal.readLane('P2', 38, 100, 1e6).map((record) => record.sequence)).toEqual([39, 40]);
    expect(journal.readLane('P2', 0, 3, 1e6)).toHaveLength(3);
    expect(journal.readLane('P2', 0, 100, 1)).toHaveLength(1);
    expect(journal.readLane('P1', 0, 100, 1e6)).toEqual([]);
  });

  test('two generations of checkpoints are kept, and the newest whole one is loaded', async () => {
    const directory = temporaryDirectory();
    const journal = await open(directory);
    expect(journal.loadCheckpoint()).toBeUndefined();
    await journal.saveCheckpoint({ offset: 5, state: '{"n":1}' });
    await journal.saveCheckpoint({ offset: 9, state: '{"ä":2}' });
    await journal.saveCheckpoint({ offset: 12, state: '{"n":3}' });
    expect(journal.loadCheckpoint()).toEqual({ offset: 12, state: '{"n":3}' });
    await journal.close();
    expect((await open(directory)).loadCheckpoint()).toEqual({ offset: 12, state: '{"n":3}' });
  });

  test('says Stopping once it closes, and keeps what came before', async () => {
    const directory = temporaryDirectory();
    const journal = await open(directory);
    const early = journal.append([audit('early')]);
    const closed = journal.close();
    await expect(journal.append([audit('late')])).rejects.toMatchObject({ refusal: { reason: 'Stopping' } });
    await Promise.all([early, closed]);
    expect((await open(directory)).read({ after: 0, limit: 5 })).toHaveLength(1);
  });
});

test('from a time on: an output written late with the time of its cause is not shown, and hides nothing', async () => {
  const directory = temporaryDirectory();
  const journal = await openJournal({ directory, inProcess: true });
  const at = (seconds: number) => ({ recordedMs: seconds * 1_000 });
  const written: StoreEvent[] = [];
  for (let n = 0; n < 40; n += 1) {
    const input = audit(`in ${n}`, at(n));
    const [place] = await journal.append([input]);
    const late = Array.from({ length: n % 4 }, () => audit(`out ${n}`, at(Math.max(0, n - 25))));
    await journal.step({ cursor: place!.offset, outputs: late, causes: late.map(() => place!.offset) });
    written.push(input, ...late);
  }
  const agree = (from: typeof journal): void => {
    for (let second = 0; second <= 40; second += 1) {
      const expected = written.filter((event) => Date.parse(event.recordedtime) >= second * 1_000);
      const read = from.read({ after: 0, limit: 1_000, fromMs: second * 1_000 });
      expect(read.map((one) => one.event.id)).toEqual(expected.map((event) => event.id));
    }
  };
  agree(journal);
  await journal.close();
  agree(await openJournal({ directory, inProcess: true }));
});

test('a second process or journal cannot open the same directory', async () => {
  const directory = temporaryDirectory();
  await openJournal({ directory });
  await expect(openJournal({ directory })).rejects.toThrow(/in use/);
});
