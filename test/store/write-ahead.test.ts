import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type JournalFaults, writerOptionsOf } from '../../edge/store/options.js';
import { batchOf, serialise, type Waiting } from '../../edge/store/queue.js';
import { createWriter } from '../../edge/store/writer.js';
import { audit, createTestClock, temporaryDirectory, tick } from './journal-support.js';

const PAGE_BYTES = 4_096;
/** An eighth of a segment: the least that is folded in between two commits. */
const FOLD_PAGES = 64;
const SEGMENT_BYTES = FOLD_PAGES * PAGE_BYTES * 8;
/** More than one commit of this test writes to one log. */
const COMMIT_PAGES = 16;
const COMMITS = 400;

/** A writer that is given batches of both families one by one, and what its logs were at most, in pages. */
function logsOf(setup: { rests: boolean; faults?: JournalFaults }) {
  const directory = temporaryDirectory();
  const options = {
    directory,
    nowMs: createTestClock().nowMs,
    segmentBytesMax: SEGMENT_BYTES,
    quotaBytes: 1e9,
  };
  const writer = createWriter(
    writerOptionsOf({ ...options, faults: setup.faults ?? {} }, 'jid'),
    () => undefined,
  );
  onTestFinished(() => void writer.handle({ op: 'close' }));
  const most = { keep: 0, bulk: 0 };
  for (let n = 0; n < COMMITS; n += 1) {
    const events = [audit(`${n} ${'x'.repeat(2_000)}`), tick({ key: 'x'.repeat(3_000) })];
    const waiting = [
      { command: events.length, events, stored: events, causes: [], payloads: serialise(events) },
    ];
    const response = writer.handle({ op: 'commit', batch: batchOf(waiting as unknown as Waiting[], 0) });
    expect(response).toMatchObject({ refusals: [undefined] });
    if (setup.rests) writer.rest();
    for (const family of ['keep', 'bulk'] as const) {
      const name = readdirSync(directory).find((one) => one.startsWith(family) && one.endsWith('-wal'));
      most[family] = Math.max(most[family], statSync(join(directory, name!)).size / PAGE_BYTES);
    }
  }
  return most;
}

test('a log is folded in between two commits, once it holds an eighth of a segment', () => {
  const most = logsOf({ rests: true });
  for (const pages of [most.keep, most.bulk]) {
    expect(pages).toBeGreaterThan(FOLD_PAGES);
    expect(pages).toBeLessThan(FOLD_PAGES + COMMIT_PAGES);
  }
});

test('where there is no time between two commits it grows by half as much again, and no further', () => {
  const most = logsOf({ rests: false });
  for (const pages of [most.keep, most.bulk]) {
    expect(pages).toBeGreaterThan(FOLD_PAGES * 1.5);
    expect(pages).toBeLessThan(FOLD_PAGES * 1.5 + COMMIT_PAGES);
  }
});
