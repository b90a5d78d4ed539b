import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { StoreEvent } from '../../edge/contracts/index.js';
import { createFront } from '../../edge/store/front.js';
import type { StoreJournal } from '../../edge/store/journal.js';
import { writerOptionsOf } from '../../edge/store/options.js';
import { createWriter } from '../../edge/store/writer.js';
import {
  audit,
  createTestClock,
  online,
  openJournal,
  stop,
  temporaryDirectory,
  tick,
} from './journal-support.js';

const LANES = ['P0', 'P1', 'P2', 'P3'] as const;

const idsIn = (journal: StoreJournal): string[] =>
  journal.read({ after: 0, limit: 1_000 }).map(({ event }) => event.id);

/** Dense from 1, each naming the record before it, and none declared lost. */
function expectWholeLanes(journal: StoreJournal): void {
  for (const lane of LANES) {
    const records = journal.readLane(lane, 0, 1_000, 1e9);
    expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, index) => index + 1));
    expect(records.map(({ prevCrc }) => prevCrc)).toEqual([0, ...records.map(({ crc }) => crc)].slice(0, -1));
    expect(records.filter(({ kind }) => kind === 'gap')).toEqual([]);
    expect(journal.stats().lanes.find((one) => one.lane === lane)?.head).toBe(records.length);
  }
  expect(journal.stats().alarms).toEqual([]);
}

describe('a power cut between the two halves of a batch', () => {
  /** One batch with readings and a step whose outputs go on in their lane (P2), a proof (P0) and a mark. */
  const crossed = (journal: StoreJournal, input: number) => [
    journal.append([online('in', { id: 'reading' }), tick({ id: 'tick' })]),
    journal.step({
      cursor: input,
      outputs: [online('out', { id: 'output' }), stop('s', { id: 'stop' })],
      causes: [input, input],
    }),
    journal.append([audit('a', { id: 'proof' })]),
    journal.mark('place', '2'),
  ];
  /** The same where no lane is in both families. */
  const apart = (journal: StoreJournal, input: number) => [
    journal.append([tick({ id: 'tick' })]),
    journal.step({ cursor: input, outputs: [online('out', { id: 'output' })], causes: [input] }),
  ];
  const KEPT_FIRST = ['first', 'second'];

  /** The files as a power cut leaves them: what was not confirmed may be there or not, family by family. */
  async function cut(batch: typeof crossed, lost: 'nothing' | 'keep' | 'bulk') {
    const [directory, before, after] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
    const journal = await openJournal({ directory, inProcess: true });
    const [input] = await journal.append([online('in', { id: 'first' })]);
    await journal.append([audit('a', { id: 'second' })]);
    await journal.mark('place', '1');
    cpSync(directory, before, { recursive: true });
    await Promise.all(batch(journal, input!.offset));
    expect(journal.stats().commits).toBe(4);
    cpSync(directory, after, { recursive: true });
    const older = lost === 'nothing' ? /^heads$/ : new RegExp(`^(heads$|${lost}-)`);
    for (const name of readdirSync(after)) if (older.test(name)) rmSync(join(after, name));
    for (const name of readdirSync(before))
      if (older.test(name)) cpSync(join(before, name), join(after, name));
    return { directory: after, input: input!.offset };
  }

  test('loses both where `keep` has its half and `bulk` has not, and the step is made again', async () => {
    const { directory, input } = await cut(crossed, 'bulk');
    const journal = await openJournal({ directory, inProcess: true });
    expect(idsIn(journal)).toEqual(KEPT_FIRST);
    expect(journal.cursor()).toBe(0);
    expectWholeLanes(journal);
    await Promise.all(crossed(journal, input));
    expect(idsIn(journal)).toEqual([...KEPT_FIRST, 'reading', 'tick', 'output', 'stop', 'proof']);
    await journal.close();
    const again = await openJournal({ directory, inProcess: true });
    expect(idsIn(again)).toHaveLength(7);
    expect(again.cursor()).toBe(input);
    expectWholeLanes(again);
  });

  test('loses the half of `keep` alone where `bulk` has its half', async () => {
    const { directory } = await cut(crossed, 'keep');
    const journal = await openJournal({ directory, inProcess: true });
    expect(idsIn(journal)).toEqual([...KEPT_FIRST, 'reading', 'tick']);
    expect(journal.cursor()).toBe(0);
    expect(journal.marks().get('place')).toBe('1');
    expectWholeLanes(journal);
  });

  test('loses nothing where both are there, though nothing else says that they were confirmed', async () => {
    const { directory, input } = await cut(crossed, 'nothing');
    const journal = await openJournal({ directory, inProcess: true });
    expect(idsIn(journal)).toEqual([...KEPT_FIRST, 'reading', 'tick', 'output', 'stop', 'proof']);
    expect(journal.cursor()).toBe(input);
    expect(journal.marks().get('place')).toBe('2');
    expectWholeLanes(journal);
  });

  test('leaves `keep` what it has where no lane goes on in both', async () => {
    const { directory, input } = await cut(apart, 'bulk');
    const journal = await openJournal({ directory, inProcess: true });
    expect(idsIn(journal)).toEqual([...KEPT_FIRST, 'output']);
    expect(journal.cursor()).toBe(input);
    expectWholeLanes(journal);
  });
});

