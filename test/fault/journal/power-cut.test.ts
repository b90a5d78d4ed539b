import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StoreJournal } from '../../../edge/store/journal.js';
import { openJournal, temporaryDirectory } from '../../store/journal-support.js';
import { keptPromise, runSeed, sized } from '../../support/promise.js';
import { type Appender, startAppender } from './child.js';
import { createRandom } from './damage-support.js';
import { idsIn } from './ids.js';
import { createLoopImage, type LoopImage, whyNoLoop } from './loop-image.js';

const SEED = runSeed('D2');
const CUTS = sized({ q: 10, n: 500 });
/** A journal that grows without end would fill the image; each has as many cuts as it holds. */
const CUTS_OF_A_JOURNAL = 10;
const reason = whyNoLoop();

/**
 * D2: what was acknowledged survives a power cut. Every writer is stopped, the image copied without freezing the
 * file system (freezing flushes it), and the cut discarded when the device wrote meanwhile.
 */
describe.skipIf(reason !== undefined)(
  `power cut (seed ${SEED})${reason ? `: skipped, ${reason}` : ''}`,
  () => {
    test(`${CUTS} cuts lose nothing that was acknowledged`, {
      timeout: CUTS * 10_000 + 60_000,
    }, async () => {
      let acknowledged = 0;
      let discarded = 0;
      for (let done = 0; done < CUTS; done += CUTS_OF_A_JOURNAL) {
        const outcome = await cutAgainAndAgain(CUTS_OF_A_JOURNAL, 'FULL', SEED + done);
        expect(outcome.lost).toEqual(Array(CUTS_OF_A_JOURNAL).fill(0));
        expect(outcome.holes).toEqual([]);
        expect(outcome.alarms).toEqual([]);
        acknowledged += outcome.acknowledged;
        discarded += outcome.discarded;
      }
      console.log(`D2: ${CUTS} cuts, ${discarded} discarded, none of ${acknowledged} acknowledged lost`);
      keptPromise({
        promise: 'D2',
        what: `${CUTS} power cuts of a disk image under load, ${discarded} more discarded`,
        figure: `0 of ${acknowledged} acknowledged events lost`,
        control: 'synchronous NORMAL: some are lost',
        seed: SEED,
      });
    });

    test('control: with synchronous NORMAL the same cuts lose acknowledged events', async () => {
      const outcome = await cutAgainAndAgain(3, 'NORMAL', SEED);
      console.log(`D2 control: lost ${outcome.lost}`);
      expect(Math.max(...outcome.lost)).toBeGreaterThan(0);
    });
  },
);

async function cutAgainAndAgain(cuts: number, synchronous: 'FULL' | 'NORMAL', seed: number) {
  const random = createRandom(seed);
  const image = createLoopImage(temporaryDirectory(), 256);
  const child = startAppender(join(image.mountPoint, 'journal'), { synchronous });
  const lost: number[] = [];
  const alarms: string[] = [];
  const holes: string[] = [];
  let discarded = 0;
  try {
    while (lost.length < cuts) {
      await child.reached(child.acknowledged.length + 100 + random.below(1_500));
      const cut = await cutPower(image, child, `cut-${lost.length}-${discarded}`);
      if (cut === undefined) {
        discarded += 1;
        if (discarded > 200) throw new Error('the device never came to rest');
        continue;
      }
      try {
        const journal = await openJournal({ directory: join(cut.directory, 'journal'), inProcess: true });
        const held = idsIn(journal);
        lost.push(cut.acknowledged.filter((id) => !held.has(id)).length);
        holes.push(...holesIn(journal));
        alarms.push(...journal.stats().alarms.map((alarm) => alarm.code));
        await journal.close();
      } finally {
        cut.release();
        child.process.kill('SIGCONT');
      }
    }
    return { lost, alarms, holes, discarded, acknowledged: child.acknowledged.length };
  } finally {
    await child.kill();
    image.release();
  }
}

/** Lanes that are not dense to their head: HQ would take a hole for a loss, and nothing was lost. */
function holesIn(journal: StoreJournal): string[] {
  return journal.stats().lanes.flatMap(({ lane, head }) => {
    const records = journal.readLane(lane, 0, head, 1e9);
    return records.length === head ? [] : [`${lane} ends at ${records.length} of ${head}`];
  });
}

/** Undefined when the cut must be discarded. The writer stays stopped while the copy is looked at. */
async function cutPower(image: LoopImage, child: Appender, name: string) {
  child.process.kill('SIGSTOP');
  await child.drained();
  const acknowledged = child.acknowledged.slice();
  const before = image.writes();
  const cut = image.cut(name);
  if (image.writes() === before) return { ...cut, acknowledged };
  cut.release();
  child.process.kill('SIGCONT');
  return undefined;
}
