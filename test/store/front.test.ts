import { expect, onTestFinished, test } from 'vitest';
import type { StoreEvent } from '../../edge/contracts/index.js';
import type { WriterChannel } from '../../edge/store/channel.js';
import { createFront } from '../../edge/store/front.js';
import { QUEUE_ROWS_MAX, writerOptionsOf } from '../../edge/store/options.js';
import { createWriter } from '../../edge/store/writer.js';
import { audit, createTestClock, online, temporaryDirectory, tick } from './journal-support.js';

/** A writer whose answers arrive only when the test lets them: what a busy main thread looks like to a reader. */
function slowAnswers() {
  const options = { directory: temporaryDirectory(), nowMs: createTestClock().nowMs, inProcess: true };
  const writer = createWriter(writerOptionsOf(options, 'jid'), () => undefined);
  onTestFinished(() => void writer.handle({ op: 'close' }));
  const held: (() => void)[] = [];
  const batches: number[] = [];
  const channel: WriterChannel = {
    opened: writer.opened,
    async send(request) {
      if (request.op === 'commit') batches.push(request.batch.ids.length);
      const response = writer.handle(request);
      await new Promise<void>((resolve) => held.push(resolve));
      return response;
    },
  };
  const front = createFront(options, channel);
  onTestFinished(() => front.reader.close());
  const append = (events: readonly StoreEvent[]) => front.submit(events.length, events, []);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { front, append, batches, held, turn };
}

test('what is in the files but not yet announced is not shown: offsets are seen in order or not at all', async () => {
  const { front, append, held, turn } = slowAnswers();
  const heard: number[] = [];
  front.onCommitted((events) => heard.push(...events.map((one) => one.offset)));
  const answer = append([audit('a'), online('b'), tick()]);
  await turn();
  expect(held).toHaveLength(1);
  expect(front.reader.read({ after: 0, limit: 10 })).toEqual([]);
  expect(front.reader.readLane('P0', { after: 0, limit: 10, bytesMax: 1e6, sent: 0 })).toEqual([]);
  expect(front.reader.readOffset(1)).toBeUndefined();
  held.shift()?.();
  await answer;
  expect(front.reader.read({ after: 0, limit: 10 }).map((one) => one.offset)).toEqual([1, 2, 3]);
  expect(heard).toEqual([1, 2, 3]);
});

test('one batch is with the writer, the next gathers, and a call is never split', async () => {
  const { append, batches, held, turn } = slowAnswers();
  const answers = [append([audit('first')])];
  for (let n = 0; n < 30; n += 1) answers.push(append(Array.from({ length: 40 }, () => audit(`${n}`))));
  const all = Promise.all(answers);
  while (batches.reduce((sum, rows) => sum + rows, 0) < 1_201) {
    await turn();
    held.shift()?.();
  }
  await turn();
  held.shift()?.();
  await all;
  expect(batches).toEqual([481, 480, 240]);
});

test('a queue that is full says Busy, and works again when it has drained', async () => {
  const { append, held, turn } = slowAnswers();
  const one = audit('x');
  const many = Array.from({ length: 1_000 }, () => one);
  const answers = Array.from({ length: QUEUE_ROWS_MAX / many.length }, () =>
    append(many).catch((error) => error),
  );
  const refused = await append([one]).catch((error: unknown) => error);
  expect(refused).toMatchObject({ refusal: { reason: 'Busy' } });
  let open = true;
  const all = Promise.all(answers).finally(() => {
    open = false;
  });
  while (open) {
    await turn();
    held.shift()?.();
  }
  expect((await all).filter((answer) => answer instanceof Error)).toHaveLength(0);
  const last = append([one]);
  await turn();
  held.shift()?.();
  expect(await last).toHaveLength(1);
});