describe.each([
  ['at once', (failure: unknown) => failure],
  ['later', (failure: unknown) => new Promise((resolve) => setImmediate(resolve, failure))],
])('a disk that answers for `bulk` %s', (_name, answer) => {
  const failed = Object.assign(new Error('the disk'), { code: 'EIO' });

  function open(confirmations: unknown[]) {
    const directory = temporaryDirectory();
    const options = { directory, nowMs: createTestClock().nowMs, inProcess: true };
    const confirm = () => answer(confirmations.shift());
    const writer = createWriter(writerOptionsOf(options, 'jid'), () => undefined, confirm);
    const front = createFront(options, {
      opened: writer.opened,
      send: async (request) => writer.handle(request),
    });
    const close = (): void => {
      front.reader.close();
      void writer.handle({ op: 'close' });
    };
    let closed = false;
    const closeOnce = (): void => {
      if (!closed) close();
      closed = true;
    };
    onTestFinished(closeOnce);
    const append = (...events: StoreEvent[]) => front.submit(events.length, events, []);
    const step = (cursor: number, ...outputs: StoreEvent[]) =>
      front.submit(
        { kind: 'step', rows: outputs.length, cursor },
        outputs,
        outputs.map(() => cursor),
      );
    return { directory, front, append, step, close: closeOnce };
  }

  test('and does not confirm it: neither half counts, nobody hears of it, and both can be sent again', async () => {
    const { directory, front, append, step, close } = open([failed, undefined]);
    const heard: string[] = [];
    front.onCommitted((events) => heard.push(...events.map(({ event }) => event.id)));
    const [input] = await append(online('in', { id: 'first' }));
    const both = () => [
      append(online('in', { id: 'reading' })),
      step(input!.offset, online('out', { id: 'output' })),
      append(audit('a', { id: 'proof' })),
    ];
    const refused = await Promise.allSettled(both());
    expect(refused.map((one) => one.status === 'rejected' && one.reason.refusal.reason)).toEqual(
      Array(3).fill('DiskFailed'),
    );
    expect(front.snapshot()).toMatchObject({ trouble: 'DiskFailed', cursor: 0, lastOffset: 1 });
    expect(front.reader.read({ after: 0, limit: 10 }).map(({ event }) => event.id)).toEqual(['first']);
    await Promise.all(both());
    expect(heard).toEqual(['first', 'reading', 'output', 'proof']);
    expect(front.snapshot().trouble).toBeUndefined();
    close();
    const again = await openJournal({ directory, inProcess: true });
    expect(idsIn(again)).toEqual(heard);
    expect(again.cursor()).toBe(input!.offset);
    expectWholeLanes(again);
  });

  test('is asked only where `keep` is written too', async () => {
    const { append } = open([failed]);
    await append(online('a'), tick());
    await append(audit('b'));
    await expect(append(online('c'), audit('d'))).rejects.toThrow(/DiskFailed/);
  });
});
