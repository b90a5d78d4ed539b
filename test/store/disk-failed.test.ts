import { expect, test } from 'vitest';
import { audit, online, openJournal, stop, temporaryDirectory } from './journal-support.js';

test.each([
  ['once', 1, 'before-commit'],
  ['three times', 3, 'before-commit'],
  ['although it wrote, once', 1, 'in-doubt'],
  ['although it wrote, three times', 3, 'in-doubt'],
] as const)(
  'a disk that does not confirm %s: refused at once, alarm, and afterwards exactly what was acknowledged',
  async (_name, times, point) => {
    const directory = temporaryDirectory();
    const journal = await openJournal({
      directory,
      inProcess: true,
      faults: { at: { point, action: 'io-error', nth: 4, times } },
    });
    const acknowledged: string[] = [];
    const refused: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      const event = [audit, online, stop][n % 3]!(`${n}`);
      await journal.append([event]).then(
        () => acknowledged.push(event.id),
        (error: { refusal: { reason: string } }) => {
          refused.push(event.id);
          expect(error.refusal.reason).toBe('DiskFailed');
          expect(journal.stats().trouble).toBe('DiskFailed');
          expect(journal.stats().alarms.map((alarm) => alarm.code)).toContain('DiskFailed');
        },
      );
    }
    expect(refused.length).toBeGreaterThan(0);
    expect(journal.stats().trouble).toBeUndefined();
    expect(journal.stats().alarms).toEqual([]);
    const held = () => journal.read({ after: 0, limit: 100 }).map((one) => one.event.id);
    expect(held()).toEqual(acknowledged);
    await journal.close();
    const again = await openJournal({ directory, inProcess: true });
    expect(again.read({ after: 0, limit: 100 }).map((one) => one.event.id)).toEqual(acknowledged);
    for (const lane of ['P0', 'P1', 'P2'] as const) {
      const sequences = again.readLane(lane, 0, 100, 1e6).map((one) => one.sequence);
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    }
    expect(again.stats().alarms).toEqual([]);
  },
);

test('a step that was refused moves no cursor, and a mark that was refused is not there', async () => {
  const directory = temporaryDirectory();
  const journal = await openJournal({
    directory,
    inProcess: true,
    faults: { at: { point: 'before-commit', action: 'io-error', nth: 3, times: 2 } },
  });
  const [input] = await journal.append([audit('a')]);
  await journal.step({ cursor: input!.offset, outputs: [], causes: [] });
  await expect(journal.step({ cursor: 50, outputs: [stop('x')], causes: [50] })).rejects.toThrow(
    /DiskFailed/,
  );
  await expect(journal.mark('m', '1')).rejects.toThrow(/DiskFailed/);
  expect(journal.cursor()).toBe(input!.offset);
  expect(journal.marks().size).toBe(0);
  await journal.close();
  const again = await openJournal({ directory, inProcess: true });
  expect(again.cursor()).toBe(input!.offset);
  expect(again.marks().size).toBe(0);
});

test.each([1, 2])(
  'room is made in the middle of a batch (passing %i): no offset twice, nothing out of reach',
  async (nth) => {
    const directory = temporaryDirectory();
    const options = { directory, inProcess: true, segmentBytesMax: 100_000, ballastBytes: 10_000 };
    const before = await openJournal(options);
    for (let n = 0; n < 20; n += 1) {
      await before.append(
        Array.from({ length: 20 }, (_, index) => online(`${n}-${index}-${'x'.repeat(2_000)}`)),
      );
    }
    expect(before.stats().segments).toBeGreaterThan(4);
    await before.close();
    const journal = await openJournal({
      ...options,
      faults: { at: { point: 'before-commit', action: 'disk-full', nth } },
    });
    const heard: number[] = [];
    journal.onCommitted((events) => heard.push(...events.map((one) => one.offset)));
    const events = [audit('a'), online('b'), audit('c'), online('d')];
    const places = await journal.append(events);
    expect(journal.stats().shed['P2']).toBeGreaterThan(0);
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    await journal.close();
    const again = await openJournal(options);
    for (const [index, place] of places.entries()) {
      expect(again.readOffset(place.offset)?.event.id).toBe(events[index]?.id);
    }
    const lane = again.readLane('P2', 0, 1_000, 1e9);
    expect(lane[0]).toMatchObject({ kind: 'gap', sequence: 1 });
    expect(lane.at(-1)?.sequence).toBe(402);
    expect(lane.slice(1).map((one) => one.prevCrc)).toEqual(lane.slice(0, -1).map((one) => one.crc));
  },
);

test('readings between kept outputs are shed: declared and lost are the same, also where gaps are joined', async () => {
  const directory = temporaryDirectory();
  const options = { directory, inProcess: true, ballastBytes: 0 };
  const before = await openJournal(options);
  const offsets = new Map<number, number>();
  for (let n = 0; n < 450; n += 1) {
    const [input] = await before.append([online(`in ${n}`)]);
    const [output] = await before.step({
      cursor: input!.offset,
      outputs: [online('out')],
      causes: [input!.offset],
    });
    for (const place of [input!, output!]) offsets.set(place.sequence!, place.offset);
  }
  await before.close();
  const journal = await openJournal({
    ...options,
    faults: { at: { point: 'before-commit', action: 'disk-full', nth: 1 } },
  });
  await journal.append([audit('needs room')]);
  await journal.close();
  const again = await openJournal(options);
  const lane = again.readLane('P2', 0, 1_000, 1e9);
  const gaps = lane.filter((record) => record.kind === 'gap');
  expect(gaps.length).toBeGreaterThan(0);
  expect(gaps.length).toBeLessThanOrEqual(200);
  expect(lane.at(-1)?.gapTo ?? lane.at(-1)?.sequence).toBe(900);
  expect(lane.slice(1).map((one) => one.prevCrc)).toEqual(lane.slice(0, -1).map((one) => one.crc));
  for (const [sequence, offset] of offsets) {
    const declared = gaps.some((gap) => gap.sequence <= sequence && sequence <= gap.gapTo!);
    expect(again.readOffset(offset) === undefined, `sequence ${sequence}`).toBe(declared);
  }
});
