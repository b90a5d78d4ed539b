import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openJournal, temporaryDirectory } from '../../store/journal-support.js';
import { type Appender, startAppender } from './child.js';
import { createRandom } from './damage-support.js';
import { idsIn } from './ids.js';
import { createLoopImage, type LoopImage, whyNoLoop } from './loop-image.js';

const SEED = Number(process.env['ENDCAP_SEED'] ?? 20_261_123);
const CUTS = Number(process.env['ENDCAP_CUTS'] ?? 10);
const reason = whyNoLoop();

/**
 * D2: what was acknowledged survives a power cut. Every writer is stopped, the image copied without freezing the
 * file system (freezing flushes it), and the cut discarded when the device wrote meanwhile.
 */
describe.skipIf(reason !== undefined)(
  `power cut (seed ${SEED})${reason ? `: skipped, ${reason}` : ''}`,
  () => {
    test(`${CUTS} cuts lose nothing that was acknowledged`, async () => {
      const outcome = await cutAgainAndAgain(CUTS, 'FULL');
      console.log(
        `D2: ${CUTS} cuts, ${outcome.discarded} discarded, ${outcome.acknowledged} acknowledged at the last, lost ${outcome.lost}`,
      );
      expect(outcome.lost).toEqual(Array(CUTS).fill(0));
      expect(outcome.alarms).toEqual([]);
    });

    test('control: with synchronous NORMAL the same cuts lose acknowledged events', async () => {
      const outcome = await cutAgainAndAgain(3, 'NORMAL');
      console.log(`D2 control: lost ${outcome.lost}`);
      expect(Math.max(...outcome.lost)).toBeGreaterThan(0);
    });
  },
);

async function cutAgainAndAgain(cuts: number, synchronous: 'FULL' | 'NORMAL') {
  const random = createRandom(SEED);
  const image = createLoopImage(temporaryDirectory(), 256);
  const child = startAppender(join(image.mountPoint, 'journal'), { synchronous });
  const lost: number[] = [];
  const alarms: string[] = [];
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
        alarms.push(...journal.stats().alarms.map((alarm) => alarm.code));
        await journal.close();
      } finally {
        cut.release();
        child.process.kill('SIGCONT');
      }
    }
    return { lost, alarms, discarded, acknowledged: child.acknowledged.length };
  } finally {
    await child.kill();
    image.release();
  }
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
